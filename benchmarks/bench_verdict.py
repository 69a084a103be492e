"""What a judgement costs: of a phase of 2,000 windows as a busy fleet writes them, and of one as it is kept, rolled up."""

import sys
import zlib
from bisect import bisect_left
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from time import process_time

from machine import machine, quantile

from sellergate.domain.evidence import canonical, evidence_of, replay
from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.histogram import EDGES, MICROSECOND
from sellergate.domain.measurements import Counted, Measurement
from sellergate.domain.thresholds import Metric, Threshold
from sellergate.domain.verdict import Readings, Rules, judge

BEGUN = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
RULES = Rules(
    thresholds=(
        Threshold(metric=Metric.LATENCY, investigate=0.005, roll_back=0.010),
        Threshold(metric=Metric.ERRORS, investigate=0.005, roll_back=0.01),
        Threshold(metric=Metric.CACHE_HITS, investigate=0.7),
        Threshold(metric=Metric.POOL, investigate=0.8),
        Threshold(metric=Metric.INBOX, investigate=100, alert=500),
    ),
    minimum_checks=10_000,
)
KEYS = [
    Counted(stage, mode, reason, hit)
    for stage in Stage
    for mode in (Mode.ENFORCED, Mode.BYPASSED)
    for reason, hit in ((Reason.APPROVED, True), (Reason.APPROVED, False), (Reason.NO_AUTHORIZATION, True))
]
FAILED = Counted(Stage.CART, Mode.ENFORCED, Reason.CHECK_FAILED, False)


def a_window(start, seconds, random):
    """18 kinds of checks and a latency that spreads over some forty bins."""
    counts = {key: random.randrange(50, 150) * seconds // 10 for key in KEYS} | {FAILED: random.randrange(3)}
    slow = Counter(bisect_left(EDGES, int(60 * MICROSECOND * random.lognormvariate(0, 1.2))) for _ in range(1_000))
    return Measurement(start=start, seconds=seconds, processes=4, counts=counts, latencies=dict(slow), pool_in_use=0.3)


def a_phase(parts, random):
    windows, start = [], BEGUN
    for times, seconds in parts:
        for _ in range(times):
            windows.append(a_window(start, seconds, random))
            start += timedelta(seconds=seconds)
    return windows, start


def report(name, windows, now, rounds):
    readings, took = Readings(windows=windows, inbox=12), []
    for _ in range(rounds):
        begun = process_time()
        judge(RULES, readings, now)
        took.append((process_time() - begun) * 1_000)
    text = canonical(evidence_of(RULES, readings, now)).encode()
    begun = process_time()
    replay(evidence_of(RULES, readings, now))
    again = (process_time() - begun) * 1_000
    took.sort()
    bins = sum(len(window.latencies) for window in windows) / len(windows)
    print(
        f"{name:34} {len(windows):5} windows ({bins:.0f} bins): median {quantile(took, 0.5):6.1f} ms, 95 % {quantile(took, 0.95):6.1f} ms;"
        f" replay {again:6.1f} ms; evidence {len(text) / 1_000:7.0f} kB, {len(zlib.compress(text)) / 1_000:5.0f} kB compressed"
    )


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    print(machine())
    random = Random(1)
    report("2,000 windows of 10 s", *a_phase([(2_000, 10)], random), rounds)
    report("a week: hours, an hour of minutes, 10 s", *a_phase([(167, 3_600), (59, 60), (6, 10)], random), rounds)


if __name__ == "__main__":
    main()
