"""Grandfathering from the command line: an order history becomes approvals."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Annotated, Final

import typer

from sellergate.cli import orders
from sellergate.cli.opening import services
from sellergate.cli.output import camel, note, progress, say, show_json, show_table
from sellergate.domain.identifiers import SupplierId, checked_id
from sellergate.faces.order_files import BadLine, OrderColumns
from sellergate.ports.clock import utc_now
from sellergate.services.backfill import Backfill, BackfillReport, Outcome, PastSales, pairs_of

SELLERS_SHOWN: Final = 20

MEANINGS: Final = {
    Outcome.GRANTED: "granted",
    Outcome.ALREADY_APPROVED: "already approved",
    Outcome.NEEDS_NONE: "need none: own product, or no supplier",
    Outcome.UNKNOWN: "left out: the directory does not know them",
    Outcome.WAITING_FOR_INFO: "left alone: the supplier has asked a question",
    Outcome.REJECTED: "left alone: rejected",
    Outcome.REVOKED: "left alone: revoked",
    Outcome.EXPIRED: "left alone: expired",
}

Orders = Annotated[str, typer.Option("--orders", metavar="FILE", help="Order lines as CSV; - for standard input.")]
Since = Annotated[
    int | None, typer.Option(min=1, max=36500, metavar="DAYS", help="Only sales of the last so many days.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and change nothing.")]
Supplier = Annotated[
    str, typer.Option("--supplier", metavar="ID", help="The supplier under whom unknown products are entered.")
]
KnownOnly = Annotated[
    bool, typer.Option("--known-only", help="Leave out sellers and products the directory does not know.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def backfill(
    *,
    orders_file: Orders,
    since: Since = None,
    dry_run: DryRun = False,
    supplier: Supplier = "unassigned",
    known_only: KnownOnly = False,
    seller_column: orders.SellerColumn = "seller_id",
    product_column: orders.ProductColumn = "product_id",
    time_column: orders.TimeColumn = None,
    value_column: orders.ValueColumn = None,
    time_zone: orders.TimeZone = "UTC",
    as_json: AsJson = False,
) -> None:
    """Turn past sales into approvals.

    Switching on then blocks nobody who sells today. Run it again and nothing happens twice; where a supplier has said no, it stays no. A line that cannot be read is reported
    with its number, the rest is done, and the exit status is 1.
    """
    supplier_id = None if known_only else SupplierId(checked_id(supplier, "--supplier"))
    columns = OrderColumns(seller=seller_column, product=product_column, time=time_column, value=value_column)
    zone = orders.zone_named(time_zone)
    earliest = None if since is None else utc_now() - timedelta(days=since)
    with orders.order_file(orders_file, columns, zone, task="Reading orders", needs_time=since is not None) as file:
        pairs = pairs_of(file, earliest).values()
    report = _carried_out(pairs, supplier_id, dry_run=dry_run)
    if as_json:
        show_json(_facts(report, file.bad_lines, dry_run=dry_run))
    else:
        _show(report, dry_run=dry_run)
        orders.note_bad_lines(orders_file, file.bad_lines)
    if file.bad_lines:
        raise typer.Exit(1)


def _carried_out(pairs: Collection[PastSales], supplier_id: SupplierId | None, *, dry_run: bool) -> BackfillReport:
    report = BackfillReport()
    with services() as assembly, progress("Granting", len(pairs)) as advance:
        work = Backfill(assembly.store, assembly.settings.workflow.limits, supplier_id=supplier_id)
        for report in work.run(pairs, dry_run=dry_run):
            advance(report.pairs)
    return report


def _facts(report: BackfillReport, bad_lines: Sequence[BadLine], *, dry_run: bool) -> dict[str, object]:
    return {
        "dryRun": dry_run,
        "sales": report.sales,
        "pairs": report.pairs,
        "sellers": report.sellers,
        "products": report.products,
        **{camel(outcome): report.outcomes[outcome] for outcome in Outcome},
        "sellersCreated": report.sellers_created,
        "productsCreated": report.products_created,
        "overLimit": [{"sellerId": seller, "used": used, "limit": limit} for seller, used, limit in report.over_limit],
        "badLines": orders.bad_line_facts(bad_lines),
    }


def _show(report: BackfillReport, *, dry_run: bool) -> None:
    say(
        f"{report.sales} sales of {report.pairs} pairs: {report.sellers} sellers, {report.products} products."
        + (" A dry run: nothing was changed." if dry_run else "")
    )
    outcomes = [(MEANINGS[outcome], report.outcomes[outcome]) for outcome in Outcome if report.outcomes[outcome]]
    entered = [("sellers entered", report.sellers_created), ("products entered", report.products_created)]
    show_table(["Pairs", "Number"], outcomes or [(MEANINGS[Outcome.GRANTED], 0)], right=["Number"])
    show_table(["Directory", "Number"], entered, right=["Number"])
    if report.over_limit:
        note(
            f"{len(report.over_limit)} sellers beyond their product limit; they keep what they sell, and may ask for no more:"
        )
    for seller, used, limit in report.over_limit[:SELLERS_SHOWN]:
        note(f"  {seller}: {used} of {limit}")
    if len(report.over_limit) > SELLERS_SHOWN:
        note(f"  … and {len(report.over_limit) - SELLERS_SHOWN} more")
