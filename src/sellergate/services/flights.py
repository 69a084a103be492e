"""Reading the store on a miss: once for all who ask for the same pair at the same time."""

import threading
from typing import Final

from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.gate import Facts
from sellergate.ports.cache import LEASE, READ_LIMIT, SECOND, BootClock, FactsMemory
from sellergate.ports.stores import FactsReader

WAITS_AT_MOST: Final = READ_LIMIT / SECOND

Pair = tuple[str, str]


class Flight:
    """One read under way. `landed` is held until it is over; then either `facts` or `error` is set."""

    __slots__ = ("began", "error", "facts", "landed")

    def __init__(self, began: int) -> None:
        self.began = began
        self.facts: Facts | None = None
        self.error: Exception | None = None
        self.landed = threading.Lock()
        self.landed.acquire()


class Flights:
    """Misses of the same pair share one read, and its result is remembered.

    Somebody else's read may have begun before the question was asked. It is waited for only when it began less than a lease
    before and the feed has announced no change since, and its result is used only when it is not older than what has been
    announced meanwhile: a check that starts after a revocation was answered never gets what was read before it. Otherwise,
    and when waiting takes too long, a new read begins.
    """

    def __init__(self, reader: FactsReader, memory: FactsMemory, boot: BootClock) -> None:
        self._reader = reader
        self._memory = memory
        self._boot = boot
        self._flying: dict[Pair, Flight] = {}
        self._lock = threading.Lock()

    def read(self, seller_id: str, product_id: str) -> Facts:
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
        return self._shared(pair, flight) or self.read_alone(seller_id, product_id)

    def _is_recent(self, pair: Pair, flight: Flight, now: int) -> bool:
        return now - flight.began < LEASE and not self._memory.changed_since(*pair, flight.began)

    def read_alone(self, seller_id: str, product_id: str) -> Facts:
        """The facts of the pair, read from the store after this was called. Raises what the reader raises."""
        return self.read_many(seller_id, [product_id])[0]

    def read_many(self, seller_id: str, product_ids: list[str]) -> list[Facts]:
        """The facts of one seller and each product, by one call of the reader. Raises what the reader raises."""
        began = self._boot()
        answers = self._reader.facts(seller_id, product_ids)
        for product_id, facts in zip(product_ids, answers, strict=True):
            self._memory.put(seller_id, product_id, facts, read_began=began)
        return answers

    def _lead(self, pair: Pair, flight: Flight) -> Facts:
        try:
            flight.facts = self.read_alone(*pair)
        except Exception as error:
            flight.error = error
            raise
        else:
            return flight.facts
        finally:
            with self._lock:
                if self._flying.get(pair) is flight:
                    del self._flying[pair]
            flight.landed.release()

    def _shared(self, pair: Pair, flight: Flight) -> Facts | None:
        if not flight.landed.acquire(timeout=WAITS_AT_MOST):
            return None
        flight.landed.release()
        if flight.error is not None:
            raise StoreUnavailable from flight.error
        facts = flight.facts
        if facts is None or not self._memory.is_current(*pair, facts, read_began=flight.began):
            return None
        return facts
