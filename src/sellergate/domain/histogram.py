"""The edges of the latency histogram: fine enough for quantiles within 5 %, with the exact limits people set.

Geometric edges with ratio 2^(1/8), anchored at 5 ms, make 5 ms and 10 ms edges themselves; taking the geometric middle of a
bin is wrong by at most 2^(1/16) - 1 = 4.4 %. The coarser edges Prometheus is given are in the list too, so that both are
counted at once.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from math import ceil, floor, sqrt
from typing import Final

from sellergate.domain.intervals import Z95

MICROSECOND: Final = 1_000
MILLISECOND: Final = 1_000_000
SECOND: Final = 1_000_000_000

PROMETHEUS_EDGES: Final = (
    10 * MICROSECOND, 25 * MICROSECOND, 50 * MICROSECOND, 100 * MICROSECOND, 250 * MICROSECOND, 500 * MICROSECOND,
    1 * MILLISECOND, 2_500 * MICROSECOND, 5 * MILLISECOND, 10 * MILLISECOND, 25 * MILLISECOND, 50 * MILLISECOND,
    100 * MILLISECOND, 250 * MILLISECOND, 500 * MILLISECOND, 1 * SECOND, 2_500 * MILLISECOND, 10 * SECOND,
)  # fmt: skip
"""Upper edges in nanoseconds of the buckets exported as seller_auth_gate_duration_seconds."""


def _fine_edges() -> list[int]:
    anchor, lowest, highest = 5 * MILLISECOND, 100, 10 * SECOND
    edges = {round(anchor * 2 ** (step / 8)) for step in range(-130, 91)}
    return sorted({edge for edge in edges if lowest <= edge < highest} | set(PROMETHEUS_EDGES))


EDGES: Final[list[int]] = _fine_edges()
"""Upper edges in nanoseconds, inclusive; what is above the last is counted in one more bin."""

BINS: Final = len(EDGES) + 1


def coarse(bins: Sequence[int]) -> list[int]:
    """The counts of one fine histogram per Prometheus bucket, the last one for everything above 10 s."""
    starts = [0] + [bisect_left(EDGES, edge) + 1 for edge in PROMETHEUS_EDGES]
    return [sum(bins[start:stop]) for start, stop in zip(starts, [*starts[1:], BINS], strict=True)]


def middle(place: int) -> float:
    """What a latency of this bin is taken for, in nanoseconds: the geometric middle of its edges.

    Wrong by at most 5 % from 1 µs to 10 s. What is slower is taken for 10 s; it is at least that.
    """
    if place >= len(EDGES):
        return float(EDGES[-1])
    return sqrt(EDGES[place - 1] * EDGES[place]) if place else float(EDGES[0])


def quantile(bins: Mapping[int, int], share: float) -> float | None:
    """The latency in nanoseconds that `share` of those counted took at most (nearest rank). None without any."""
    total = sum(bins.values())
    if not total:
        return None
    return middle(_place_of(bins, max(1, ceil(round(share * total, 6)))))


def quantile_interval(bins: Mapping[int, int], share: float) -> tuple[float, float | None]:
    """Between which latencies, in nanoseconds, the true quantile lies with 95 % certainty, whatever the distribution.

    By order statistics: how many of n latencies lie below the true quantile is binomial (n, share), so two ranks that far
    apart hold it between them. The outer edges of their bins are answered. The upper end is None where there are too few
    latencies to bound it: the slowest of 50 says little about what one in twenty exceeds.
    """
    total = sum(bins.values())
    expected, margin = share * total, Z95 * sqrt(total * share * (1 - share))
    low, high = floor(expected - margin), ceil(expected + margin) + 1
    lowest = _place_of(bins, low) if low >= 1 else 0
    highest = _place_of(bins, high) if high <= total else len(EDGES)
    return float(EDGES[lowest - 1]) if lowest else 0.0, float(EDGES[highest]) if highest < len(EDGES) else None


def _place_of(bins: Mapping[int, int], rank: int) -> int:
    """The bin that holds the latency of this rank, the fastest being rank 1."""
    below = 0
    for place in sorted(bins):
        below += bins[place]
        if below >= rank:
            return place
    raise ValueError("There are fewer latencies than that.")
