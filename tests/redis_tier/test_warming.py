"""Reading in advance: the busiest sellers first, into this process's memory and into Redis."""

import pytest
from gate_world import RealClock, World, a_shop, authorize, put_seller
from redis_world import eventually, lookups, tier_on

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.memory import MemoryStore
from sellergate.domain.authorization import Status
from sellergate.domain.errors import StoreUnavailable
from sellergate.services.warming import Batch, Warming, WarmStart


def a_busy_shop():
    """Of three sellers with products, cleo has had most done about her, then anna."""
    store = a_shop(MemoryStore())
    put_seller(store, "cleo")
    for status in (Status.REQUESTED, Status.APPROVED, Status.REVOKED):
        authorize(store, "cleo", "p-4", status)
    authorize(store, "ben", "p-5")
    return store


def warming(world, shared=None):
    return Warming(world.store, world.memory, shared, boot=world.clock.boot)


PLANS = {
    1: [("cleo", ["p-4"])],
    2: [("cleo", ["p-4"]), ("anna", ["p-1"])],
    3: [("cleo", ["p-4"]), ("anna", ["p-1", "p-2"])],
    100: [("cleo", ["p-4"]), ("anna", ["p-1", "p-2"]), ("ben", ["p-5"])],
}


@pytest.mark.parametrize("limit", PLANS)
def test_the_busiest_sellers_come_first(limit):
    assert warming(World(a_busy_shop())).plan(limit) == [Batch(*batch) for batch in PLANS[limit]]


def test_a_seller_with_many_products_is_read_in_pieces(monkeypatch):
    monkeypatch.setattr("sellergate.services.warming.BATCH", 1)
    plan = warming(World(a_busy_shop())).plan(100)

    assert [tuple(batch) for batch in plan[1:3]] == [("anna", ["p-1"]), ("anna", ["p-2"])]


def test_what_was_read_in_advance_is_a_hit(shared_world):
    one, two = (shared_world.process() for _ in range(2))
    work = warming(one, one.tier)

    assert list(work.run(work.plan(100))) == [2]
    assert one.gate.check("anna", "p-1").cache_hit
    assert one.reader.calls == []
    assert two.gate.check("anna", "p-2").cache_hit
    assert lookups(two) == {"hit": 1}


def test_a_process_that_starts_reads_in_advance_beside_its_first_checks():
    world = World(a_busy_shop())
    start = WarmStart(warming(world), limit=100)
    start.start()
    eventually(lambda: len(world.memory) == 4)
    start.stop()


def test_a_process_whose_store_fails_starts_all_the_same(caplog):
    world = World(a_busy_shop())

    def fails():
        raise StoreUnavailable

    world.store.view = fails
    start = WarmStart(warming(world), limit=100)
    start.start()
    start.stop()

    assert "Warming up has failed" in caplog.text


def test_none_to_warm_asks_nothing():
    world = World(a_busy_shop())
    world.store.view = None
    start = WarmStart(warming(world), limit=0)
    start.start()
    start.stop()


def test_an_older_value_never_replaces_what_is_newer_in_redis(redis_url):
    """The command that warms does not follow the feed: what it reads late is put under the same rule as any other."""
    world = World(a_busy_shop(), clock=RealClock())
    old = world.store.facts("anna", ["p-1"])[0]
    authorize(world.store, "anna", "p-1", Status.REVOKED)
    with tier_on(redis_url) as tier:
        work = warming(world, tier)
        list(work.run(work.plan(100)))
        tier.put_many("anna", {"p-1": old}, read_began=boot_now())
        assert tier.find_many("anna", ["p-1"]).facts["p-1"].status is Status.REVOKED
