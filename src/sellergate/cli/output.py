"""What commands print: tables for people, JSON for programs, progress on a terminal only.

Standard output carries the answer and nothing else; everything said beside it goes to standard error.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

WIDTH_OF_A_PIPE: Final = 200
"""A program that reads our tables gets whole ids, whatever the width of the terminal it runs in."""


def console(*, stderr: bool = False) -> Console:
    """A console on the stream as it is now; text is printed as it is, never read as markup."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH_OF_A_PIPE
    return Console(file=stream, markup=False, highlight=False, emoji=False, soft_wrap=True, width=width)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Rows under headings on standard output; the columns named in `right` hold numbers."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(text_of(cell) for cell in row))
    console().print(table, soft_wrap=False)


def show_facts(facts: Mapping[str, object]) -> None:
    """Names and values in two columns on standard output."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name, value in facts.items():
        table.add_row(name, text_of(value))
    console().print(table, soft_wrap=False)


def show_json(value: object) -> None:
    """The value as one JSON document on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=plain_json) + "\n")


def say(text: str) -> None:
    """A sentence on standard output."""
    console().print(text)


def note(text: str) -> None:
    """A sentence on standard error: beside the answer, not part of it."""
    console(stderr=True).print(text)


def fail(text: str) -> None:
    """An error, as one line on standard error."""
    line = " ".join(text.split())
    note(f"sellergate: {line}")


def camel(name: str) -> str:
    """A name of Python or of an enumeration, as JSON has it."""
    first, *rest = name.replace("-", "_").split("_")
    return first + "".join(word.title() for word in rest)


def text_of(value: object) -> str:
    """A value as people read it: nothing for None, times to the second in UTC."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return str(value)


def plain_json(value: Any) -> object:
    """What JSON has for a value it does not know by itself."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


Advance = Callable[[int], None]
"""Told how much is done so far."""


@contextmanager
def progress(task: str, total: int | None) -> Iterator[Advance]:
    """A bar on standard error while the block runs; nothing at all when that is no terminal."""
    terminal = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=terminal, transient=True, disable=not terminal.is_terminal) as bar:
        id = bar.add_task(task, total=total)
        yield lambda done: bar.update(id, completed=done)
