"""Values as people write them in a plan, read and written: `7 days`, `5 ms`, `0.5 %`, `1000`."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeVar

E = TypeVar("E", bound=StrEnum)

LONGEST: Final = timedelta(days=3650)
DURATION: Final = "a time like 30 s, 10 minutes, 24 hours or 7 days, at most ten years"
LATENCY: Final = "a time like 5 ms or 0.5 s, above 0 and at most 60 s"
SHARE: Final = "a share like 0.5 %, 0 % to 100 %"
NAME: Final = "1 to 40 characters of a-z 0-9 -"
TEXT: Final = "a text of 1 to 1000 characters"

_UNITS: Final = {
    "week": timedelta(weeks=1),
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_OTHER_NAMES: Final = {"w": "week", "d": "day", "h": "hour", "min": "minute", "second": "s"}
_QUANTITY: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?([a-z]+|%)", re.ASCII)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)


def text(value: object) -> str:
    """A text that says something."""
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= 1000:
        raise ValueError(value)
    return value.strip()


def name(value: object) -> str:
    """A name for programs."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError(value)
    return value


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(value)  # noqa: TRY004  every value that is not allowed is refused alike
    return value


def number(low: int, high: int) -> Callable[[object], int]:
    """A whole number within bounds."""

    def parse(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(value)
        return value

    return parse


def choice(kind: type[E]) -> Callable[[object], E]:
    """One value of an enumeration."""

    def parse(value: object) -> E:
        if not isinstance(value, str):
            raise ValueError(value)  # noqa: TRY004
        return kind(value)

    return parse


def choices(kind: type[StrEnum]) -> str:
    """What is allowed for an enumeration, in words."""
    *others, last = (member.value for member in kind)
    return f"{', '.join(others)} or {last}"


def list_of(parse: Callable[[Any], Any], most: int = 10_000) -> Callable[[object], tuple[Any, ...]]:
    """A list of values, none of them twice."""

    def parse_all(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise ValueError(value)
        values = tuple(parse(item) for item in value)
        if len(set(values)) < len(values):
            raise ValueError(value)
        return values

    return parse_all


def duration(value: object) -> timedelta:
    """A time with its unit."""
    amount, unit = _quantity(value)
    unit = unit if unit in _UNITS else unit.removesuffix("s")
    length = _UNITS.get(_OTHER_NAMES.get(unit, unit))
    if length is None:
        raise ValueError(value)
    micros = amount * (length // timedelta(microseconds=1))
    if micros != int(micros) or micros > LONGEST // timedelta(microseconds=1):
        raise ValueError(value)
    return timedelta(microseconds=int(micros))


def positive_duration(value: object) -> timedelta:
    """A time that is longer than none."""
    length = duration(value)
    if not length:
        raise ValueError(value)
    return length


def duration_text(length: timedelta) -> str:
    """The time in its largest whole unit."""
    for unit, size in _UNITS.items():
        if unit != "week" and length >= size and not length % size:
            return _with_unit(length // size, unit)
    return f"{length / timedelta(milliseconds=1):g} ms" if length else "0 s"


def _with_unit(amount: int, unit: str) -> str:
    return f"{amount} {unit}" if unit in ("s", "ms") or amount == 1 else f"{amount} {unit}s"


def latency(value: object) -> float:
    """A short time in seconds."""
    length = duration(value)
    if not timedelta(0) < length <= timedelta(minutes=1):
        raise ValueError(value)
    return length.total_seconds()


def latency_text(seconds: float) -> str:
    """A short time, in milliseconds below one second."""
    return duration_text(timedelta(seconds=seconds))


def share(value: object) -> float:
    """A share written in percent, 0 to 1."""
    amount, unit = _quantity(value)
    if unit != "%" or amount > 100:
        raise ValueError(value)
    return float(amount / 100)


def share_text(of_one: float) -> str:
    """A share in percent."""
    return f"{(Decimal(repr(of_one)) * 100).normalize():f} %"


def _quantity(value: object) -> tuple[Decimal, str]:
    written = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if written is None:
        raise ValueError(value)
    return Decimal(written[1]), written[2]
