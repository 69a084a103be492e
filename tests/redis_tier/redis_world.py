"""Several gates that share one Redis, each with a memory and a feed of its own."""

import time
from contextlib import ExitStack, contextmanager

from gate_world import TTL, World

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.redis_tier import RedisTier, parse_address
from sellergate.ports.counts import SharedResult

WITHIN = 10.0
"""Seconds after which a test gives up waiting for something that should have happened."""


PATIENT = 5.0
"""A test that is not about slowness gives Redis more time than a check would: the machine may be busy."""


@contextmanager
def tier_on(url, **more):
    """A tier that has connected."""
    tier = RedisTier(parse_address(url), **{"ttl_seconds": TTL, "boot": boot_now, "timeout_seconds": PATIENT, **more})
    try:
        tier.probe()
        yield tier
    finally:
        tier.close()


def eventually(holds):
    """Wait until it holds; fail when it does not in time."""
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.01)


class SharedWorld:
    """Processes on one store and one Redis: `process()` makes another."""

    def __init__(self, store, url):
        self.store = store
        self.url = url
        self._stack = ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()

    def process(self, **more):
        clock_tier = {}
        world = World(self.store, shared=lambda boot: clock_tier.setdefault("tier", self._tier(boot)), **more)
        world.tier = clock_tier["tier"]
        return world

    def _tier(self, boot):
        return self._stack.enter_context(tier_on(self.url, boot=boot))


def lookups(world):
    """{result: times} of what a world's gate looked up in Redis."""
    totals = world.counters.totals()
    return {result.value: n for result, n in zip(SharedResult, totals.shared, strict=True) if n}
