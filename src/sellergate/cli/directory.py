"""Filling the directory from files."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from sellergate.cli.opening import STDIN, actor, opened, services, shown_path
from sellergate.cli.output import note, progress, say, show_json, show_table
from sellergate.domain.identifiers import Role
from sellergate.faces.directory_objects import PARSERS
from sellergate.faces.ndjson import lines_of
from sellergate.services.directory import ImportReport

ERRORS_SHOWN: Final = 20


class Kind(StrEnum):
    """What a file holds."""

    SUPPLIERS = "suppliers"
    SELLERS = "sellers"
    PRODUCTS = "products"


KindArgument = Annotated[
    Kind, typer.Argument(help="What the file holds. Import suppliers first: the others name them.")
]
File = Annotated[str, typer.Argument(metavar="FILE", help="NDJSON: one JSON object a line; - for standard input.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def import_(kind: KindArgument, file: File, as_json: AsJson = False) -> None:
    """Enter suppliers, sellers or products into the directory.

    Known ones are renewed. A bad line spoils no other: it is reported with its number, the rest is stored, and the exit status is 1.
    """
    report = _imported(kind, file)
    if as_json:
        show_json(_facts(report))
    else:
        _show(kind, file, report)
    if report.failed:
        raise typer.Exit(1)


def _imported(kind: Kind, file: str) -> ImportReport:
    parse = PARSERS[kind]
    report = ImportReport()
    with opened(file) as content, services() as assembly, progress(f"Importing {kind}", _lines_in(file)) as advance:
        for done in assembly.directory.import_lines(actor(Role.ADMIN), lines_of(content), parse, report):
            advance(done.created + done.updated + done.failed)
    return report


def _lines_in(file: str) -> int | None:
    if file == STDIN or not Path(file).is_file():
        return None
    with Path(file).open("rb") as lines:
        return sum(1 for _ in lines)


def _facts(report: ImportReport) -> dict[str, object]:
    return {
        "created": report.created,
        "updated": report.updated,
        "failed": report.failed,
        "errors": [{"line": error.line, "message": error.message} for error in report.errors],
    }


def _show(kind: Kind, file: str, report: ImportReport) -> None:
    show_table([kind.title(), "Lines"], _counts(report), right=["Lines"])
    for error in report.errors[:ERRORS_SHOWN]:
        note(f"{shown_path(file)}, line {error.line}: {error.message}")
    if report.failed > ERRORS_SHOWN:
        note(f"… and {report.failed - ERRORS_SHOWN} more lines that could not be taken.")
    if not report.created + report.updated + report.failed:
        say("The file has no lines.")


def _counts(report: ImportReport) -> list[tuple[str, int]]:
    return [("created", report.created), ("known before", report.updated), ("could not be taken", report.failed)]
