"""Order files as commands are given them: the options that name the columns, and the reading."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from typing import Annotated, BinaryIO, Final
from zoneinfo import ZoneInfo

import typer

from sellergate.cli.opening import CommandError, opened, shown_path
from sellergate.cli.output import Advance, note, progress
from sellergate.faces.order_files import BadLine, OrderColumns, OrderFile, UnreadableFile

BAD_LINES_SHOWN: Final = 20
LINES_A_STEP: Final = 500

SellerColumn = Annotated[str, typer.Option(metavar="NAME", help="The column of seller ids.")]
ProductColumn = Annotated[str, typer.Option(metavar="NAME", help="The column of product ids.")]
TimeColumn = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The column of times. [default: the first there is of shipping_limit_date, order_purchase_timestamp, created_at]",
    ),
]
ValueColumn = Annotated[
    str | None, typer.Option(metavar="NAME", help="The column of order values. [default: price, if there is one]")
]
TimeZone = Annotated[str, typer.Option(metavar="ZONE", help="The zone of times that name none, such as Asia/Seoul.")]


def zone_named(name: str) -> tzinfo:
    """The time zone of this name. Raises BadParameter when there is none."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise typer.BadParameter(f"There is no time zone {name!r}", param_hint="--time-zone") from None


@contextmanager
def order_file(
    path: str, columns: OrderColumns, zone: tzinfo, *, task: str, needs_time: bool = False
) -> Iterator[OrderFile]:
    """The order lines of a file or of standard input, with a bar for `task` while they are read.

    Raises CommandError, naming the file, when it cannot be used.
    """
    with lines_of_file(path, task=task) as lines:
        yield OrderFile(lines, columns, zone, needs_time)


@contextmanager
def lines_of_file(path: str, *, task: str) -> Iterator[Iterator[bytes]]:
    """The lines of a file or of standard input, with a bar for `task` while they are read.

    Raises CommandError, naming the file, when it cannot be read or the block finds that it cannot be used.
    """
    with opened(path) as file, progress(task, _size(file)) as advance:
        try:
            yield _watched(file, advance)
        except UnreadableFile as error:
            raise CommandError(f"{shown_path(path)}: {error}.", status=2) from error


def _size(file: BinaryIO) -> int | None:
    try:
        status = os.fstat(file.fileno())
    except OSError:  # what has no descriptor has no size
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _watched(file: BinaryIO, advance: Advance) -> Iterator[bytes]:
    read = 0
    for number, line in enumerate(file):
        yield line
        read += len(line)
        if number % LINES_A_STEP == 0:
            advance(read)


def note_bad_lines(path: str, bad_lines: Sequence[BadLine]) -> None:
    """Say on standard error which lines were left out, and why."""
    for bad in bad_lines[:BAD_LINES_SHOWN]:
        note(f"{shown_path(path)}, line {bad.line}: {bad.message}")
    if len(bad_lines) > BAD_LINES_SHOWN:
        note(f"… and {len(bad_lines) - BAD_LINES_SHOWN} more lines that could not be read.")


def bad_line_facts(bad_lines: Sequence[BadLine]) -> list[dict[str, object]]:
    """The lines that were left out, for programs."""
    return [{"line": bad.line, "message": bad.message} for bad in bad_lines]
