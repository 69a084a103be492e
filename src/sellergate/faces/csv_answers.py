"""CSV to whoever asks for it, by a parameter or by what they accept."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

MEDIA_TYPE: Final = "text/csv"


def wants_csv(format: str | None, accept: str) -> bool:
    """Whether the answer is to be CSV: the parameter decides, and without it what the `Accept` header names first."""
    if format is not None:
        return format == "csv"
    first = accept.partition(",")[0].partition(";")[0]
    return first.strip().lower() == MEDIA_TYPE


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """These rows; nothing for None."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
