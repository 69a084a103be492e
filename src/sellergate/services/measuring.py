"""What this process has counted, as windows of ten seconds in the store: proof that somebody looked, and of what they saw."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.measurements import WINDOW_SECONDS, Counted, Measurement, aligned, rolled_up
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.counts import GateCounts
from sellergate.ports.stores import Store
from sellergate.services.outages import Outage

log = logging.getLogger(__name__)

BEAT_SECONDS: Final = 1
"""How often connections in use are looked at; beats fall on whole seconds, so that windows end where they should."""
FOLDS_EVERY: Final = 2
"""Seconds until trouble stands in the store. Divides the length of a window."""
RECENT: Final = timedelta(minutes=10)
KEPT_FOR: Final = timedelta(hours=1)
"""How long a window waits for a store that cannot take it. A window later than that would come after its minute is closed."""


class Measuring:
    """Folds counts into windows aligned to the wall clock by one thread, and writes them by another: a store that makes the
    writer wait must not keep this process from seeing its own trouble.

    The running window is written every two seconds, and once more when it is over. What the store cannot take is kept and
    written later; windows that have waited for an hour are given up, and `dropped` says how many. Nothing else is lost but
    by a kill.

    `take` gives what was counted since it was last asked, and `take_again` which ages remembered answers had when they were
    missed. That belongs to the window that was running when it was asked last:
    a process that was stopped in between has measured nothing of the time it slept.
    """

    def __init__(
        self,
        store: Store,
        *,
        process_id: str,
        take: Callable[[], GateCounts],
        take_again: Callable[[], Mapping[int, int]] = dict,
        pool_in_use: Callable[[], float | None],
        now: Clock = utc_now,
    ) -> None:
        self._store = store
        self._id = process_id
        self._take = take
        self._take_again = take_again
        self._read_pool = pool_in_use
        self._now = now
        self.dropped = 0
        self._windows: dict[datetime, Measurement] = {}
        self._unwritten: dict[datetime, Measurement] = {}
        self._running: datetime | None = None
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._outage = Outage(log, "Measurements cannot be written and are kept in memory")
        self._threads: list[threading.Thread] = []

    def recent(self) -> Sequence[Measurement]:
        """This process's own windows of the last ten minutes, oldest first, the running one last. Needs no store."""
        with self._lock:
            since = self._now() - RECENT
            return [self._windows[start] for start in sorted(self._windows) if self._windows[start].end > since]

    @property
    def waiting(self) -> int:
        """How many windows the store has not taken yet."""
        return len(self._unwritten)

    def sample(self) -> None:
        """Look at how many of the database connections are in use."""
        with self._lock:
            self._add(Measurement(start=self._begin(), pool_in_use=self._read_pool()))

    def fold(self) -> None:
        """Bring the windows up to now: what was counted goes to the running one, which ends when its time is over."""
        with self._lock:
            self._add(_measured(self._take(), self._take_again(), self._begin()))
            self._running = aligned(self._now(), WINDOW_SECONDS)
            self._add(Measurement(start=self._running))
            self._forget()

    def flush(self) -> bool:
        """Write every window that has changed; False, and nothing lost, when the store cannot take them."""
        with self._flushing:
            with self._lock:
                unwritten = dict(self._unwritten)
            try:
                if unwritten:
                    with self._store.work() as work:
                        work.windows.put(self._id, unwritten.values())
            except Exception as error:  # noqa: BLE001 - what cannot be written for any reason is kept
                self._outage.met(error)
                return False
            self._outage.over()
            with self._lock:
                for start, written in unwritten.items():
                    if self._unwritten.get(start) is written:
                        del self._unwritten[start]
            return True

    def start(self) -> None:
        """Begin the first window, and go on in threads."""
        self.fold()
        for name, run in (("sellergate-measuring", self._measure), ("sellergate-windows", self._write)):
            thread = threading.Thread(target=run, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End the threads and write what is left."""
        self._stopping.set()
        self._wanted.set()
        for thread in self._threads:
            thread.join()
        self.fold()
        self.flush()

    def _measure(self) -> None:
        while not self._stopping.wait(BEAT_SECONDS - self._now().timestamp() % BEAT_SECONDS):
            self.sample()
            if int(self._now().timestamp()) % FOLDS_EVERY == 0:
                self.fold()
                self._wanted.set()

    def _write(self) -> None:
        while not self._stopping.is_set():
            self._wanted.wait()
            self._wanted.clear()
            if not self._stopping.is_set():
                self.flush()

    def _begin(self) -> datetime:
        if self._running is None:
            self._running = aligned(self._now(), WINDOW_SECONDS)
        return self._running

    def _add(self, more: Measurement) -> None:
        before = self._windows.get(more.start)
        after = more if before is None else rolled_up((before, more), more.start, WINDOW_SECONDS)
        if after != before:
            self._windows[more.start] = self._unwritten[more.start] = after

    def _forget(self) -> None:
        now = self._now()
        for start in [start for start in self._unwritten if start < now - KEPT_FOR]:
            del self._unwritten[start]
            self.dropped += 1
        for start in [start for start in self._windows if start < now - RECENT and start not in self._unwritten]:
            del self._windows[start]


def _measured(counts: GateCounts, again: Mapping[int, int], start: datetime) -> Measurement:
    by_reason: Counter[Counted] = Counter()
    for stage, mode, decision, cache_hit, times in counts.checks():
        by_reason[Counted(stage, mode, decision.reason, cache_hit)] += times
    bins = (hits + misses for hits, misses in zip(counts.hit_bins, counts.miss_bins, strict=True))
    return Measurement(
        start=start,
        counts=dict(by_reason),
        latencies={place: times for place, times in enumerate(bins) if times},
        shared_hits=counts.shared_answers,
        again=dict(again),
    )
