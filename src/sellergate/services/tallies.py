"""Denials added up in memory without sampling, and written every few seconds: one machinery, whatever they are counted by."""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Final, Generic, TypeVar

from sellergate.domain.denials import Count
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.stores import Store, Work
from sellergate.services.outages import Outage

log = logging.getLogger(__name__)

K = TypeVar("K")
D = TypeVar("D")

FLUSH_SECONDS: Final = 10.0
RETRY_SECONDS: Final = 1.0
MOST_KEYS: Final = 50_000
A_TRANSACTION: Final = 2_000
"""Counts written at once: few enough not to keep other writers waiting."""

NOTHING: Final = Decimal(0)

OrderValue = Decimal | float | None
"""What a sale is worth, in the marketplace's currency; None when the caller does not say."""


class Tally:
    """One count while it grows."""

    __slots__ = ("count", "first_seen", "last_seen", "value")

    def __init__(self, at: datetime) -> None:
        self.count = 0
        self.value = NOTHING
        self.first_seen = self.last_seen = at

    def of(self, key: D) -> Count[D]:
        """The count as it is stored."""
        return Count(key=key, count=self.count, first_seen=self.first_seen, last_seen=self.last_seen, value=self.value)

    def plus(self, other: "Tally") -> None:
        """Add another count of the same key."""
        self.count += other.count
        self.value += other.value
        self.first_seen = min(self.first_seen, other.first_seen)
        self.last_seen = max(self.last_seen, other.last_seen)


class TallyRecorder(ABC, Generic[K]):
    """Counts things by a key, and flushes them to the store by a thread of its own.

    Bounded: above `most_keys` different counts it asks for a flush at once; while the store cannot take them, counts
    beyond twice as many are not begun, and `dropped` says how many things went uncounted. Nothing else is ever lost but by
    a kill: what could not be written is kept and written with the next flush.
    """

    name: str
    """What is counted, in a word: for the thread."""
    trouble: str
    """What is logged while nothing can be written."""

    def __init__(self, store: Store, *, now: Clock = utc_now, most_keys: int = MOST_KEYS) -> None:
        self._store = store
        self._now = now
        self._most = most_keys
        self._counts: dict[K, Tally] = {}
        self._flying: dict[K, Tally] = {}
        self._kept = 0
        self.dropped = 0
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._outage = Outage(log, self.trouble)
        self._thread: threading.Thread | None = None

    @abstractmethod
    def write(self, work: Work, tallies: Iterable[tuple[K, Tally]]) -> None:
        """Add these counts to the stored ones."""

    def count(self, key: K, now: datetime, value: OrderValue) -> None:
        """Count one. Never raises, so a value that is no amount counts as 0."""
        amount = NOTHING if value is None else _amount(value)
        with self._lock:
            tally = self._counts.get(key)
            if tally is None:
                if not self._has_room_for(key):
                    self.dropped += 1
                    return
                tally = self._counts[key] = Tally(now)
            tally.count += 1
            tally.last_seen = now
            if value is not None:
                tally.value += amount

    def _has_room_for(self, key: K) -> bool:
        if key in self._flying:
            return True
        if self._kept >= self._most:
            self._wanted.set()
        if self._kept >= 2 * self._most:
            return False
        self._kept += 1
        return True

    def __len__(self) -> int:
        """How many different counts are in memory, those being written included."""
        return self._kept

    def flush(self) -> bool:
        """Write everything counted so far; False, and nothing lost, when the store cannot take it."""
        with self._flushing:
            with self._lock:
                self._flying, self._counts = self._counts, {}
            try:
                while self._flying:
                    self._write_some()
            except Exception as error:  # noqa: BLE001 - what cannot be written for any reason is kept
                self._outage.met(error)
                return False
            else:
                self._outage.over()
                return True
            finally:
                self._take_back()

    def _write_some(self) -> None:
        some = list(islice(self._flying.items(), A_TRANSACTION))
        with self._store.work() as work:
            self.write(work, some)
        with self._lock:
            for key, _ in some:
                del self._flying[key]
                self._kept -= key not in self._counts

    def _take_back(self) -> None:
        with self._lock:
            for key, tally in self._flying.items():
                newer = self._counts.get(key)
                if newer is None:
                    self._counts[key] = tally
                else:
                    newer.plus(tally)
            self._flying = {}

    def start(self) -> None:
        """Flush every ten seconds, and when there is much."""
        self._thread = threading.Thread(target=self._run, name=f"sellergate-{self.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and flush what is left."""
        self._stopping.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join()
        self.flush()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wanted.wait(FLUSH_SECONDS)
            self._wanted.clear()
            if not self._stopping.is_set() and not self.flush():
                self._stopping.wait(RETRY_SECONDS)


def _amount(value: Decimal | float) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return NOTHING
    return amount if amount.is_finite() else NOTHING
