"""Order histories as CSV: past sales line by line, and what was wrong with the lines that are none."""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Final

from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import checked_id
from sellergate.services.backfill import Sale

TIME_COLUMNS: Final = ("shipping_limit_date", "order_purchase_timestamp", "created_at")
CELL_SHOWN: Final = 40
VALUE_COLUMN: Final = "price"
VALUE_MAX: Final = Decimal(10) ** 12


class UnreadableFile(Exception):
    """The file as a whole cannot be used; the message says why in one line."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """Why one line was left out. Lines are counted from 1, the header included."""

    line: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderColumns:
    """Which columns hold what.

    Without `time` the first of TIME_COLUMNS the file has is taken, without `value` the column `price`; a file that has
    none of them is read without times or values.
    """

    seller: str = "seller_id"
    product: str = "product_id"
    time: str | None = None
    value: str | None = None


@dataclass(slots=True)
class OrderFile:
    """A CSV file of order lines: commas, a header, UTF-8 with or without a byte order mark.

    Iterating gives the sales; a line that is none is noted in `bad_lines` and passed over. Times without a zone are of `zone`.
    With `needs_time`, a line without a time is a bad line. Raises UnreadableFile for a file without header or columns.
    """

    lines: Iterable[bytes]
    columns: OrderColumns = field(default_factory=OrderColumns)
    zone: tzinfo = UTC
    needs_time: bool = False
    bad_lines: list[BadLine] = field(default_factory=list)

    def __iter__(self) -> Iterator[Sale]:
        """The sales, in the order of the file."""
        reader = csv.reader(decoded(self.lines), strict=True)
        header = header_of(reader)
        layout = _Layout.of(header, self.columns, needs_time=self.needs_time)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
                if cells:
                    yield self._sale(cells, layout)
            except StopIteration:
                return
            except (csv.Error, ValueError, InvalidInput) as error:
                self.bad_lines.append(BadLine(line, str(error)))

    def _sale(self, cells: Sequence[str], layout: "_Layout") -> Sale:
        if len(cells) != layout.width:
            raise ValueError(f"it has {len(cells)} columns, the header has {layout.width}")
        return Sale(
            seller_id=checked_id(cells[layout.seller], self.columns.seller),
            product_id=checked_id(cells[layout.product], self.columns.product),
            at=None if layout.time is None else self._time(cells[layout.time]),
            value=Decimal(0) if layout.value is None else amount_of(cells[layout.value]),
        )

    def _time(self, text: str) -> datetime | None:
        if not text.strip():
            if self.needs_time:
                raise ValueError("it has no time")
            return None
        try:
            time = datetime.fromisoformat(text.strip())
        except ValueError:
            raise ValueError(f"{shown(text)} is no time like 2026-03-01 12:00:00") from None
        return (time if time.tzinfo else time.replace(tzinfo=self.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where in a line each thing stands; `width` is how many columns a line must have."""

    width: int
    seller: int
    product: int
    time: int | None
    value: int | None

    @classmethod
    def of(cls, header: Sequence[str], columns: OrderColumns, *, needs_time: bool) -> "_Layout":
        time = columns.time or next((name for name in TIME_COLUMNS if name in header), None)
        value = columns.value or (VALUE_COLUMN if VALUE_COLUMN in header else None)
        if needs_time and time is None:
            raise UnreadableFile(f"it has no column of times ({' or '.join(TIME_COLUMNS)}); it has {', '.join(header)}")
        return cls(
            width=len(header),
            seller=place_of(header, columns.seller),
            product=place_of(header, columns.product),
            time=None if time is None else place_of(header, time),
            value=None if value is None else place_of(header, value),
        )


def decoded(lines: Iterable[bytes]) -> Iterator[str]:
    """The lines as text, without a byte order mark before the first."""
    # Bytes that are not UTF-8 survive as surrogates: they spoil the line they stand in, if they are read, and no other.
    for number, line in enumerate(lines):
        content = line if number else line.removeprefix(BOM_UTF8)
        yield content.decode("utf-8", "surrogateescape")


def header_of(reader: Iterator[list[str]]) -> list[str]:
    """The names of the columns. Raises UnreadableFile for what is no CSV with commas."""
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise UnreadableFile(f"its first line is no CSV header: {error}") from error
    if not header:
        raise UnreadableFile("it is empty: its first line must name the columns")
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and separator in header[0]:
            raise UnreadableFile(f"its columns are separated by {name}; they must be separated by commas")
    if not all(name.isprintable() for name in header):
        raise UnreadableFile("it is no UTF-8 text")
    return header


def place_of(header: Sequence[str], name: str) -> int:
    """Where the one column of this name stands. Raises UnreadableFile when there is none, or more than one."""
    if header.count(name) != 1:
        found = "no" if name not in header else "more than one"
        raise UnreadableFile(f"it has {found} column {name}; it has {', '.join(header)}")
    return header.index(name)


def amount_of(text: str) -> Decimal:
    """The amount, 0 for an empty text. Raises ValueError for what is none, or a negative one."""
    if not text.strip():
        return Decimal(0)
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount > VALUE_MAX:
        raise ValueError(f"{shown(text)} is no amount")
    if amount < 0:
        raise ValueError(f"{shown(text)} is a negative amount")
    return amount


def shown(text: str) -> str:
    """As much of a text as a message may repeat."""
    return repr(text if len(text) <= CELL_SHOWN else text[:CELL_SHOWN] + "…")
