"""What enforcement has denied."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from sellergate.cli.opening import CommandError, services
from sellergate.cli.output import say, show_json, show_table
from sellergate.domain.denials import DenialSum
from sellergate.domain.rollout import RolloutAction, RolloutChange
from sellergate.ports.clock import utc_now
from sellergate.ports.queries import PageRequest
from sellergate.ports.stores import View
from sellergate.services.damage import DamageReport
from sellergate.services.retrospective import BEFORE_THE_VERDICT, HEARD_WITHIN
from sellergate.wiring import Assembly

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Since = Annotated[
    datetime | None,
    typer.Option(
        metavar="TIME", help="From when on, in UTC. [default: since the trouble before the last rollback began]"
    ),
]
Until = Annotated[
    datetime | None, typer.Option(metavar="TIME", help="Before when, in UTC. [default: the last rollback, or now]")
]

MOST = 100


def damage(since: Since = None, until: Until = None, as_json: AsJson = False) -> None:
    """Show what enforcement denied around the last rollback, or in another stretch of time: how often, whose, where."""
    with services() as assembly:
        first, last = _span(assembly, since, until)
        report = assembly.damage.report(first, last)
    if as_json:
        show_json(_facts(report))
        return
    totals = report.totals
    say(
        f"{totals.all.denials:,} denials from {report.since:%Y-%m-%d %H:%M:%S} to {report.until:%Y-%m-%d %H:%M:%S} UTC: "
        f"{totals.sellers:,} sellers, {totals.products:,} products, {totals.pairs:,} pairs, worth {totals.all.value}."
    )
    for name, sums in _tables(report).items():
        if sums:
            rows = ((one.of, one.denials, one.value) for one in sums)
            show_table([name, "denials", "value"], rows, right=["denials", "value"])


def _span(assembly: Assembly, since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    with assembly.store.view() as view:
        rollback = _last_rollback(view)
        verdict = rollback and rollback.verdict_id and view.verdicts.get(rollback.verdict_id)
    last = until.replace(tzinfo=UTC) if until else (rollback.at + HEARD_WITHIN if rollback else utc_now())
    began = verdict.since if verdict else last
    first = since.replace(tzinfo=UTC) if since else began - BEFORE_THE_VERDICT
    if first >= last:
        raise CommandError("--since must be before --until.", status=2)
    return first, last


def _last_rollback(view: View) -> RolloutChange | None:
    changes = view.rollouts.history(PageRequest(MOST)).items
    return next((change for change in changes if change.action is RolloutAction.ROLLBACK), None)


def _tables(report: DamageReport) -> dict[str, list[DenialSum]]:
    return {
        "seller": report.by_seller,
        "product": report.by_product,
        "stage": report.by_stage,
        "error": report.by_error_code,
    }


def _facts(report: DamageReport) -> dict[str, object]:
    totals = report.totals
    return {
        "since": report.since,
        "until": report.until,
        "denials": totals.all.denials,
        "value": totals.all.value,
        "pairs": totals.pairs,
        "sellers": totals.sellers,
        "products": totals.products,
        **{
            f"by{name.title()}": [{"of": one.of, "denials": one.denials, "value": one.value} for one in sums]
            for name, sums in _tables(report).items()
        },
    }
