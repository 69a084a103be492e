"""Reports about the marketplace: who approves what, who meets limits, what cooldowns do."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import typer

from sellergate.cli.opening import STDIN, services, writable
from sellergate.cli.output import note, say, show_facts, show_json, show_table, text_of
from sellergate.domain.reports import BusinessReport
from sellergate.faces.report_tables import (
    CACHE,
    COOLDOWNS,
    SUPPLIERS,
    TIERS,
    cache_row,
    cooldown_row,
    summary,
    supplier_rows,
    tier_rows,
)
from sellergate.ports.clock import utc_now
from sellergate.services.cache_advising import CacheReport
from sellergate.services.naming import Names

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Days = Annotated[int, typer.Option("--days", metavar="DAYS", min=1, max=3660, help="How many days up to --until.")]
Until = Annotated[datetime | None, typer.Option(metavar="TIME", help="Before when, in UTC. [default: now]")]
CsvFile = Annotated[str | None, typer.Option("--csv", metavar="FILE", help="Write CSV instead; - for standard output.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

A_MONTH: Final = 30
NOTHING: Final = "\N{EN DASH}"
Report = tuple[BusinessReport, Names]


@app.callback()
def _group() -> None:
    """Reports about the marketplace."""


@app.command("summary")
def summary_(days: Days = A_MONTH, until: Until = None, as_json: AsJson = False) -> None:
    """Show the figures of all suppliers and tiers together."""
    report, _ = _read(days, until)
    facts = summary(report)
    if as_json:
        show_json(facts)
        return
    _say_span(report)
    show_facts({_heading(name): _shown(name, value) for name, value in facts.items()})


@app.command("suppliers")
def suppliers(days: Days = A_MONTH, until: Until = None, csv_file: CsvFile = None, as_json: AsJson = False) -> None:
    """Show how each supplier answers: approval rate, response time, revocation rate. Most decisions first."""
    report, names = _read(days, until)
    _show(report, SUPPLIERS, supplier_rows(report, names), csv_file, as_json=as_json)


@app.command("tiers")
def tiers(days: Days = A_MONTH, until: Until = None, csv_file: CsvFile = None, as_json: AsJson = False) -> None:
    """Show how often the product limit refuses sellers of each tier."""
    report, _ = _read(days, until)
    _show(report, TIERS, tier_rows(report), csv_file, as_json=as_json)


@app.command("cooldowns")
def cooldowns(days: Days = A_MONTH, until: Until = None, csv_file: CsvFile = None, as_json: AsJson = False) -> None:
    """Show what became of rejections whose cooldown ended: who asked again, and with what success."""
    report, _ = _read(days, until)
    _show(report, COOLDOWNS, [cooldown_row(report)], csv_file, as_json=as_json)


@app.command("cache")
def cache(days: Days = A_MONTH, until: Until = None, csv_file: CsvFile = None, as_json: AsJson = False) -> None:
    """Say how long cached answers should live, by how soon they were asked for again."""
    with services() as assembly:
        report = assembly.cache_advising.report(*_span(days, until))
    row = cache_row(report)
    if csv_file is not None or as_json:
        _show(report, CACHE, [row], csv_file, as_json=as_json)
        return
    _say_span(report)
    say(report.advice.sentence)


def _read(days: int, until: datetime | None) -> Report:
    with services() as assembly:
        report = assembly.reports.report(*_span(days, until))
        names = assembly.naming.of(suppliers=(each.activity.supplier_id for each in report.suppliers))
        return report, names


def _span(days: int, until: datetime | None) -> tuple[datetime, datetime]:
    end = until.replace(tzinfo=UTC) if until else utc_now()
    try:
        return end - timedelta(days=days), end
    except OverflowError:
        raise typer.BadParameter("Must be later", param_hint="--until") from None


def _show(
    report: BusinessReport | CacheReport,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    csv_file: str | None,
    *,
    as_json: bool,
) -> None:
    if csv_file is not None:
        _write_csv(csv_file, columns, rows)
    elif as_json:
        items = [dict(zip(columns, row, strict=True)) for row in rows]
        show_json({"since": report.since, "until": report.until, "items": items})
    else:
        _say_span(report)
        shown = [[_shown(name, value) for name, value in zip(columns, row, strict=True)] for row in rows]
        headings = [_heading(name) for name in columns]
        show_table(headings, shown, right=headings[2:] if columns is SUPPLIERS else headings[1:])


def _say_span(report: BusinessReport | CacheReport) -> None:
    say(f"From {report.since:%Y-%m-%d %H:%M} to {report.until:%Y-%m-%d %H:%M} UTC.")


def _heading(name: str) -> str:
    """The name of a column as words; times are shown in hours."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.removesuffix(" seconds")


def _shown(name: str, value: Any) -> str:
    """A figure for people: shares in percent, what is not known as a dash."""
    if value is None:
        return NOTHING
    if name.endswith(("Rate", "InTime")):
        return f"{100 * value:.1f} %"
    if name.endswith("Seconds"):
        return f"{value / 3600:.1f} h"
    return text_of(value)


def _write_csv(path: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with writable(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        lines = 0
        for row in rows:
            writer.writerow(["" if value is None else value for value in row])
            lines += 1
    if path != STDIN:
        note(f"{path}: {lines} lines written.")
