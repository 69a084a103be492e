"""The edges of the latency histogram: fine enough for quantiles within 5 %, with the exact limits people set.

Geometric edges with ratio 2^(1/8), anchored at 5 ms, make 5 ms and 10 ms edges themselves; taking the geometric middle of a
bin is wrong by at most 2^(1/16) - 1 = 4.4 %. The coarser edges Prometheus is given are in the list too, so that both are
counted at once.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

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
