"""Windows of a fleet, in as few words as a test needs."""

from bisect import bisect_left
from collections import Counter
from datetime import UTC, datetime, timedelta

from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.histogram import EDGES, MICROSECOND
from sellergate.domain.measurements import Counted, Measurement
from sellergate.domain.thresholds import Metric, Threshold
from sellergate.domain.verdict import Readings, Rules, judge

BEGUN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
BUSY = 1_667
"""Checks in ten seconds at 10,000 a minute."""

SEED_THRESHOLDS = (
    Threshold(metric=Metric.LATENCY, investigate=0.005, roll_back=0.010),
    Threshold(metric=Metric.ERRORS, investigate=0.005, roll_back=0.01),
    Threshold(metric=Metric.CACHE_HITS, investigate=0.7),
    Threshold(metric=Metric.POOL, investigate=0.8),
    Threshold(metric=Metric.INBOX, investigate=100, alert=500),
)
RULES = Rules(thresholds=SEED_THRESHOLDS, minimum_checks=1_000)


def a_window(checks=BUSY, errors=0, *, hits=None, latencies=None, pool=0.3, start=BEGUN, seconds=10, processes=1):
    """`latencies` is nanoseconds to checks; the rest took 100 µs. Hits default to all checks that did not fail."""
    hits = checks - errors if hits is None else hits
    counts = {
        Counted(Stage.CART, Mode.ENFORCED, Reason.CHECK_FAILED, False): errors,
        Counted(Stage.CART, Mode.ENFORCED, Reason.APPROVED, True): hits,
        Counted(Stage.ORDER, Mode.SHADOW, Reason.APPROVED, False): checks - errors - hits,
    }
    bins = Counter({bisect_left(EDGES, int(slow)): times for slow, times in (latencies or {}).items()})
    bins[bisect_left(EDGES, 100 * MICROSECOND)] += checks - sum(bins.values())
    return Measurement(
        start=start,
        seconds=seconds,
        processes=processes,
        counts={key: times for key, times in counts.items() if times},
        latencies={place: times for place, times in sorted(bins.items()) if times},
        pool_in_use=pool,
    )


def in_a_row(windows, start=BEGUN):
    """The same windows, one after the other."""
    placed = []
    for window in windows:
        placed.append(at(window, start))
        start += timedelta(seconds=window.seconds)
    return placed


def at(window, start):
    return Measurement(
        start=start,
        seconds=window.seconds,
        processes=window.processes,
        counts=window.counts,
        latencies=window.latencies,
        shared_hits=window.shared_hits,
        pool_in_use=window.pool_in_use,
    )


def judged(windows, *, rules=RULES, inbox=3, after=1):
    """The judgement some seconds after the last window."""
    now = (windows[-1].end if windows else BEGUN) + timedelta(seconds=after)
    return judge(rules, Readings(windows=windows, inbox=inbox), now)


def said_of(judgement, metric):
    return next(opinion for opinion in judgement.metrics if opinion.metric is metric)
