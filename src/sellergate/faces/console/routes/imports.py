"""A file with one object a line, stored as far as it can be."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from starlette.responses import Response

from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import Role
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.routes.directory import known_kind
from sellergate.faces.console.views.directory import DIRECTORY, kind_names
from sellergate.faces.console.visit import Visit
from sellergate.faces.directory_objects import PARSERS
from sellergate.faces.ndjson import lines_of
from sellergate.services.directory import ImportReport

pages = Pages(Role.ADMIN)

CHUNK: Final = 64 * 1024
ERRORS_SHOWN: Final = 100


@pages.get(f"{DIRECTORY}/import/{{kind}}")
def ask_for_file(visit: Visit, kind: str) -> Response:
    """The form."""
    return _page(visit, known_kind(kind))


@pages.upload(f"{DIRECTORY}/import/{{kind}}")
def import_file(visit: Visit, file: BinaryIO | None, kind: str) -> Response:
    """Enter or renew what the file has; a bad line spoils no other."""
    if file is None:
        return _page(visit, known_kind(kind), error=visit.words.gettext("Choose a file first."), status=422)
    report = ImportReport()
    try:
        for _ in visit.parts.directory.import_lines(
            visit.actor, lines_of(_chunks(file)), PARSERS[known_kind(kind)], report
        ):
            pass
    except InvalidInput as error:
        return _page(visit, kind, error=str(error), status=422)
    return _page(visit, kind, report=report)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _page(
    visit: Visit, kind: str, *, report: ImportReport | None = None, error: str = "", status: int = 200
) -> Response:
    shown = report.errors[:ERRORS_SHOWN] if report else []
    return visit.page(
        "directory/import.html",
        status=status,
        kind=kind,
        title=kind_names(visit.words)[kind],
        report=report,
        shown=shown,
        more=0 if report is None else report.failed - len(shown),
        error=error,
    )
