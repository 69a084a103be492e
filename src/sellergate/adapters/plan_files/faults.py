"""What is wrong with a plan file: every fault with its line, its key, its value and what is allowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Path = tuple[str | int, ...]
"""The way to a value: keys, and places in lists, counted from 0."""

VALUE_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `problem` says it, `value` is what stands there, None where nothing does."""

    path: Path
    problem: str
    value: str | None = None

    @property
    def key(self) -> str:
        """The key as people write it: `steps[2].percentage`. Empty for the whole file."""
        return "".join(f"[{part}]" if isinstance(part, int) else f".{shown(part)}" for part in self.path)[1:]


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """A fault of a file, in the line it is in."""

    file: str
    line: int
    fault: Fault

    def __str__(self) -> str:
        what = self.fault.key if self.fault.value is None else f"{self.fault.key}={self.fault.value}"
        told = f"{what}: {self.fault.problem}" if what else self.fault.problem
        return f"{self.file}:{self.line}: {told}"


class PlanErrors(Exception):
    """A plan that cannot be followed, with everything that is wrong with it, in the order of the lines."""

    def __init__(self, faults: Sequence[PlacedFault]) -> None:
        more = len(faults) - 1
        super().__init__(f"{faults[0]}" + (f" (and {more} more)" if more else ""))
        self.faults = tuple(faults)


def shown(value: object) -> str:
    """A value in a message: short, and on one line."""
    text = " ".join((value if isinstance(value, str) else _toml_like(value)).split())
    return text if len(text) <= VALUE_MAX else f"{text[: VALUE_MAX - 1]}…"


def _toml_like(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]" if any(isinstance(item, dict | list) for item in value) else str(value)
    return str(value)
