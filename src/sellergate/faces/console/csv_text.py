"""Lists as CSV files, for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from starlette.responses import StreamingResponse

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_file(name: str, parts: Iterator[str]) -> StreamingResponse:
    """The answer a browser keeps as a file of this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(parts, media_type="text/csv; charset=utf-8", headers=headers)


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """These rows; nothing for None."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def _safe(cell: object) -> object:
    """A spreadsheet would carry out a text that begins like a formula, and sellers write such texts."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
