"""What would have been denied: added up in memory without sampling, written every few seconds, read as a report."""

import logging
import threading
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Final

from sellergate.domain.shadow import ShadowCount, ShadowKey
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import Page, ShadowQuery
from sellergate.ports.stores import ShadowRow, Store
from sellergate.services.outages import Outage

log = logging.getLogger(__name__)

FLUSH_SECONDS: Final = 10.0
RETRY_SECONDS: Final = 1.0
MOST_KEYS: Final = 50_000
A_TRANSACTION: Final = 2_000
"""Counts written at once: few enough not to keep other writers waiting."""

NOTHING: Final = Decimal(0)

OrderValue = Decimal | float | None
"""What a sale is worth, in the marketplace's currency; None when the caller does not say."""

Key = tuple[str, str, str, str]


class Tally:
    """One count while it grows."""

    __slots__ = ("count", "first_seen", "last_seen", "value")

    def __init__(self, at: datetime) -> None:
        self.count = 0
        self.value = NOTHING
        self.first_seen = self.last_seen = at

    def frozen(self, key: Key) -> ShadowCount:
        """The count as it is stored."""
        return ShadowCount(
            key=ShadowKey(*key),
            count=self.count,
            first_seen=self.first_seen,
            last_seen=self.last_seen,
            value=self.value,
        )

    def plus(self, other: "Tally") -> None:
        """Add another count of the same key."""
        self.count += other.count
        self.value += other.value
        self.first_seen = min(self.first_seen, other.first_seen)
        self.last_seen = max(self.last_seen, other.last_seen)


class ShadowRecorder:
    """Counts denials that a shadow phase let pass, and flushes them to the store by a thread of its own.

    Bounded: above `most_keys` different counts it asks for a flush at once; while the store cannot take them, counts
    beyond twice as many are not begun, and `dropped` says how many denials went uncounted. Nothing else is ever lost but by
    a kill: what could not be written is kept and written with the next flush.
    """

    def __init__(self, store: Store, *, now: Clock = utc_now, most_keys: int = MOST_KEYS) -> None:
        self._store = store
        self._now = now
        self._most = most_keys
        self._counts: dict[Key, Tally] = {}
        self._flying: dict[Key, Tally] = {}
        self._kept = 0
        self.dropped = 0
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._outage = Outage(log, "Shadow denials cannot be written and are kept in memory")
        self._thread: threading.Thread | None = None

    def record(self, seller_id: str, product_id: str, stage: str, error_code: str, value: OrderValue) -> None:
        """Count one denial. Never raises: a shadow must not harm a sale, so a value that is no amount counts as 0."""
        key, now, amount = (seller_id, product_id, str(stage), error_code), self._now(), _amount(value)
        with self._lock:
            tally = self._counts.get(key)
            if tally is None:
                if not self._has_room_for(key):
                    self.dropped += 1
                    return
                tally = self._counts[key] = Tally(now)
            tally.count += 1
            tally.value += amount
            tally.last_seen = now

    def _has_room_for(self, key: Key) -> bool:
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
            work.shadow.add([tally.frozen(key) for key, tally in some])
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
        self._thread = threading.Thread(target=self._run, name="sellergate-shadow", daemon=True)
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


def _amount(value: OrderValue) -> Decimal:
    if value is None:
        return NOTHING
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return NOTHING
    return amount if amount.is_finite() else NOTHING


class ShadowReport:
    """The shadow report: who would have been denied what, how often, since when."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def search(self, query: ShadowQuery) -> Page[ShadowRow]:
        """A page of the counts that match, most frequent first. Raises StoreUnavailable."""
        return self._store.read_aside(lambda view: view.shadow.search(query))

    def totals(self, query: ShadowQuery) -> Mapping[str, int]:
        """`denials`, `pairs`, `sellers`, `products` and `suppliers` of all that match. Raises StoreUnavailable."""
        return self._store.read_aside(lambda view: view.shadow.totals(query))
