"""Putting values beside the checks: a check that has its answer from the store does not wait for Redis to hear it too."""

import threading
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple

from sellergate.adapters.redis_tier.tier import RedisTier
from sellergate.domain.gate import Facts
from sellergate.ports.counts import SharedPut

MOST_WAITING: Final = 1_000
LOOK_SECONDS: Final = 0.25


class _Put(NamedTuple):
    seller_id: str
    facts: Mapping[str, Facts]
    read_began: int


class BackgroundTier:
    """A SharedTier whose puts are carried out by a thread, which also looks whether a Redis in trouble is back.

    At most 1,000 puts wait; what comes while so many do is dropped, and the next process that misses it asks the store.
    """

    def __init__(self, tier: RedisTier) -> None:
        self._tier = tier
        self._waiting: SimpleQueue[_Put | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self.find_many = tier.find_many
        self.health = tier.health

    def put_many(self, seller_id: str, facts: Mapping[str, Facts], *, read_began: int) -> None:
        """See SharedTier. Later."""
        if self._waiting.qsize() >= MOST_WAITING:
            self._tier.count_puts(SharedPut.DROPPED, len(facts))
        else:
            self._waiting.put(_Put(seller_id, facts, read_began))

    def start(self) -> None:
        """Connect, as far as Redis answers, and begin to put."""
        self._tier.probe()
        self._thread = threading.Thread(target=self._run, name="sellergate-redis", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Put what is waiting, as far as Redis answers."""
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                put = self._waiting.get(timeout=LOOK_SECONDS)
            except Empty:
                self._tier.probe()
                continue
            if put is None:
                return
            self._tier.put_many(put.seller_id, put.facts, read_began=put.read_began)
            self._tier.probe()
