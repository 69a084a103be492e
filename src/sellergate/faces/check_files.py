"""Recorded checks as NDJSON or CSV, and what was wrong with the lines that are none."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, Final

from sellergate.domain.errors import InvalidInput
from sellergate.domain.gate import Stage
from sellergate.domain.identifiers import checked_id
from sellergate.domain.simulation import RecordedCheck
from sellergate.faces.ndjson import BOM, LINE_MAX
from sellergate.faces.order_files import BadLine, amount_of, decoded, header_of, place_of, shown

REQUIRED: Final = ("sellerId", "productId", "stage")
OPTIONAL: Final = ("count", "value", "at")
COUNT_MAX: Final = 10**12


@dataclass(slots=True)
class CheckFile:
    """Checks, one a line: `sellerId`, `productId`, `stage`, and if you like `count`, `value` and `at`; more is passed over.

    NDJSON when the first line begins with `{`, otherwise CSV with a header. Iterating gives the checks; a line that is none is
    noted in `bad_lines` and passed over. Raises UnreadableFile for a CSV file without header or columns.
    """

    lines: Iterable[bytes]
    bad_lines: list[BadLine] = field(default_factory=list)

    def __iter__(self) -> Iterator[RecordedCheck]:
        """The checks, in the order of the file."""
        lines = iter(self.lines)
        first = next(lines, b"")
        everything = chain([first], lines)
        is_ndjson = first.removeprefix(BOM).lstrip().startswith(b"{")
        yield from self._objects(everything) if is_ndjson else self._rows(everything)

    def _objects(self, lines: Iterable[bytes]) -> Iterator[RecordedCheck]:
        for number, line in enumerate(lines, start=1):
            content = line.removeprefix(BOM) if number == 1 else line
            if not content.strip():
                continue
            try:
                yield _check(_object(content))
            except (ValueError, InvalidInput) as error:
                self.bad_lines.append(BadLine(number, str(error)))

    def _rows(self, lines: Iterable[bytes]) -> Iterator[RecordedCheck]:
        reader = csv.reader(decoded(lines), strict=True)
        header = header_of(reader)
        places = {name: place_of(header, name) for name in REQUIRED}
        places |= {name: place_of(header, name) for name in OPTIONAL if name in header}
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
                if cells:
                    yield _check(_named(cells, places, len(header)))
            except StopIteration:
                return
            except (csv.Error, ValueError, InvalidInput) as error:
                self.bad_lines.append(BadLine(line, str(error)))


def _object(line: bytes) -> Mapping[str, Any]:
    if len(line) > LINE_MAX:
        raise ValueError("it is longer than 1 MiB")
    try:
        found = json.loads(line, parse_float=Decimal)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError:
        raise ValueError("it is no JSON") from None
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004  whoever wrote the line gets the message
    return found


def _named(cells: list[str], places: Mapping[str, int], width: int) -> Mapping[str, Any]:
    if len(cells) != width:
        raise ValueError(f"it has {len(cells)} columns, the header has {width}")
    return {name: cells[place].strip() or None for name, place in places.items()}


def _check(given: Mapping[str, Any]) -> RecordedCheck:
    return RecordedCheck(
        seller_id=checked_id(given.get("sellerId") or "", "sellerId"),
        product_id=checked_id(given.get("productId") or "", "productId"),
        stage=_stage(given.get("stage")),
        count=_count(given.get("count")),
        value=_value(given.get("value")),
        at=_time(given.get("at")),
    )


def _stage(given: Any) -> Stage:
    try:
        return Stage(given)
    except ValueError:
        raise ValueError(f"stage must be one of {', '.join(Stage)}, not {shown(str(given))}") from None


def _count(given: Any) -> int:
    if given is None:
        return 1
    text = str(given)
    if isinstance(given, bool) or not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:20]) <= COUNT_MAX:
        raise ValueError(f"count must be a whole number of 1 or more, not {shown(text)}")
    return int(text)


def _value(given: Any) -> Decimal:
    if given is None:
        return Decimal(0)
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        raise ValueError(f"value must be an amount, not {shown(str(given))}")  # noqa: TRY004  as above
    return amount_of(str(given))


def _time(given: Any) -> datetime | None:
    if given is None:
        return None
    try:
        at = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise ValueError(f"at must be a time like 2026-03-01T12:00:00Z, not {shown(str(given))}") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
