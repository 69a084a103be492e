"""What the demo shows while it runs: a picture on a terminal, a line now and then elsewhere."""

import time
from collections import Counter
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Protocol, Self

from rich.live import Live
from rich.table import Table

from sellergate.cli.output import console, say

LINE_EVERY_SECONDS: Final = 10
SHOWN: Final = ("checks", "allowed", "denied", "would be denied", "requests", "approved", "rejected", "errors")


class Screen(Protocol):
    """Shows how things are. A context manager."""

    def __enter__(self) -> Self:
        """Begin to show."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop showing."""

    def say(self, text: str) -> None:
        """Say that something happened."""

    def show(self, rollout: Mapping[str, Any], seen: Counter[str]) -> None:
        """Show the rollout, as the API tells it, and what the traffic has met."""


def screen() -> Screen:
    """The screen that fits standard output."""
    return Picture() if console().is_terminal else Lines()


class Picture:
    """A table that is drawn anew as things change; what happens is said above it."""

    def __init__(self) -> None:
        self._live = Live(console=console(), refresh_per_second=4, transient=True)
        self._last = (time.monotonic(), 0)
        self._rate = 0.0

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def say(self, text: str) -> None:
        """Say it above the table."""
        self._live.console.print(text)

    def show(self, rollout: Mapping[str, Any], seen: Counter[str]) -> None:
        """Draw the table anew."""
        table = Table(title=f"phase {_phase(rollout)}", title_justify="left", show_header=False)
        table.add_row("checks a second", f"{self._checks_a_second(seen):.0f}")
        for name in SHOWN:
            table.add_row(name, str(seen[name]))
        self._live.update(table)

    def _checks_a_second(self, seen: Counter[str]) -> float:
        now = time.monotonic()
        at, checks = self._last
        if now - at >= 1:
            self._rate = (seen["checks"] - checks) / (now - at)
            self._last = (now, seen["checks"])
        return self._rate


class Lines:
    """A plain line every few seconds."""

    def __init__(self) -> None:
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def say(self, text: str) -> None:
        """Say it at once."""
        say(text)

    def show(self, rollout: Mapping[str, Any], seen: Counter[str]) -> None:
        """A line, if the last one is long enough ago."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + LINE_EVERY_SECONDS
            say(f"phase {_phase(rollout)}: " + ", ".join(f"{seen[name]} {name}" for name in SHOWN))


def _phase(rollout: Mapping[str, Any]) -> str:
    share = f" {rollout['percentage']} %" if rollout["phase"] == "percentage" else ""
    return f"{rollout['phase']}{share}{', kill switch present' if rollout['killSwitch'] else ''}"
