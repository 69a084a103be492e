"""Rehearsals: the way back, tried before it is needed."""

from datetime import timedelta
from typing import Annotated

import typer

from sellergate.adapters.plan_files.units import duration_text
from sellergate.cli.opening import actor, services
from sellergate.cli.output import note, say, show_facts, show_json
from sellergate.domain.identifiers import Role
from sellergate.services.drill import FOLLOWED_WITHIN, DrillReport

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why, in 10 to 500 characters; it goes into the history.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback()
def _group() -> None:
    """Rehearse what must work when it is needed."""


@app.command()
def rollback(reason: Reason = "A rollback drill: nothing changes.", as_json: AsJson = False) -> None:
    """Measure how fast every running process would follow a rollback, without changing what is enforced.

    The same rollout is announced under a new version and read back from every process, as in a rollback; the history calls it a
    drill. It is tried whether the kill-switch file could be made, without making it. What was seen is stored as evidence. The exit
    status is 1 unless all of them followed within a second.
    """
    with services() as assembly:
        report = assembly.drill.rollback(actor(Role.OPERATOR), reason)
    if as_json:
        show_json({**report.summary(), "limitMilliseconds": _milliseconds(FOLLOWED_WITHIN.total_seconds())})
    else:
        _show(report, assembly.plan.rollback_within)
    if not report.holds:
        raise typer.Exit(1)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _show(report: DrillReport, allowed: timedelta) -> None:
    show_facts(
        {
            "running processes": report.receipt.processes,
            "have followed": report.receipt.applied,
            "time": f"{report.milliseconds} ms; promised within {_milliseconds(FOLLOWED_WITHIN.total_seconds())} ms, "
            f"the plan allows {duration_text(allowed)}",
            "kill switch": _kill_switch(report),
            "rollout version": report.version,
        }
    )
    if report.receipt.processes == 0:
        note("No process holds a gate now: nothing was measured.")
    say("The way back holds." if report.holds else "The way back does not hold.")


def _kill_switch(report: DrillReport) -> str:
    if not report.kill_switch_configured:
        return "not configured (SELLERGATE_KILL_SWITCH_FILE)"
    return report.kill_switch_problem or "could be thrown"
