"""What a phase would do, found out beforehand."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from sellergate.cli import orders, simulate_shown
from sellergate.cli.opening import STDIN, actor, listed_ids, services, writable
from sellergate.cli.output import note, progress, show_json, text_of
from sellergate.domain.gate import Stage
from sellergate.domain.identifiers import Role
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.domain.simulation import Denial, Outcome, Recorded, RecordedCheck
from sellergate.domain.trials import TrialKind
from sellergate.faces.check_files import CheckFile
from sellergate.faces.order_files import BadLine, OrderColumns
from sellergate.services.simulation import Sink
from sellergate.wiring import Assembly

SIDE_BY_SIDE: Final = (10, 50, 100)
COLUMNS: Final = (
    "phase", "percentage", "sellerId", "productId", "supplierId", "stage", "reason", "checks", "value",
)  # fmt: skip


class Enforcing(StrEnum):
    """Phases that deny anything."""

    CANARY = "canary"
    PERCENTAGE = "percentage"
    FULL = "full"


Checks = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Recorded checks as NDJSON or CSV: sellerId, productId, stage, and count, value, at if there are; - for standard input.",
    ),
]
Orders = Annotated[
    str | None,
    typer.Option(
        "--orders", metavar="FILE", help="Order lines as CSV, as for backfill; each is a check at the stage order."
    ),
]
Shadow = Annotated[bool, typer.Option("--shadow", help="What the shadow report has: what would have been denied.")]
PhaseOption = Annotated[
    Enforcing | None, typer.Option("--phase", help="The phase to try. [default: 10, 50 and 100 % side by side]")
]
Percentage = Annotated[int | None, typer.Option(metavar="NUMBER", min=1, max=100, help="The share to try.")]
CanaryFile = Annotated[
    Path | None,
    typer.Option("--canary-file", metavar="FILE", help="Canary products, one a line. [default: those of the rollout]"),
]
Csv = Annotated[
    str | None,
    typer.Option("--csv", metavar="FILE", help="Write every pair that would be denied; - for standard output."),
]
Top = Annotated[int, typer.Option(metavar="NUMBER", min=0, max=10_000, help="How long the lists of the most are.")]
MaxDenied = Annotated[
    float | None,
    typer.Option(
        "--max-denied", metavar="PERCENT", min=0, max=100, help="Exit with 1 when more checks would be denied."
    ),
]
Keep = Annotated[bool, typer.Option("--keep", help="Store the result as evidence for the rollout.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def simulate(
    *,
    checks: Checks = None,
    orders_file: Orders = None,
    shadow: Shadow = False,
    phase: PhaseOption = None,
    percentage: Percentage = None,
    canary_file: CanaryFile = None,
    seller_column: orders.SellerColumn = "seller_id",
    product_column: orders.ProductColumn = "product_id",
    time_column: orders.TimeColumn = None,
    value_column: orders.ValueColumn = None,
    time_zone: orders.TimeZone = "UTC",
    csv_file: Csv = None,
    top: Top = 10,
    max_denied: MaxDenied = None,
    keep: Keep = False,
    as_json: AsJson = False,
) -> None:
    """Replay checks of the past against today's approvals, in a phase that is not there yet. Nothing is changed.

    Says what would be denied by seller, supplier and stage, how many requests suppliers would get, and which sellers' limits are too low
    for what they sell. A line that cannot be read is reported with its number, the rest is done, and the exit status is 1.
    """
    if [checks is not None, orders_file is not None, shadow].count(True) != 1:
        raise typer.BadParameter("Give one of --checks, --orders and --shadow", param_hint="--checks")
    columns = OrderColumns(seller=seller_column, product=product_column, time=time_column, value=value_column)
    with services() as assembly:
        states = _states(phase, percentage, _canary(canary_file, assembly))
        if checks is not None:
            recorded, bad_lines = _of_checks(checks)
        elif orders_file is not None:
            recorded, bad_lines = _of_orders(orders_file, columns, time_zone)
        else:
            recorded, bad_lines = _of_shadow(assembly)
        outcomes = _carried_out(assembly, recorded, states, csv_file)
        holds = outcomes[-1].denied_share <= (max_denied or 0) / 100
        facts = simulate_shown.facts(recorded, outcomes, bad_lines, top=top)
        if keep:
            summary = simulate_shown.plain({**facts, "maxDeniedPercent": max_denied or 0, "shadowOnly": shadow})
            assembly.trials.keep(TrialKind.SIMULATION, actor(Role.OPERATOR), holds=holds, summary=summary)
    if as_json:
        show_json(facts)
    elif csv_file != STDIN:
        simulate_shown.show(recorded, outcomes, top=top)
    _note_beside(checks or orders_file or "", bad_lines, shadow=shadow, as_json=as_json)
    if bad_lines or (max_denied is not None and not holds):
        raise typer.Exit(1)


def _note_beside(path: str, bad_lines: list[BadLine], *, shadow: bool, as_json: bool) -> None:
    if as_json:
        return
    if shadow:
        note("The shadow report has only checks that would have been denied: shares are of those, not of all checks.")
    orders.note_bad_lines(path, bad_lines)


def _canary(file: Path | None, assembly: Assembly) -> frozenset[str]:
    if file is None:
        return assembly.rollouts.current().canary_products
    return frozenset(listed_ids(file, "--canary-file"))


def _states(phase: Enforcing | None, percentage: int | None, canary: frozenset[str]) -> list[RolloutState]:
    if phase is Enforcing.PERCENTAGE and percentage is None:
        raise typer.BadParameter("The phase percentage needs it", param_hint="--percentage")
    if phase in (Enforcing.CANARY, Enforcing.FULL) and percentage is not None:
        raise typer.BadParameter(f"The phase {phase} has none", param_hint="--percentage")
    if phase is Enforcing.CANARY:
        if not canary:
            raise typer.BadParameter("There are no canary products; list them in a file", param_hint="--canary-file")
        return [RolloutState(phase=Phase.CANARY, canary_products=canary)]
    if phase is Enforcing.FULL:
        return [_by(100, canary)]
    return [_by(share, canary) for share in (SIDE_BY_SIDE if percentage is None else (percentage,))]


def _by(percentage: int, canary: frozenset[str]) -> RolloutState:
    phase = Phase.FULL if percentage == 100 else Phase.PERCENTAGE
    return RolloutState(phase=phase, percentage=percentage, canary_products=canary)


def _of_checks(path: str) -> tuple[Recorded, list[BadLine]]:
    recorded = Recorded()
    with orders.lines_of_file(path, task="Reading checks") as lines:
        file = CheckFile(lines)
        for check in file:
            recorded.add(check)
    return recorded, file.bad_lines


def _of_orders(path: str, columns: OrderColumns, zone: str) -> tuple[Recorded, list[BadLine]]:
    recorded = Recorded()
    with orders.order_file(path, columns, orders.zone_named(zone), task="Reading orders") as file:
        for sale in file:
            recorded.add(
                RecordedCheck(
                    seller_id=sale.seller_id,
                    product_id=sale.product_id,
                    stage=Stage.ORDER,
                    value=sale.value,
                    at=sale.at,
                )
            )
    return recorded, file.bad_lines


def _of_shadow(assembly: Assembly) -> tuple[Recorded, list[BadLine]]:
    recorded = Recorded()
    with progress("Reading the shadow report", None) as advance:
        for number, check in enumerate(assembly.simulation.shadow_checks(), start=1):
            recorded.add(check)
            advance(number)
    return recorded, []


def _carried_out(
    assembly: Assembly, recorded: Recorded, states: list[RolloutState], csv_file: str | None
) -> list[Outcome]:
    outcomes = [Outcome(state) for state in states]
    with progress("Simulating", len(recorded.pairs)) as advance, _sink(csv_file) as sink:
        for done, so_far in assembly.simulation.run(recorded, states, sink):
            outcomes = so_far
            advance(done)
    return outcomes


@contextmanager
def _sink(path: str | None) -> Iterator[Sink | None]:
    if path is None:
        yield None
        return
    with writable(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        yield lambda denial: writer.writerow(_cells(denial))


def _cells(denial: Denial) -> list[str]:
    state, pair = denial.state, denial.pair
    cells = (
        state.phase.value, state.percentage, pair.seller_id, pair.product_id, denial.supplier_id, denial.stage.value,
        denial.reason.value, denial.checks, denial.value,
    )  # fmt: skip
    return [text_of(cell) for cell in cells]
