"""Reading what is likely to be asked before it is: into this process's memory, and into the tier that processes share."""

import logging
import threading
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from sellergate.ports.cache import BootClock, FactsMemory, SharedTier
from sellergate.ports.stores import Store

log = logging.getLogger(__name__)

AMONG: Final = 50_000
"""Who is busy is read off so many of the newest events."""

BATCH: Final = 1_000


class Batch(NamedTuple):
    """Pairs of one seller that are read by one query."""

    seller_id: str
    product_ids: Sequence[str]


class Warming:
    """Reads the pairs of the busiest sellers: those with the most recent requests, answers and other moves.

    That is an approximation, because checks are not kept: a seller whose last move was long ago and who sells every day comes
    late or not at all, and is remembered at their first check instead. Pairs without a record are not read either.
    """

    def __init__(self, store: Store, memory: FactsMemory, shared: SharedTier | None, *, boot: BootClock) -> None:
        self._store = store
        self._memory = memory
        self._shared = shared
        self._boot = boot

    def plan(self, limit: int) -> list[Batch]:
        """At most `limit` pairs, those of the busiest sellers first. Raises StoreUnavailable."""
        batches: list[Batch] = []
        with self._store.view() as view:
            for seller_id in view.events.busiest_sellers(limit, among=AMONG) if limit else ():
                ids = [record.product_id for record in view.authorizations.of_seller(seller_id)][:limit]
                batches += (Batch(seller_id, ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))
                limit -= len(ids)
                if not limit:
                    break
        return batches

    def run(self, batches: Sequence[Batch]) -> Iterator[int]:
        """Read these, and say after each batch how many pairs have been read so far. Raises StoreUnavailable."""
        done = 0
        for seller_id, product_ids in batches:
            began = self._boot()
            facts = dict(zip(product_ids, self._store.facts(seller_id, product_ids), strict=True))
            for product_id, its in facts.items():
                self._memory.put(seller_id, product_id, its, read_began=began)
            if self._shared is not None:
                self._shared.put_many(seller_id, facts, read_began=began)
            done += len(facts)
            yield done


class WarmStart:
    """Warms a process that has just started, beside its first checks. What goes wrong is logged: the gate works all the same."""

    def __init__(self, warming: Warming, *, limit: int) -> None:
        self._warming = warming
        self._limit = limit
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, in a thread."""
        if self._limit:
            self._thread = threading.Thread(target=self._run, name="sellergate-warming", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after the batch that is being read."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        pairs = 0
        try:
            for done in self._warming.run(self._warming.plan(self._limit)):
                pairs = done
                if self._stopping.is_set():
                    break
        except Exception:
            log.exception("Warming up has failed")
        log.info("%d pairs were read in advance", pairs)
