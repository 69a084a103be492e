"""What a metric was in a stretch of windows: every rate is a share of bad checks, judged against the share a limit allows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isclose, sqrt
from typing import Final, NamedTuple

from sellergate.domain.histogram import SECOND, quantile, quantile_interval
from sellergate.domain.intervals import wilson
from sellergate.domain.measurements import Measurement
from sellergate.domain.thresholds import Metric

RATES: Final = frozenset({Metric.ERRORS, Metric.LATENCY, Metric.CACHE_HITS})
SLOW_SHARE: Final = 0.05
"""P95 is above a limit when more than this share of the checks took longer."""
EXPECTED: Final = 5
"""An estimate counts by itself where the limit would have shown this many bad checks; below, it must be certain."""
FEWEST: Final = 3
DEVIATIONS: Final = 3


class Estimate(NamedTuple):
    """A value in its metric's unit, and where the true one is with 95 % certainty."""

    value: float
    low: float
    high: float | None


@dataclass(frozen=True, slots=True)
class Against:
    """So many bad checks of a total, where a limit allows a share of them."""

    total: int
    bad: int
    allowed: float

    @property
    def is_reached(self) -> bool:
        """Whether the limit is reached or passed."""
        return self.is_passed or isclose(self.bad, self.allowed * self.total, rel_tol=1e-9)

    @property
    def is_passed(self) -> bool:
        """Whether there are more bad ones than the limit allows; a product of floats is not told from its neighbours."""
        allowed = self.allowed * self.total
        return self.bad > allowed and not isclose(self.bad, allowed, rel_tol=1e-9)

    @property
    def is_certain(self) -> bool:
        """Whether chance does not explain it: three bad ones at least, and three deviations more than the limit allows."""
        expected = self.allowed * self.total
        return self.bad >= FEWEST and self.bad - expected > DEVIATIONS * sqrt(expected * max(0.0, 1 - self.allowed))

    @property
    def is_telling(self) -> bool:
        """Whether the sample is large enough for an estimate to count by itself."""
        return self.total >= enough(self.allowed)


def enough(allowed: float) -> float:
    """How many checks a telling sample has."""
    return EXPECTED / max(allowed, 1e-9)


def allowed_share(metric: Metric, limit: float) -> float:
    """The share of bad checks that this limit of a rate allows."""
    if metric is Metric.LATENCY:
        return SLOW_SHARE
    return 1 - limit if metric is Metric.CACHE_HITS else limit


def batch(metric: Metric, window: Measurement, limit: float) -> tuple[int, int]:
    """The checks a rate is made of in one window, and the bad ones: failed, missed, or slower than the limit.

    Slower is exact where the limit is an edge of the histogram, as 5 and 10 ms are; elsewhere the whole bin the limit lies
    in counts as slower, so that the limit is up to 9 % stricter than it says.
    """
    if metric is Metric.ERRORS:
        checks = window.checks
        return checks, min(window.errors, checks)
    if metric is Metric.CACHE_HITS:
        asked = window.asked_caches
        return asked, asked - window.cache_hits
    return sum(window.latencies.values()), window.slower_than(round(limit * SECOND))


def against(metric: Metric, windows: Iterable[Measurement], limit: float) -> Against:
    """The windows together, against a limit."""
    batches = [batch(metric, window, limit) for window in windows]
    return Against(sum(total for total, _ in batches), sum(bad for _, bad in batches), allowed_share(metric, limit))


def estimate(metric: Metric, windows: Sequence[Measurement]) -> Estimate | None:
    """The rate in these windows; None where nothing was counted."""
    if metric is Metric.LATENCY:
        return _latency(windows)
    seen = against(metric, windows, 0.0)
    if not seen.total:
        return None
    times = seen.total - seen.bad if metric.low_is_bad else seen.bad
    return Estimate(times / seen.total, *wilson(times, seen.total))


def _latency(windows: Sequence[Measurement]) -> Estimate | None:
    bins: Counter[int] = Counter()
    for window in windows:
        for place, times in window.latencies.items():
            bins[place] += times
    value = quantile(bins, 1 - SLOW_SHARE)
    if value is None:
        return None
    low, high = quantile_interval(bins, 1 - SLOW_SHARE)
    return Estimate(value / SECOND, low / SECOND, None if high is None else high / SECOND)
