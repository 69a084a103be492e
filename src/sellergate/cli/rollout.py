"""The operator's hand on the rollout."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from sellergate.cli.damage import damage
from sellergate.cli.emergency import kill_switch_present, switch_off
from sellergate.cli.opening import CommandError, actor, listed_ids, services, writable
from sellergate.cli.output import say, show_facts, show_json, show_table
from sellergate.cli.rollout_shown import facts_of, judged_facts, judged_words, named, words_of
from sellergate.domain.identifiers import Actor, Role, checked_id
from sellergate.domain.rollout import RolloutState
from sellergate.ports.control import SignOff
from sellergate.ports.queries import PageRequest
from sellergate.services.rollouts import RolloutMove, RolloutService
from sellergate.settings import load_settings

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why, in 10 to 500 characters; it goes into the history.")]
Percentage = Annotated[
    int | None, typer.Option(metavar="NUMBER", min=0, max=100, help="The share to go to. [default: the next step]")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Canary = Annotated[
    list[str] | None, typer.Option("--canary", metavar="PRODUCT", help="A canary product; repeat it for several.")
]
CanaryFile = Annotated[
    Path | None, typer.Option("--canary-file", metavar="FILE", help="Canary products from a file, one a line.")
]
Override = Annotated[
    bool,
    typer.Option("--override", help="Go on although the plan does not allow it yet, or it is on hold; it is recorded."),
]
CriterionName = Annotated[str, typer.Argument(metavar="CRITERION", help="Its name in the plan.", show_default=False)]
Note = Annotated[str, typer.Option(metavar="TEXT", help="What was looked at, in 10 to 500 characters.")]
Output = Annotated[str, typer.Option(metavar="FILE", help="Where to write it; - for standard output.")]
Limit = Annotated[int, typer.Option(metavar="NUMBER", min=1, max=100, help="How many changes to show.")]
Emergency = Annotated[
    bool,
    typer.Option("--emergency", help="Create the kill-switch file first: it turns every gate off without a database."),
]


@app.callback()
def _group() -> None:
    """See and move the rollout, along the steps of its plan."""


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show the phase, who decided it, the next step, and what has to hold before it."""
    with services() as assembly:
        state = _in_force(assembly.rollouts.current())
        outlook = assembly.rollouts.outlook(state)
        judged = assembly.judge.judge(state)
        watch = assembly.controller.watch()
    if as_json:
        show_json(facts_of(state, outlook) | judged_facts(judged, watch))
        return
    show_facts(words_of(state, outlook) | judged_words(judged, watch))
    if outlook.criteria:
        rows = ((one.name, status.state.replace("_", " "), status.detail) for one, status in outlook.criteria)
        show_table(["criterion", "state", "detail"], rows)


@app.command()
def promote(
    *,
    reason: Reason,
    percentage: Percentage = None,
    canary: Canary = None,
    canary_file: CanaryFile = None,
    override: Override = False,
    as_json: AsJson = False,
) -> None:
    """Go to the plan's next step, or to a higher percentage, once the plan allows it.

    It does when every criterion is met, the minimum duration has passed and a change window is open. --override goes on all
    the same; what stood in the way is recorded.
    """
    products = _canary_products(canary, canary_file)
    _move(
        lambda rollouts, by: rollouts.promote(
            by, reason, percentage=percentage, canary_products=products, override=override
        ),
        as_json=as_json,
    )


@app.command()
def hold(reason: Reason, as_json: AsJson = False) -> None:
    """Allow no promotion until resumed. What is enforced stays enforced."""
    _move(lambda rollouts, by: rollouts.hold(by, reason), as_json=as_json)


@app.command()
def resume(reason: Reason, as_json: AsJson = False) -> None:
    """End a hold."""
    _move(lambda rollouts, by: rollouts.resume(by, reason), as_json=as_json)


@app.command()
def reduce(reason: Reason, percentage: Percentage = None, as_json: AsJson = False) -> None:
    """Go one step back along the plan's reductions, or to a lower percentage; a canary goes back to shadow."""
    _move(lambda rollouts, by: rollouts.reduce(by, reason, percentage=percentage), as_json=as_json)


@app.command()
def rollback(reason: Reason, emergency: Emergency = False, as_json: AsJson = False) -> None:
    """Turn enforcement off, everywhere, at once.

    It is read back from every running process. With --emergency the kill-switch file (SELLERGATE_KILL_SWITCH_FILE) is created before anything else.
    """
    if emergency:
        switch_off(lambda: _move(_rollback(reason), as_json=as_json))
    else:
        _move(_rollback(reason), as_json=as_json)


@app.command()
def sign(criterion: CriterionName, note: Note, as_json: AsJson = False) -> None:
    """Vouch for a criterion that no program can evaluate. A rollback makes every signature void."""
    with services() as assembly:
        _show_signed(assembly.signing.sign(actor(Role.OPERATOR), criterion, note), as_json=as_json)


@app.command()
def withdraw(criterion: CriterionName, note: Note, as_json: AsJson = False) -> None:
    """Take a signature back."""
    with services() as assembly:
        _show_signed(assembly.signing.withdraw(actor(Role.OPERATOR), criterion, note), as_json=as_json)


def _show_signed(signed: SignOff, *, as_json: bool) -> None:
    if as_json:
        show_json({name: getattr(signed, name) for name in ("step", "criterion", "by", "note", "at", "withdrawn")})
    else:
        say(f"{signed.criterion} is {'withdrawn' if signed.withdrawn else 'signed'} by {signed.by}: {signed.note}")


app.command("damage")(damage)


@app.command()
def retrospective(output: Output = "-") -> None:
    """Write the whole rollout on one page, as Markdown: its course, overrides, rollbacks and their damage, signatures, trials."""
    with services() as assembly:
        page = assembly.retrospective.page()
    with writable(output) as file:
        file.write(page)


@app.command()
def history(limit: Limit = 20, as_json: AsJson = False) -> None:
    """Show who moved the rollout, from where to where, when and why, newest first."""
    with services() as assembly:
        changes = assembly.rollouts.history(PageRequest(limit)).items
    rows = [
        {
            "version": change.version,
            "at": change.at,
            "action": change.action.value,
            "fromPhase": change.from_phase.value,
            "fromPercentage": change.from_percentage,
            "toPhase": change.to_phase.value,
            "toPercentage": change.to_percentage,
            "actorId": change.actor_id,
            "actorRole": change.actor_role,
            "fromStep": change.from_step,
            "toStep": change.to_step,
            "override": change.override,
            "verdictId": change.verdict_id,
            "overridden": list(change.overridden),
            "reason": change.reason,
        }
        for change in changes
    ]
    if as_json:
        show_json(rows)
        return
    lines = (
        (
            change.version,
            change.at,
            f"{change.action}{' (override)' if change.override else ''}",
            f"{named(change.from_phase, change.from_percentage)} → {named(change.to_phase, change.to_percentage)}",
            change.actor_id,
            change.reason,
        )
        for change in changes
    )
    show_table(["version", "time (UTC)", "action", "phase", "by", "reason"], lines, right=["version"])


def _rollback(reason: str) -> Callable[[RolloutService, Actor], RolloutMove]:
    return lambda rollouts, by: rollouts.rollback(by, reason)


def _move(verb: Callable[[RolloutService, Actor], RolloutMove], *, as_json: bool) -> None:
    with services() as assembly:
        moved = verb(assembly.rollouts, actor(Role.OPERATOR))
        state, receipt = _in_force(moved.state), moved.receipt
        outlook = assembly.rollouts.outlook(state)
    if as_json:
        heard = {"processes": receipt.processes, "applied": receipt.applied, "milliseconds": receipt.milliseconds}
        show_json({**facts_of(state, outlook), "receipt": heard})
    else:
        show_facts(words_of(state, outlook))
        say(
            f"{receipt.applied} of {receipt.processes} running processes have applied it, in {receipt.milliseconds} ms."
        )
    if not receipt.complete:
        raise CommandError("The change is stored, but not every running process has confirmed it.")


def _in_force(state: RolloutState) -> RolloutState:
    return state.killed() if kill_switch_present(load_settings()) else state


def _canary_products(given: list[str] | None, file: Path | None) -> list[str] | None:
    if given is None and file is None:
        return None
    listed = [checked_id(id, "--canary") for id in given or []]
    return listed if file is None else listed + listed_ids(file, "--canary-file")
