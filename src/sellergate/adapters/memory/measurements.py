"""Measurement windows in dictionaries."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.measurements import Measurement
from sellergate.ports.measurements import StoredWindow


class MemoryMeasurements:
    """Windows by their length, their start and their process."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, process: str, measurements: Iterable[Measurement], *, folded: bool = False) -> None:
        """Store windows of one process, in place of those of the same length and start."""
        for each in measurements:
            check_times(each.start)
            before = self._tables.windows.get((each.seconds, each.start, process))
            closed = before is not None and before.closed
            self._put(StoredWindow(process=process, measurement=each, folded=folded, closed=closed))

    def between(self, seconds: int, since: datetime, until: datetime) -> list[StoredWindow]:
        """The windows of this length that start in the span, by start and process."""
        check_times(since, until)
        rows = (row for row in self._of(seconds) if since <= row.measurement.start < until)
        return sorted(rows, key=lambda row: (row.measurement.start, row.process))

    def unfolded(
        self, seconds: int, since: datetime, until: datetime, *, limit: int | None = None
    ) -> Sequence[datetime]:
        """When the windows start that are not folded, each moment once, oldest first."""
        return sorted({row.measurement.start for row in self.between(seconds, since, until) if not row.folded})[:limit]

    def first(self, seconds: int) -> datetime | None:
        """When the oldest window of this length starts; None when there is none."""
        return min((row.measurement.start for row in self._of(seconds)), default=None)

    def begin_rolling_up(self) -> None:
        """A work has the store to itself."""

    def fold(self, seconds: int, since: datetime, until: datetime) -> list[Measurement]:
        """Mark the windows of the span as folded; the answer is all of them, by start and process."""
        rows = self.between(seconds, since, until)
        for row in rows:
            self._put(replace(row, folded=True))
        return [row.measurement for row in rows]

    def close(self, seconds: int, since: datetime, until: datetime) -> None:
        """Mark the windows of the span as closed."""
        for row in self.between(seconds, since, until):
            self._put(replace(row, closed=True))

    def forget(self, seconds: int, until: datetime) -> int:
        """Delete folded windows that start before then; the answer is how many."""
        check_times(until)
        return self._remove([row for row in self._of(seconds) if row.folded and row.measurement.start < until])

    def drop(self, seconds: int, since: datetime, until: datetime) -> int:
        """Delete the windows of the span that are not folded; the answer is how many."""
        return self._remove([row for row in self.between(seconds, since, until) if not row.folded])

    def _of(self, seconds: int) -> list[StoredWindow]:
        return [row for row in self._tables.windows if row.measurement.seconds == seconds]

    def _put(self, row: StoredWindow) -> None:
        self._tables.windows.put((row.measurement.seconds, row.measurement.start, row.process), row)

    def _remove(self, rows: list[StoredWindow]) -> int:
        for row in rows:
            self._tables.windows.remove((row.measurement.seconds, row.measurement.start, row.process))
        return len(rows)
