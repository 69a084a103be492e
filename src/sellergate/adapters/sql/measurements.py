"""Measurement windows in SQL."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update

from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import measurement_windows
from sellergate.adapters.sql.window_codec import decode, encode
from sellergate.domain.measurements import Measurement
from sellergate.ports.measurements import StoredWindow

_c = measurement_windows.c


class SqlMeasurements:
    """Windows by their length, their start and their process."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, process: str, measurements: Iterable[Measurement], *, folded: bool = False) -> None:
        """Store windows of one process, in place of those of the same length and start."""
        # In the order in which they are folded, so that two works do not wait for each other.
        rows = [_row_of(process, each, folded) for each in sorted(measurements, key=lambda each: each.start)]
        if not rows:
            return
        insert = self._session.insert_or(measurement_windows)
        new = insert.excluded
        statement = insert.on_conflict_do_update(
            index_elements=list(measurement_windows.primary_key),
            set_={"folded": new.folded, "counts": new.counts},
        )
        self._session.execute(statement, rows)

    def between(self, seconds: int, since: datetime, until: datetime) -> list[StoredWindow]:
        """The windows of this length that start in the span, by start and process."""
        wanted = select(measurement_windows).where(*_span(seconds, since, until)).order_by(_c.start, _c.process)
        return [
            StoredWindow(process=row.process, measurement=_measurement(row), folded=row.folded, closed=row.closed)
            for row in self._session.execute(wanted)
        ]

    def unfolded(
        self, seconds: int, since: datetime, until: datetime, *, limit: int | None = None
    ) -> Sequence[datetime]:
        """When the windows start that are not folded, each moment once, oldest first."""
        wanted = select(_c.start).where(_c.folded.is_(False), *_span(seconds, since, until))
        return self._session.execute(wanted.distinct().order_by(_c.start).limit(limit)).scalars().all()

    def first(self, seconds: int) -> datetime | None:
        """When the oldest window of this length starts; None when there is none."""
        found: datetime | None = self._session.execute(
            select(_c.start).where(_c.resolution == seconds).order_by(_c.start).limit(1)
        ).scalar()
        return found

    def begin_rolling_up(self) -> None:
        """Wait until no other work is rolling up, and keep others waiting until this one ends."""
        self._session.enter(measurement_windows, "rolling up")

    def fold(self, seconds: int, since: datetime, until: datetime) -> list[Measurement]:
        """Mark the windows of the span as folded; the answer is all of them, by start and process."""
        # One statement: a row somebody is writing is waited for and then read as it has become.
        marked = update(measurement_windows).where(*_span(seconds, since, until)).values(folded=True)
        rows = self._session.execute(marked.returning(_c.resolution, _c.start, _c.process, _c.counts))
        return [_measurement(row) for row in sorted(rows, key=lambda row: (row.start, row.process))]

    def close(self, seconds: int, since: datetime, until: datetime) -> None:
        """Mark the windows of the span as closed."""
        self._session.execute(update(measurement_windows).where(*_span(seconds, since, until)).values(closed=True))

    def forget(self, seconds: int, until: datetime) -> int:
        """Delete folded windows that start before then; the answer is how many."""
        old = (_c.resolution == seconds, _c.start < until, _c.folded)
        return self._session.execute(delete(measurement_windows).where(*old)).rowcount

    def drop(self, seconds: int, since: datetime, until: datetime) -> int:
        """Delete the windows of the span that are not folded; the answer is how many."""
        late = (_c.folded.is_(False), *_span(seconds, since, until))
        return self._session.execute(delete(measurement_windows).where(*late)).rowcount


def _span(seconds: int, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return _c.resolution == seconds, _c.start >= since, _c.start < until


def _row_of(process: str, measurement: Measurement, folded: bool) -> dict[str, Any]:
    return {
        "resolution": measurement.seconds,
        "start": measurement.start,
        "process": process,
        "folded": folded,
        "closed": False,
        "counts": encode(measurement),
    }


def _measurement(row: Row[Any]) -> Measurement:
    return decode(row.counts, row.start, row.resolution)
