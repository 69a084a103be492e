"""How facts are written: moments in the recipient's zone and language, and what others have written, set apart."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sellergate.domain.preferences import Locale

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
QUOTE, BULLET = ">", "- "


class Lines(str):
    """A text whose line ends are meant; those of every other value are not kept."""

    __slots__ = ()


def on_one_line(value: Any) -> Any:
    """A value as a template prints it: what people have named things breaks no line and begins none."""
    return " ".join(value.split()) if isinstance(value, str) and not isinstance(value, Lines) else value


def quoted(text: str) -> Lines:
    """What somebody has written, each line marked as theirs."""
    return Lines("\n".join(f"{QUOTE} {line}".rstrip() for line in text.strip().splitlines()))


def moment(at: datetime | str, zone: str, locale: Locale) -> str:
    """A moment to the minute with the name of its zone: `1 March 2026, 21:00 KST` or `2026년 3월 1일 21:00 KST`."""
    known = datetime.fromisoformat(at) if isinstance(at, str) else at
    local = known.astimezone(ZoneInfo(zone))
    clock = f"{local:%H:%M} {local.tzname()}"
    if locale is Locale.KO:
        return f"{local.year}년 {local.month}월 {local.day}일 {clock}"
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {clock}"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together: a paragraph, a quotation, or a list."""

    form: str
    lines: tuple[str, ...]


def blocks_of(text: str) -> list[Block]:
    """The paragraphs of a text, which stand apart by empty lines."""
    parts = (part.splitlines() for part in text.split("\n\n") if part.strip())
    return [_block(lines) for lines in parts]


def _block(lines: list[str]) -> Block:
    if all(line.startswith(QUOTE) for line in lines):
        return Block("quote", tuple(line.removeprefix(QUOTE).strip() for line in lines))
    if all(line.startswith(BULLET) for line in lines):
        return Block("list", tuple(line.removeprefix(BULLET) for line in lines))
    return Block("paragraph", tuple(lines))
