"""The measurements of some time, for charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.measurements import HOUR_SECONDS, MINUTE_SECONDS, Measurement, rolled_up
from sellergate.domain.trend import Point, point_of, trend
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.measurements import SourceUnreadable
from sellergate.services.series import Series

RANGES: Final[Mapping[timedelta, int]] = {
    timedelta(hours=1): MINUTE_SECONDS // 2,
    timedelta(hours=6): 3 * MINUTE_SECONDS,
    timedelta(hours=24): 10 * MINUTE_SECONDS,
    timedelta(days=7): HOUR_SECONDS,
}
"""What can be looked at, and how many seconds are one point of it: some 150 points, whatever the range."""
RECENT: Final = timedelta(minutes=5)
"""What the figures of the moment are made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Points `seconds` apart from `since` to `until`."""

    since: datetime
    until: datetime
    seconds: int
    points: Sequence[Point | None]


class Trends:
    """Reads the fleet's measurements as points. Where they cannot be read there are none."""

    def __init__(self, series: Series, *, now: Clock = utc_now) -> None:
        self._series = series
        self._now = now

    def over(self, span: timedelta) -> Trend:
        """One of `RANGES` up to now."""
        until, seconds = self._now(), RANGES[span]
        since = until - span
        return Trend(
            since=since, until=until, seconds=seconds, points=trend(self._read(since, until), since, until, seconds)
        )

    def recent(self) -> Point | None:
        """The last minutes as one point; None when nobody measured."""
        until = self._now()
        windows = self._read(until - RECENT, until)
        if not windows:
            return None
        return point_of(rolled_up(windows, windows[0].start, round(RECENT.total_seconds())))

    def _read(self, since: datetime, until: datetime) -> Sequence[Measurement]:
        try:
            return self._series.read(since, until)
        except SourceUnreadable:
            return ()
