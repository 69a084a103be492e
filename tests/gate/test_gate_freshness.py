"""An ALLOW is never older than the lease, and in this process never older than an answered revocation."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from gate_world import A_WHILE, NOON, World, authorize, put_product, put_seller

from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.ports.cache import LEASE, SECOND


@pytest.fixture
def pool():
    with ThreadPoolExecutor(24) as pool:
        yield pool


def reason(world, product="p-1", seller="anna", **more):
    return world.gate.check(seller, product, **more).reason


def test_the_next_check_after_a_revocation_denies(world):
    assert reason(world) == "APPROVED"

    authorize(world.store, "anna", "p-1", Status.REVOKED)

    assert reason(world) == "REVOKED"


def test_a_change_forgets_exactly_what_depends_on_it(world):
    def hits():
        pairs = [("anna", "p-1"), ("anna", "p-2"), ("ben", "p-1"), ("ben", "p-2")]
        return [world.gate.check(*pair).cache_hit for pair in pairs]

    hits()
    assert hits() == [True, True, True, True]
    authorize(world.store, "anna", "p-1", Status.REVOKED)
    assert hits() == [False, True, True, True]
    put_seller(world.store, "ben", status=SellerStatus.SUSPENDED)
    assert hits() == [True, True, False, False]
    put_product(world.store, "p-2", active=False)
    assert hits() == [True, False, True, False]
    assert hits() == [True, True, True, True]


def test_a_suspension_and_its_end_are_seen_at_once(world):
    assert reason(world) == "APPROVED"
    put_seller(world.store, "anna", status=SellerStatus.SUSPENDED)
    assert reason(world) == "SELLER_SUSPENDED"
    put_seller(world.store, "anna", status=SellerStatus.ACTIVE)
    assert reason(world) == "APPROVED"


def test_what_was_unknown_is_remembered_as_unknown_until_it_is_known(world):
    assert [reason(world, "new"), reason(world, "new")] == ["PRODUCT_NOT_FOUND"] * 2
    assert len(world.reader.calls) == 1

    put_product(world.store, "new")
    assert [reason(world, "new"), reason(world, "new", "zoe")] == ["NO_AUTHORIZATION"] * 2
    put_seller(world.store, "zoe", status=SellerStatus.SUSPENDED)
    assert reason(world, "new", "zoe") == "SELLER_SUSPENDED"
    authorize(world.store, "anna", "new")
    assert reason(world, "new") == "APPROVED"


@pytest.mark.parametrize(
    ("change", "then"),
    [
        (lambda store: authorize(store, "anna", "p-1", Status.REVOKED), "REVOKED"),
        (lambda store: put_seller(store, "anna", status=SellerStatus.SUSPENDED), "SELLER_SUSPENDED"),
        (lambda store: put_product(store, "p-1", active=False), "PRODUCT_INACTIVE"),
    ],
    ids=["authorization", "seller", "product"],
)
def test_a_slow_fill_cannot_undo_an_invalidation(world, pool, change, then):
    """The reader has read APPROVED and is held; the change commits and is answered; only then does the fill arrive."""
    hold = world.reader.hold_next()
    slow = pool.submit(world.gate.check, "anna", "p-1")
    world.reader.wait_until_held()

    change(world.store)
    hold.set()

    assert slow.result(A_WHILE).reason == "APPROVED"  # asked before the change: either answer is true
    assert reason(world) == then


def test_a_slow_fill_cannot_undo_an_invalidation_that_was_evicted_since(store, pool):
    world = World(store, most_entries=2)
    hold = world.reader.hold_next()
    slow = pool.submit(world.gate.check, "anna", "p-1")
    world.reader.wait_until_held()
    authorize(store, "anna", "p-1", Status.REVOKED)
    assert reason(world) == "REVOKED"
    for product in ("p-3", "p-4", "p-5"):
        reason(world, product, "ben")
    assert "anna" not in world.memory.entries

    hold.set()
    slow.result(A_WHILE)

    assert reason(world) == "REVOKED"


def test_a_slow_batch_cannot_undo_an_invalidation(world, pool):
    hold = world.reader.hold_next()
    slow = pool.submit(world.gate.check_many, "anna", ["p-1", "p-2"])
    world.reader.wait_until_held()
    authorize(world.store, "anna", "p-2", Status.REVOKED)
    hold.set()
    slow.result(A_WHILE)

    assert [answer.reason for answer in world.gate.check_many("anna", ["p-1", "p-2"])] == ["APPROVED", "REVOKED"]


@pytest.fixture
def patient(monkeypatch):
    """Whoever joins a read waits longer than any test does."""
    monkeypatch.setattr("sellergate.services.flights.WAITS_AT_MOST", 10 * A_WHILE)


@pytest.mark.usefixtures("patient")
def test_a_check_that_starts_after_a_revocation_never_joins_a_read_from_before(world, pool):
    hold = world.reader.hold_next()
    slow = pool.submit(world.gate.check, "anna", "p-1")
    world.reader.wait_until_held()
    authorize(world.store, "anna", "p-1", Status.REVOKED)

    later = pool.submit(reason, world)
    try:
        assert later.result(A_WHILE / 2) == "REVOKED"  # and without waiting for the other read, which is still held
        assert not slow.done()
    finally:
        hold.set()
    slow.result(A_WHILE)


def test_a_revocation_while_a_read_is_joined_is_seen_by_those_who_joined_it(world, pool):
    hold = world.reader.hold_next()
    slow = pool.submit(world.gate.check, "anna", "p-1")
    world.reader.wait_until_held()
    flight = world.gate._evaluator._flights._flying["anna", "p-1"]
    authorize(world.store, "anna", "p-1", Status.REVOKED)

    hold.set()
    slow.result(A_WHILE)

    assert world.gate._evaluator._flights._joined(("anna", "p-1"), flight) is None


def test_concurrent_misses_of_one_key_make_one_query(world, pool):
    world.clock.advance(0.001)  # what was replayed at the beginning lies before the first of them
    hold = world.reader.hold_next()
    first = pool.submit(world.gate.check, "anna", "p-1")
    world.reader.wait_until_held()
    joined = threading.Barrier(21)
    others = [pool.submit(lambda: (joined.wait(A_WHILE), world.gate.check("anna", "p-1"))[1]) for _ in range(20)]
    joined.wait(A_WHILE)
    hold.set()

    assert {answer.result(A_WHILE).reason.value for answer in [first, *others]} == {"APPROVED"}
    assert world.reader.calls == [("anna", ["p-1"])]


@pytest.mark.usefixtures("patient")
def test_a_read_that_takes_longer_than_the_lease_is_not_joined(world, pool):
    hold = world.reader.hold_next()
    stuck = pool.submit(world.gate.check, "anna", "p-1")
    world.reader.wait_until_held()

    world.later(LEASE / SECOND)
    later = pool.submit(reason, world)

    try:
        assert later.result(A_WHILE / 2) == "APPROVED"
        assert not stuck.done()
    finally:
        hold.set()
    stuck.result(A_WHILE)


def test_waiting_for_somebody_elses_read_has_an_end(world, pool, monkeypatch):
    monkeypatch.setattr("sellergate.services.flights.WAITS_AT_MOST", 0.02)
    hold = world.reader.hold_next()
    stuck = pool.submit(world.gate.check, "anna", "p-1")
    world.reader.wait_until_held()

    assert reason(world) == "APPROVED"
    hold.set()
    stuck.result(A_WHILE)


def test_a_failed_read_fails_all_who_joined_it_and_the_next_one_reads_again(world, pool):
    hold = world.reader.hold_next()
    facts = world.reader._store.facts

    def fails(*asked):
        facts(*asked)
        world.reader.holding.release()
        hold.wait(A_WHILE)
        raise RuntimeError

    world.reader._hold, world.reader.facts = None, fails
    first = pool.submit(world.gate.check, "anna", "p-1")
    world.reader.wait_until_held()
    joined = pool.submit(world.gate.check, "anna", "p-1")
    hold.set()
    assert first.result(A_WHILE).reason == "CHECK_FAILED"
    assert joined.result(A_WHILE).reason == "CHECK_FAILED"

    del world.reader.facts
    assert reason(world) == "APPROVED"


def test_a_read_that_took_longer_than_the_limit_is_not_remembered(world):
    facts = world.reader.facts
    world.reader.facts = lambda *asked: (facts(*asked), world.clock.advance(5.001))[0]
    assert reason(world) == "APPROVED"
    del world.reader.facts
    world.follower.sync()

    assert not world.gate.check("anna", "p-1").cache_hit


def test_a_remembered_answer_does_not_outlive_the_approvals_end(world):
    """Only the clock moves: no sweep, no change, no announcement."""
    authorize(world.store, "anna", "p-5", expires_at=NOON + timedelta(seconds=30))
    assert reason(world, "p-5") == "APPROVED"

    world.later(29.999)
    answer = world.gate.check("anna", "p-5")
    assert (answer.reason, answer.cache_hit) == ("APPROVED", True)

    world.later(0.001)
    answer = world.gate.check("anna", "p-5")
    assert (answer.reason, answer.status, answer.cache_hit) == ("EXPIRED", "EXPIRED", True)


def test_an_entry_lives_for_its_lifetime_less_up_to_a_tenth(store):
    for drawn, lives in ((0.0, 60), (1.0, 54)):
        world = World(store, draw=lambda drawn=drawn: drawn)
        reason(world)
        world.later(lives - 0.126)
        assert world.gate.check("anna", "p-1").cache_hit
        world.later(0.126)
        assert not world.gate.check("anna", "p-1").cache_hit


def test_without_the_feed_the_store_answers_and_with_it_memory_again(world):
    reason(world)
    world.clock.advance(1.999)
    assert world.gate.check("anna", "p-1").cache_hit

    world.clock.advance(0.001)
    assert not world.gate.check("anna", "p-1").cache_hit
    assert not world.gate.check_many("anna", ["p-1"])[0].cache_hit
    assert world.gate.try_cached("anna", "p-1") is None

    world.follower.sync()
    assert world.gate.check("anna", "p-1").cache_hit


def test_before_the_feed_is_followed_nothing_is_remembered(store):
    world = World(store, attach=False)

    assert [world.gate.check("anna", "p-1").cache_hit for _ in range(2)] == [False, False]
    assert len(world.memory) == 0


def test_memory_is_bounded_and_forgets_the_sellers_known_longest(store):
    world = World(store, most_entries=4)
    for seller in ("anna", "ben", "cleo"):
        for product in ("p-1", "p-2"):
            reason(world, product, seller)

    assert len(world.memory) == 4
    assert list(world.memory.entries) == ["ben", "cleo"]
