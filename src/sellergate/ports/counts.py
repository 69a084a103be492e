"""What the gate has counted, as those who export it see it."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from sellergate.domain.gate import GateDecision, Mode, Stage


class Count(NamedTuple):
    """How many checks ended alike. `cache_hit` is None where memory was not asked: strict, about the past, bypassed."""

    stage: Stage
    mode: Mode
    decision: GateDecision
    cache_hit: bool | None
    times: int


class SharedResult(StrEnum):
    """What became of one look-up in the shared tier.

    UNREADABLE and OUTDATED are reasons of a MISS and counted beside it. SKIPPED: it was not asked, because it is in trouble.
    """

    HIT = "hit"
    MISS = "miss"
    ERROR = "error"
    SKIPPED = "skipped"
    UNREADABLE = "unreadable"
    OUTDATED = "outdated"


class SharedPut(StrEnum):
    """What became of one value for the shared tier.

    LATE: it was too old by the time. SKIPPED: the tier is in trouble. DROPPED: too many were waiting.
    """

    OK = "ok"
    ERROR = "error"
    LATE = "late"
    SKIPPED = "skipped"
    DROPPED = "dropped"


class GateCounts(Protocol):
    """The counts of some time. Bins are latencies over `domain.histogram.EDGES`, sums in nanoseconds.

    Checks that a cache answered are in `hit_bins` and `hit_ns`, all other evaluated ones in `miss_bins` and `miss_ns`; bypassed
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

    @property
    def shared_answers(self) -> int:
        """How many of the checks that a cache answered were answered by the shared tier, not by this process's own."""

    @property
    def shared(self) -> Sequence[int]:
        """Look-ups in the shared tier, in the order of SharedResult."""

    def checks(self) -> Iterator[Count]:
        """Every count that is not zero."""
