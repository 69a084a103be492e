"""Lists as CSV files, for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from starlette.responses import StreamingResponse

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for the code page of its country, and Korean names become noise."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_file(name: str, parts: Iterator[str]) -> StreamingResponse:
    """The answer a browser keeps as a file of this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(chain((BYTE_ORDER_MARK,), parts), media_type="text/csv; charset=utf-8", headers=headers)


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
