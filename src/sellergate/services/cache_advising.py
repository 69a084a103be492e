"""What the fleet's use of cached answers says about how long they should live."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sellergate.domain.cache_advice import CacheAdvice, Reuse, advise
from sellergate.domain.errors import InvalidInput, StoreUnavailable
from sellergate.domain.measurements import HOUR_SECONDS, Measurement
from sellergate.ports.measurements import MeasurementSource, SourceUnreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheReport:
    """The advice, and the span it was judged by: hours that begin at `since` or later and before `until`."""

    since: datetime
    until: datetime
    advice: CacheAdvice


class CacheAdvising:
    """Advises about the life of cached answers, `life` as it is set, from the windows the processes have stored."""

    def __init__(self, windows: MeasurementSource, *, life: timedelta) -> None:
        self._windows = windows
        self._life = life

    def report(self, since: datetime, until: datetime) -> CacheReport:
        """The advice by what was measured in the hours that begin in the span.

        Raises StoreUnavailable when the measurements cannot be read, and InvalidInput for a span without length.
        """
        if since >= until:
            raise InvalidInput("The report must begin before it ends.", field="since")
        try:
            reuse = _reuse(self._windows.windows(HOUR_SECONDS, since, until))
        except SourceUnreadable as error:
            raise StoreUnavailable("The measurements cannot be read at the moment.") from error
        return CacheReport(since=since, until=until, advice=advise(self._life, reuse))


def _reuse(windows: list[Measurement]) -> Reuse:
    again: Counter[int] = Counter()
    for window in windows:
        again.update(window.again)
    hits = sum(window.cache_hits for window in windows)
    return Reuse(hits=hits, misses=sum(window.asked_caches for window in windows) - hits, again=again)
