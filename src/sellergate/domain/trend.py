"""What was measured as a line in a chart: one point for each stretch of time, and a gap where nobody measured."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sellergate.domain.gate import DENY_CODES, Reason, Stage
from sellergate.domain.histogram import SECOND, quantile
from sellergate.domain.measurements import EVALUATED, Measurement, aligned, rolled_up

_DENIED = frozenset(DENY_CODES) - {Reason.CHECK_FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A stretch of time: latencies in seconds, shares from 0 to 1; None for what nothing was seen of.

    `denied` is by stage the share of the evaluated checks that were denied, or would have been.
    """

    start: datetime
    checks: int
    p50: float | None
    p95: float | None
    p99: float | None
    errors: float | None
    hits: float | None
    denied: Mapping[Stage, float | None] = field(default_factory=dict)


def point_of(window: Measurement) -> Point:
    """One window as a point."""
    evaluated: Counter[Stage] = Counter()
    denied: Counter[Stage] = Counter()
    for key, times in window.counts.items():
        if key.mode in EVALUATED:
            evaluated[key.stage] += times
            if key.reason in _DENIED:
                denied[key.stage] += times
    p50, p95, p99 = (_seconds(quantile(window.latencies, share)) for share in (0.5, 0.95, 0.99))
    return Point(
        start=window.start,
        checks=window.checks,
        p50=p50,
        p95=p95,
        p99=p99,
        errors=_share(window.errors, window.checks),
        hits=_share(window.cache_hits, window.asked_caches),
        denied={stage: _share(denied[stage], evaluated[stage]) for stage in Stage},
    )


def trend(windows: Sequence[Measurement], since: datetime, until: datetime, seconds: int) -> list[Point | None]:
    """A point for each `seconds` from `since` to `until`; None where nobody measured. Windows that are longer fill several."""
    first = aligned(since, seconds)
    slots = int((aligned(until, seconds) - first).total_seconds()) // seconds + 1
    parts: list[list[Measurement]] = [[] for _ in range(slots)]
    for window in windows:
        place = int((window.start - first).total_seconds()) // seconds
        for slot in range(place, place + max(1, window.seconds // seconds)):
            if 0 <= slot < slots:
                parts[slot].append(window)
    return [
        point_of(rolled_up(some, first + slot * timedelta(seconds=seconds), seconds)) if some else None
        for slot, some in enumerate(parts)
    ]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _seconds(nanoseconds: float | None) -> float | None:
    return None if nanoseconds is None else nanoseconds / SECOND
