"""What the gates of one fleet did in some seconds: counts that can be added up over processes and over time."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.histogram import EDGES

WINDOW_SECONDS: Final = 10
"""The length of the windows that processes write."""
MINUTE_SECONDS: Final = 60
HOUR_SECONDS: Final = 3_600

EVALUATED: Final = frozenset({Mode.SHADOW, Mode.ENFORCED})


class Counted(NamedTuple):
    """What checks are counted by. `cache_hit` is None where memory was not asked: strict, about the past, bypassed."""

    stage: Stage
    mode: Mode
    reason: Reason
    cache_hit: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One window: what was counted from `start` on, for `seconds`, by `processes` processes.

    `latencies` counts evaluated checks by their bin of `histogram.EDGES`; empty bins are left out. `shared_hits` are the hits
    that came from the tier processes share; `again` counts misses of what was remembered and had run out by their bin of
    `cache_advice.AGE_EDGES`. `pool_in_use` is the highest share of a process's database connections that was
    seen in use, None where nobody looked. A window in which nothing was checked is a measurement like any other; one that is
    missing was not measured.
    """

    start: datetime
    seconds: int = WINDOW_SECONDS
    processes: int = 1
    counts: Mapping[Counted, int] = field(default_factory=dict)
    latencies: Mapping[int, int] = field(default_factory=dict)
    shared_hits: int = 0
    again: Mapping[int, int] = field(default_factory=dict)
    pool_in_use: float | None = None

    @property
    def end(self) -> datetime:
        """The first moment that is not in it."""
        return self.start + timedelta(seconds=self.seconds)

    @property
    def checks(self) -> int:
        """Evaluated checks, enforced or in shadow, those that failed included."""
        return sum(times for key, times in self.counts.items() if key.mode in EVALUATED)

    @property
    def errors(self) -> int:
        """Evaluated checks that failed: no store could answer."""
        return sum(times for key, times in self.counts.items() if key.reason is Reason.CHECK_FAILED)

    @property
    def asked_caches(self) -> int:
        """Checks that a cache might have answered."""
        return sum(times for key, times in self.counts.items() if key.cache_hit is not None)

    @property
    def cache_hits(self) -> int:
        """Checks that a cache of any tier has answered."""
        return sum(times for key, times in self.counts.items() if key.cache_hit)

    def slower_than(self, nanoseconds: int) -> int:
        """How many evaluated checks took longer. Exact where `nanoseconds` is one of `histogram.EDGES`, as 5 and 10 ms are."""
        first = bisect_right(EDGES, nanoseconds)
        return sum(times for place, times in self.latencies.items() if place >= first)


def aligned(moment: datetime, seconds: int) -> datetime:
    """The start of the window of this length that the moment lies in. Windows begin where the clock has them begin, in UTC."""
    return datetime.fromtimestamp(moment.timestamp() // seconds * seconds, UTC)


def fleet_wide(measurements: Iterable[Measurement]) -> list[Measurement]:
    """Windows of several processes as the fleet's: one for each start, oldest first."""
    by_start: dict[datetime, list[Measurement]] = {}
    for each in measurements:
        by_start.setdefault(each.start, []).append(each)
    return [together(by_start[start]) for start in sorted(by_start)]


def together(measurements: Iterable[Measurement]) -> Measurement:
    """The same window of several processes as one of the fleet. Raises ValueError without any."""
    parts = list(measurements)
    return _sum(parts, processes=sum(part.processes for part in parts))


def rolled_up(measurements: Iterable[Measurement], start: datetime, seconds: int) -> Measurement:
    """Windows of the fleet, one after the other, as one longer window. Raises ValueError without any."""
    parts = list(measurements)
    whole = _sum(parts, processes=max((part.processes for part in parts), default=0))
    return replace(whole, start=start, seconds=seconds)


def _sum(parts: list[Measurement], *, processes: int) -> Measurement:
    if not parts:
        raise ValueError("There is nothing to add up.")
    counts: Counter[Counted] = Counter()
    latencies: Counter[int] = Counter()
    again: Counter[int] = Counter()
    for part in parts:
        counts.update(part.counts)
        latencies.update(part.latencies)
        again.update(part.again)
    return Measurement(
        start=parts[0].start,
        seconds=parts[0].seconds,
        processes=processes,
        counts=dict(counts),
        latencies=dict(latencies),
        shared_hits=sum(part.shared_hits for part in parts),
        again=dict(again),
        pool_in_use=max((part.pool_in_use for part in parts if part.pool_in_use is not None), default=None),
    )
