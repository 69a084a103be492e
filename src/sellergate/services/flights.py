"""Reading what memory does not have: once for all who ask for the same pair at the same time."""

import threading
from collections.abc import Mapping
from typing import Final, NamedTuple

from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.gate import Facts
from sellergate.ports.cache import LEASE, READ_LIMIT, SECOND, BootClock, FactsMemory, SharedTier
from sellergate.ports.stores import FactsReader
from sellergate.services.counting import ThreadCells

WAITS_AT_MOST: Final = READ_LIMIT / SECOND

Pair = tuple[str, str]


class Reading(NamedTuple):
    """Facts, and whether the shared tier gave them and not the store."""

    facts: Facts
    is_shared: bool


class Flight:
    """One read under way. `landed` is held until it is over; then either `reading` or `error` is set."""

    __slots__ = ("began", "error", "landed", "reading")

    def __init__(self, began: int) -> None:
        self.began = began
        self.reading: Reading | None = None
        self.error: Exception | None = None
        self.landed = threading.Lock()
        self.landed.acquire()


class Flights:
    """Misses of the same pair share one read, and its result is remembered.

    Somebody else's read may have begun before the question was asked. It is waited for only when it began less than a lease
    before and the feed has announced no change since, and its result is used only when it is not older than what has been
    announced meanwhile: a check that starts after a revocation was answered never gets what was read before it. Otherwise,
    and when waiting takes too long, a new read begins.

    The shared tier is asked before the store, but only while memory is believed, and what it says is used only if memory is
    still believed when it has answered and takes it: a value from there is as good as one that was here all the time.
    """

    def __init__(
        self,
        reader: FactsReader,
        memory: FactsMemory,
        boot: BootClock,
        *,
        shared: SharedTier | None,
        local: ThreadCells,
    ) -> None:
        self._reader = reader
        self._memory = memory
        self._boot = boot
        self._tier = shared
        self._local = local
        self._flying: dict[Pair, Flight] = {}
        self._lock = threading.Lock()

    def read(self, seller_id: str, product_id: str) -> Reading:
        """The facts of the pair, as the store had them when this was called or less than a lease earlier.

        Raises what the reader raises.
        """
        pair, began = (seller_id, product_id), self._boot()
        with self._lock:
            flight = self._flying.get(pair)
            leads = flight is None or not self._is_recent(pair, flight, began)
            if flight is None or leads:
                flight = self._flying[pair] = Flight(began)
        if leads:
            return self._lead(pair, flight)
        return self._joined(pair, flight) or self._read_alone(seller_id, product_id)

    def _is_recent(self, pair: Pair, flight: Flight, now: int) -> bool:
        return now - flight.began < LEASE and not self._memory.changed_since(*pair, flight.began)

    def _read_alone(self, seller_id: str, product_id: str) -> Reading:
        shared = self.find_shared(seller_id, [product_id])
        if shared:
            return shared[product_id]
        return self.read_many(seller_id, [product_id])[product_id]

    def find_shared(self, seller_id: str, product_ids: list[str]) -> dict[str, Reading]:
        """What the shared tier has of one seller and these products and memory takes, by one question. Never raises."""
        began = self._boot()
        if self._tier is None or not self._is_believed(began):
            return {}
        facts, otherwise, unreadable = self._tier.find_many(seller_id, product_ids)
        found = self._taken(seller_id, facts, began)
        refused, others = len(facts) - len(found), len(product_ids) - len(facts)
        self._local.cells.count_shared(len(found), refused, unreadable, otherwise, others)
        return found

    def _taken(self, seller_id: str, facts: Mapping[str, Facts], began: int) -> dict[str, Reading]:
        if not self._is_believed(self._boot()):
            return {}
        put = self._memory.put
        return {
            product_id: Reading(its, is_shared=True)
            for product_id, its in facts.items()
            if put(seller_id, product_id, its, read_began=began, shared=True)
        }

    def _is_believed(self, now: int) -> bool:
        return now < self._memory.believed_until

    def read_many(self, seller_id: str, product_ids: list[str], *, share: bool = True) -> dict[str, Reading]:
        """The facts of one seller and each product, by one call of the reader; shared with other processes, if `share`.

        Without it memory was not asked: the check wants to know what the store says. Raises what the reader raises.
        """
        began = self._boot()
        facts = dict(zip(product_ids, self._reader.facts(seller_id, product_ids), strict=True))
        put = self._memory.put
        current = {id: its for id, its in facts.items() if put(seller_id, id, its, read_began=began, missed=share)}
        if share and current and self._tier is not None and self._is_believed(began):
            self._tier.put_many(seller_id, current, read_began=began)
        return {product_id: Reading(its, is_shared=False) for product_id, its in facts.items()}

    def _lead(self, pair: Pair, flight: Flight) -> Reading:
        try:
            flight.reading = self._read_alone(*pair)
        except Exception as error:
            flight.error = error
            raise
        else:
            return flight.reading
        finally:
            with self._lock:
                if self._flying.get(pair) is flight:
                    del self._flying[pair]
            flight.landed.release()

    def _joined(self, pair: Pair, flight: Flight) -> Reading | None:
        if not flight.landed.acquire(timeout=WAITS_AT_MOST):
            return None
        flight.landed.release()
        if flight.error is not None:
            raise StoreUnavailable from flight.error
        reading = flight.reading
        if reading is None or not self._memory.is_current(*pair, reading.facts, read_began=flight.began):
            return None
        if reading.is_shared and not self._is_believed(self._boot()):
            return None
        return reading
