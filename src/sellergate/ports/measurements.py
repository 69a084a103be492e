"""Measurements: the windows processes write, and whoever can tell what the fleet did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sellergate.domain.measurements import Measurement

FLEET = ""
"""In place of a process where a window is that of all of them."""


class SourceUnreadable(Exception):
    """What was measured could not be read: that says nothing about what was measured."""


class MeasurementSource(Protocol):
    """Where the measurements of the fleet can be read."""

    def windows(self, seconds: int, since: datetime, until: datetime) -> list[Measurement]:
        """The fleet's windows of this length that start in the span, oldest first; those nobody measured are missing.

        Raises SourceUnreadable, and nothing else, when it cannot know.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWindow:
    """One window of one process, or of the fleet.

    It is `folded` once it has been added into the longer one that contains it, and `closed` once the shorter ones it
    was made of are forgotten.
    """

    process: str
    measurement: Measurement
    folded: bool
    closed: bool = False


class MeasurementWindows(Protocol):
    """Windows by their length, their start and their process. Spans include their first moment and not their last."""

    def put(self, process: str, measurements: Iterable[Measurement], *, folded: bool = False) -> None:
        """Store windows of one process, in place of those of the same length and start. Whether they are closed stays."""

    def between(self, seconds: int, since: datetime, until: datetime) -> list[StoredWindow]:
        """The windows of this length that start in the span, by start and process."""

    def unfolded(
        self, seconds: int, since: datetime, until: datetime, *, limit: int | None = None
    ) -> Sequence[datetime]:
        """When the windows start that are not folded, each moment once, oldest first."""

    def first(self, seconds: int) -> datetime | None:
        """When the oldest window of this length starts; None when there is none."""

    def begin_rolling_up(self) -> None:
        """Wait until no other work is rolling up, and keep others waiting until this one ends."""

    def fold(self, seconds: int, since: datetime, until: datetime) -> list[Measurement]:
        """Mark the windows of the span as folded; the answer is all of them, as they were at that moment, by start and process.

        Whoever writes one of them at the same time comes before or after, and is not overlooked in either case.
        """

    def close(self, seconds: int, since: datetime, until: datetime) -> None:
        """Mark the windows of the span as closed."""

    def forget(self, seconds: int, until: datetime) -> int:
        """Delete folded windows that start before then; the answer is how many."""

    def drop(self, seconds: int, since: datetime, until: datetime) -> int:
        """Delete the windows of the span that are not folded; the answer is how many."""
