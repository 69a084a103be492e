"""What the gate has counted, as those who export it see it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from sellergate.domain.gate import GateDecision, Mode, Stage


class Count(NamedTuple):
    """How many checks ended alike. `cache_hit` is None where memory was not asked: strict, about the past, bypassed."""

    stage: Stage
    mode: Mode
    decision: GateDecision
    cache_hit: bool | None
    times: int


class GateCounts(Protocol):
    """The counts of some time. Bins are latencies over `domain.histogram.EDGES`, sums in nanoseconds.

    Checks that memory answered are in `hit_bins` and `hit_ns`, all other evaluated ones in `miss_bins` and `miss_ns`; bypassed
    ones are in neither.
    """

    @property
    def hit_bins(self) -> Sequence[int]:
        """Latencies of checks answered from memory."""

    @property
    def miss_bins(self) -> Sequence[int]:
        """Latencies of checks that asked the store."""

    @property
    def hit_ns(self) -> int:
        """Their sum."""

    @property
    def miss_ns(self) -> int:
        """Their sum."""

    def checks(self) -> Iterator[Count]:
        """Every count that is not zero."""
