"""The shadow report: what enforcement would have denied."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Annotated, Any, Final

import typer

from sellergate.cli.opening import STDIN, services, writable
from sellergate.cli.output import note, say, show_json, show_table, text_of
from sellergate.domain.gate import Stage
from sellergate.ports.queries import PageRequest, ShadowQuery
from sellergate.ports.stores import ShadowRow
from sellergate.services.shadow import ShadowReport

PAGE: Final = 100
HEADINGS: Final = {
    "sellerId": "seller",
    "productId": "product",
    "supplierId": "supplier",
    "stage": "stage",
    "errorCode": "error",
    "count": "count",
    "value": "value",
    "firstSeen": "first seen",
    "lastSeen": "last seen",
}

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Supplier = Annotated[str | None, typer.Option("--supplier", metavar="ID", help="Only products of this supplier.")]
StageOption = Annotated[Stage | None, typer.Option("--stage", help="Only this stage.")]
Limit = Annotated[
    int, typer.Option(metavar="NUMBER", min=1, max=100_000, help="How many lines to show; a CSV file gets all of them.")
]
CsvFile = Annotated[str | None, typer.Option("--csv", metavar="FILE", help="Write CSV instead; - for standard output.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback()
def _group() -> None:
    """What enforcement would have denied."""


@app.command()
def report(
    csv_file: CsvFile = None,
    supplier: Supplier = None,
    stage: StageOption = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Show who would have been denied what, how often and since when, most frequent first."""
    query = ShadowQuery(supplier_id=supplier, stage=stage.value if stage else None)
    with services() as assembly:
        totals = dict(assembly.shadow_report.totals(query))
        rows = _rows(assembly.shadow_report, query)
        if csv_file is not None:
            _write_csv(csv_file, rows)
            return
        shown = [_facts(row) for row in islice(rows, limit)]
    if as_json:
        show_json({"totals": totals, "items": shown})
        return
    say(", ".join(f"{number} {name}" for name, number in totals.items()) + ".")
    if shown:
        lines = ([row[name] for name in HEADINGS] for row in shown)
        show_table(list(HEADINGS.values()), lines, right=["count", "value"])


def _rows(shadow: ShadowReport, query: ShadowQuery) -> Iterator[ShadowRow]:
    page = PageRequest(PAGE)
    while True:
        answer = shadow.search(replace(query, page=page))
        yield from answer.items
        if answer.next is None:
            return
        page = PageRequest(PAGE, answer.next)


def _facts(row: ShadowRow) -> dict[str, Any]:
    count = row.count
    return {
        "sellerId": count.key.seller_id,
        "productId": count.key.product_id,
        "supplierId": row.supplier_id,
        "stage": count.key.stage,
        "errorCode": count.key.error_code,
        "count": count.count,
        "value": count.value,
        "firstSeen": count.first_seen,
        "lastSeen": count.last_seen,
    }


def _write_csv(path: str, rows: Iterable[ShadowRow]) -> None:
    with writable(path) as file:
        writer = csv.DictWriter(file, HEADINGS, lineterminator="\n")
        writer.writeheader()
        lines = 0
        for row in rows:
            writer.writerow({name: text_of(value) for name, value in _facts(row).items()})
            lines += 1
    if path != STDIN:
        note(f"{path}: {lines} lines written.")
