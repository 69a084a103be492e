"""What the gate counts: plain integers of each thread, added up by whoever asks.

A check touches two or three list cells of its own thread and nothing else, so that no check waits for another.
"""

import threading
import weakref
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from sellergate.domain.gate import DECISIONS, Mode, Stage
from sellergate.domain.histogram import BINS, EDGES
from sellergate.ports.counts import Count, SharedResult

OFFSETS: Final = {mode: number * len(DECISIONS) for number, mode in enumerate(Mode)}
"""Where a mode's decisions begin in a row of cells; a decision's `index` is added."""

WIDTH: Final = len(Mode) * len(DECISIONS)

STRICT_STAGES: Final = frozenset({Stage.SETTLEMENT.value})
"""Where money leaves: the store is asked unless the caller says otherwise."""

SHARED_PLACES: Final = {result: place for place, result in enumerate(SharedResult)}
_HIT, _MISS = SHARED_PLACES[SharedResult.HIT], SHARED_PLACES[SharedResult.MISS]
_OUTDATED, _UNREADABLE = SHARED_PLACES[SharedResult.OUTDATED], SHARED_PLACES[SharedResult.UNREADABLE]

NEAR: Final = 4096
NEAR_BINS: Final = bytes(bisect_left(EDGES, nanoseconds) for nanoseconds in range(NEAR))
"""The bin of every latency below 4,096 ns: one look-up where a cached check would spend a tenth of its time searching."""


class Cells:
    """The counts of one thread, or the sum of many.

    `hits`, `misses` and `unasked` (strict and point-in-time checks, and bypassed ones) hold a row of cells per stage;
    the bins are latency histograms over `domain.histogram.EDGES`, the sums are in nanoseconds. A bypassed check has no
    latency here: nothing was evaluated, and nine in ten of them would hide how long the tenth takes.
    `shared` counts look-ups in the shared tier, `shared_answers` the hits among the checks that came from there.
    `hits_by_default` is `hits` without the stages that ask the store unless told otherwise.
    """

    __slots__ = (
        "hit_bins",
        "hit_ns",
        "hits",
        "hits_by_default",
        "miss_bins",
        "miss_ns",
        "misses",
        "shared",
        "shared_answers",
        "unasked",
    )

    def __init__(self) -> None:
        self.hits = _rows()
        self.misses = _rows()
        self.unasked = _rows()
        self.hits_by_default = {stage: row for stage, row in self.hits.items() if stage not in STRICT_STAGES}
        self.hit_bins = [0] * BINS
        self.miss_bins = [0] * BINS
        self.hit_ns = 0
        self.miss_ns = 0
        self.shared = [0] * len(SHARED_PLACES)
        self.shared_answers = 0

    def count_shared(self, hits: int, refused: int, unreadable: int, otherwise: SharedResult, others: int) -> None:
        """Count look-ups in the shared tier: `hits`, those `refused` as outdated, and what became of the `others`."""
        shared = self.shared
        shared[_HIT] += hits
        shared[SHARED_PLACES[otherwise]] += others
        if refused or unreadable:
            shared[_MISS] += refused
            shared[_OUTDATED] += refused
            shared[_UNREADABLE] += unreadable

    def count(self, stage: str, place: int, cache_hit: bool | None, nanoseconds: int) -> None:
        """Count one evaluated check; `place` is its mode's offset and its decision's index, `cache_hit` None when unasked."""
        counts = self.unasked if cache_hit is None else self.hits if cache_hit else self.misses
        counts[stage][place] += 1
        if cache_hit:
            self.hit_ns += nanoseconds
            self.hit_bins[bin_of(nanoseconds)] += 1
        else:
            self.miss_ns += nanoseconds
            self.miss_bins[bin_of(nanoseconds)] += 1

    def add(self, other: "Cells") -> None:
        """Add the counts of `other` to these."""
        for mine, theirs in zip(self.lists(), other.lists(), strict=True):
            for place, count in enumerate(theirs):
                if count:
                    mine[place] += count
        self.hit_ns += other.hit_ns
        self.miss_ns += other.miss_ns
        self.shared_answers += other.shared_answers

    def subtract(self, other: "Cells") -> None:
        """Take the counts of `other`, an earlier reading, out of these."""
        for mine, theirs in zip(self.lists(), other.lists(), strict=True):
            for place, count in enumerate(theirs):
                if count:
                    mine[place] -= count
        self.hit_ns -= other.hit_ns
        self.miss_ns -= other.miss_ns
        self.shared_answers -= other.shared_answers

    def lists(self) -> Iterator[list[int]]:
        """Every list of counts, always in the same order."""
        for rows in (self.hits, self.misses, self.unasked):
            yield from rows.values()
        yield self.hit_bins
        yield self.miss_bins
        yield self.shared

    def checks(self) -> Iterator[Count]:
        """Every count that is not zero."""
        for rows, of_cache in ((self.hits, True), (self.misses, False), (self.unasked, None)):
            for stage, row in rows.items():
                for mode, offset in OFFSETS.items():
                    for decision in DECISIONS:
                        if times := row[offset + decision.index]:
                            yield Count(Stage(stage), mode, decision, of_cache, times)


def _rows() -> dict[str, list[int]]:
    return {stage.value: [0] * WIDTH for stage in Stage}


def bin_of(nanoseconds: int) -> int:
    """The histogram bin of a latency."""
    return NEAR_BINS[nanoseconds] if nanoseconds < NEAR else bisect_left(EDGES, nanoseconds)


class _Owner:
    """Lives as long as its thread does."""

    __slots__ = ("__weakref__",)


class ThreadCells(threading.local):
    """The cells of whichever thread asks."""

    def __init__(self, counters: "Counters") -> None:
        self._owner = _Owner()
        self.cells = counters.cells_for(self._owner)


@dataclass(slots=True)
class _Register:
    """Cells of living threads, and what ended ones have left."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    of_threads: list[tuple["weakref.ref[_Owner]", Cells]] = field(default_factory=list)
    ended: Cells = field(default_factory=Cells)
    sweep_at: int = 64


class Counters:
    """All threads' counts together. No count is lost when a thread ends, and no ended thread is kept."""

    def __init__(self) -> None:
        self._register = _Register()
        self.local = ThreadCells(self)

    def cells_for(self, owner: _Owner) -> Cells:
        """New cells, folded into the total once `owner` is gone."""
        cells = Cells()
        register = self._register
        with register.lock:
            register.of_threads.append((weakref.ref(owner), cells))
            if len(register.of_threads) >= register.sweep_at:
                self._sweep()
                register.sweep_at = 2 * len(register.of_threads) + 64
        return cells

    def _sweep(self) -> None:
        register = self._register
        living = []
        for owner, cells in register.of_threads:
            if owner() is None:
                register.ended.add(cells)
            else:
                living.append((owner, cells))
        register.of_threads = living

    def totals(self) -> Cells:
        """Everything counted since the process began, by living and ended threads. The answer is the caller's own."""
        register = self._register
        with register.lock:
            self._sweep()
            total = Cells()
            total.add(register.ended)
            for _, cells in register.of_threads:
                total.add(cells)
        return total

    @property
    def threads(self) -> int:
        """How many threads' cells are kept."""
        return len(self._register.of_threads)


class Meter:
    """Reads counters piece by piece: what is exported each second, and what makes a window of ten."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._read = Cells()
        self._lock = threading.Lock()

    def take(self) -> Cells:
        """What has been counted since the last call, or since the process began. Nothing is given out twice or left out."""
        with self._lock:
            total, fresh = self._counters.totals(), Cells()
            fresh.add(total)
            fresh.subtract(self._read)
            self._read = total
        return fresh
