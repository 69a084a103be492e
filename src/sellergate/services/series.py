"""One series of measurements over a whole phase: fine where it is young, coarse where it is old, and cheap to ask again."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from sellergate.domain.measurements import HOUR_SECONDS, MINUTE_SECONDS, WINDOW_SECONDS, Measurement, aligned
from sellergate.ports.measurements import MeasurementSource, SourceUnreadable

FINE_FOR: Final = timedelta(hours=1)
"""Windows of ten seconds are given as such for so long, then minutes."""
MINUTES_FOR: Final = timedelta(days=1)
"""Minutes are given as such for so long, then hours."""
RUNNING_FOR: Final = timedelta(minutes=5)
"""What is younger is read each time."""
LOOKS_BACK_EVERY: Final = timedelta(minutes=1)
"""How often the rest of what may still change is read again, for windows that came late."""

NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Piece:
    """What is known of one stretch of the series, up to `until`."""

    since: datetime = NEVER
    until: datetime = NEVER
    known: list[Measurement] = field(default_factory=list)


class Series:
    """The measurements of the fleet since some moment, for whoever asks every few seconds.

    `late` is how long after its time a window may still appear in the source or change there. What is older is read once;
    what is younger than five minutes each time; what lies between once a minute. Thread-safe.
    """

    def __init__(self, source: MeasurementSource, *, late: timedelta) -> None:
        self._source = source
        self._late = late
        self._pieces: dict[tuple[int, int], _Piece] = {}
        self._looked_back = NEVER
        self._lock = threading.Lock()

    def read(self, since: datetime, now: datetime) -> list[Measurement]:
        """The fleet's windows from `since` to `now`, oldest first: hours, then minutes of the last day, then windows of ten
        seconds of the last hour. None overlap, and none are missing but where nobody measured.

        The last one may be running still. The series begins with the first whole window: after a day, with the first whole
        minute, and those minutes up to the first whole hour stand before the hours. Raises SourceUnreadable.
        """
        with self._lock:
            if now - self._looked_back >= LOOKS_BACK_EVERY or now < self._looked_back:
                self._doubt(now - self._late)
                self._looked_back = now
            try:
                return [window for piece in _stretches(since, now) for window in self._piece(*piece, now)]
            except SourceUnreadable:
                self._looked_back = NEVER
                raise

    def _doubt(self, since: datetime) -> None:
        for piece in self._pieces.values():
            piece.until = min(piece.until, since)

    def _piece(self, place: int, seconds: int, since: datetime, until: datetime, now: datetime) -> list[Measurement]:
        piece = self._pieces.setdefault((place, seconds), _Piece())
        if not piece.since <= since <= piece.until:
            piece.since, piece.until, piece.known = since, since, []
        fresh_from = aligned(min(piece.until, until), seconds) if piece.until > since else since
        known = [window for window in piece.known if since <= window.start < fresh_from]
        known += self._source.windows(seconds, fresh_from, until) if fresh_from < until else []
        piece.since, piece.known = since, known
        piece.until = max(since, min(until, aligned(now - RUNNING_FOR, seconds)))
        return known


def _stretches(since: datetime, now: datetime) -> Iterator[tuple[int, int, datetime, datetime]]:
    """Of which windows the series is made: place, length, first start, end."""
    minutes_since = aligned(now - MINUTES_FOR, HOUR_SECONDS)
    fine_since = aligned(now - FINE_FOR, MINUTE_SECONDS)
    stretches = [
        (MINUTE_SECONDS, since, min(_ceiling(since, HOUR_SECONDS), minutes_since)),
        (HOUR_SECONDS, since, minutes_since),
        (MINUTE_SECONDS, max(since, minutes_since), fine_since),
        (WINDOW_SECONDS, max(since, fine_since), now),
    ]
    for place, (seconds, first, end) in enumerate(stretches):
        start = _ceiling(first, seconds)
        if start < end:
            yield place, seconds, start, end


def _ceiling(moment: datetime, seconds: int) -> datetime:
    start = aligned(moment, seconds)
    return start if start == moment else start + timedelta(seconds=seconds)
