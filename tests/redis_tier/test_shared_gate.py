"""Gates that share Redis: a pair is read from the store once for all of them, and never believed against the feed."""

import pytest
from gate_world import authorize, put_product, put_seller
from redis_world import lookups

from sellergate.adapters.redis_tier.values import encode, key_of
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus


def answer(world, product="p-1", seller="anna", **more):
    return world.gate.check(seller, product, **more)


def test_what_one_process_has_read_is_a_hit_in_the_next(shared_world):
    one, two = shared_world.process(), shared_world.process()
    assert not answer(one).cache_hit

    found = answer(two)

    assert (found.reason, found.cache_hit) == ("APPROVED", True)
    assert two.reader.calls == []
    assert (lookups(one), lookups(two)) == ({"miss": 1}, {"hit": 1})


def test_what_came_from_redis_is_remembered_here(shared_world):
    one, two = shared_world.process(), shared_world.process()
    answer(one)
    for _ in range(3):
        assert answer(two).cache_hit

    assert lookups(two) == {"hit": 1}
    assert two.counters.totals().shared_answers == 1


def test_that_there_is_nothing_is_shared_as_well(shared_world):
    one, two = shared_world.process(), shared_world.process()
    for product, seller in (("p-1", "ben"), ("p-1", "nobody"), ("no-such", "anna")):
        expected = answer(one, product, seller).reason
        found = answer(two, product, seller)
        assert (found.reason, found.cache_hit) == (expected, True)


def test_the_answer_in_redis_ends_with_the_approval(shared_world):
    one, two = shared_world.process(), shared_world.process()
    authorize(one.store, "anna", "p-5", expires_at=one.clock.now().replace(microsecond=0).replace(hour=13))
    one.later(1), two.later(1)
    assert answer(one, "p-5").reason == "APPROVED"
    for _ in range(4):
        two.later(900)

    found = answer(two, "p-5")
    assert (found.reason, found.cache_hit) == ("EXPIRED", True)


@pytest.mark.parametrize(
    ("change", "then"),
    [
        (lambda store: authorize(store, "anna", "p-1", Status.REVOKED), "REVOKED"),
        (lambda store: put_seller(store, "anna", status=SellerStatus.SUSPENDED), "SELLER_SUSPENDED"),
        (lambda store: put_product(store, "p-1", active=False), "PRODUCT_INACTIVE"),
    ],
    ids=["authorization", "seller", "product"],
)
def test_a_value_below_a_floor_is_never_served(shared_world, change, then):
    one, two = shared_world.process(), shared_world.process()
    answer(one)
    change(one.store)
    two.follower.sync()

    found = answer(two)

    assert (found.reason, found.cache_hit) == (then, False)
    assert lookups(two) == {"miss": 1, "outdated": 1}
    assert answer(shared_world.process()).reason == then


def test_an_old_value_planted_by_hand_is_not_served_also_after_an_eviction(shared_world, raw):
    world = shared_world.process(most_entries=2)
    old = world.store.facts("anna", ["p-1"])[0]
    authorize(world.store, "anna", "p-1", Status.REVOKED)
    world.follower.sync()
    assert answer(world).reason == "REVOKED"
    for product in ("p-3", "p-4", "p-5"):
        answer(world, product, "ben")
    assert "anna" not in world.memory.entries

    raw.set(key_of("anna", "p-1"), encode("anna", "p-1", old))

    assert answer(world).reason == "REVOKED"
    assert raw.get(key_of("anna", "p-1")).startswith("1|2|")


def test_strict_and_settlement_checks_never_look(shared_world):
    one, two = shared_world.process(), shared_world.process()
    answer(one)
    assert answer(two, stage="settlement").cache_hit is False
    answer(two, consistency="strict")
    answer(two, as_of=two.clock.now())

    assert lookups(two) == {}


def test_redis_is_not_asked_while_the_feed_is_not_believed(shared_world):
    one, two = shared_world.process(), shared_world.process()
    answer(one)
    two.clock.advance(2)

    assert not answer(two).cache_hit
    assert lookups(two) == {}
    two.follower.sync()
    assert answer(two, "p-2").reason == "APPROVED"
    assert lookups(two) == {"miss": 1}


def test_a_value_that_arrives_after_the_lease_has_ended_is_not_used(shared_world, monkeypatch):
    one, two = shared_world.process(), shared_world.process()
    answer(one)
    ask = two.tier.find_many

    def slowly(*asked):
        found = ask(*asked)
        two.clock.advance(2)
        return found

    monkeypatch.setattr(two.tier, "find_many", slowly)

    assert not answer(two).cache_hit
    assert len(two.reader.calls) == 1


def test_a_batch_is_one_question_to_redis_and_one_to_the_store(shared_world, monkeypatch):
    one, two = shared_world.process(), shared_world.process()
    one.gate.check_many("anna", ["p-1", "p-3"])
    commands = []
    ask = two.tier._link.ask
    monkeypatch.setattr(two.tier._link, "ask", lambda *asked: (commands.append(asked), ask(*asked))[1])

    answers = two.gate.check_many("anna", ["p-1", "p-2", "p-3", "p-4"])

    assert [(found.reason.value, found.cache_hit) for found in answers] == [
        ("APPROVED", True),
        ("APPROVED", False),
        ("NO_AUTHORIZATION", True),
        ("NO_AUTHORIZATION", False),
    ]
    assert [(command[0], len(command) - 1) for command in commands if command[0] != "EVALSHA"] == [("MGET", 4)]
    assert two.reader.calls == [("anna", ["p-2", "p-4"])]


def test_a_batch_with_one_product_missing_asks_redis_once(shared_world):
    one, two = shared_world.process(), shared_world.process()
    one.gate.check_many("anna", ["p-1", "p-2"])
    two.gate.check_many("anna", ["p-1", "p-2", "p-3"])

    assert lookups(two) == {"hit": 2, "miss": 1}
    assert two.reader.calls == [("anna", ["p-3"])]


def test_what_redis_has_is_answered_though_the_store_is_down(shared_world):
    one, two = shared_world.process(), shared_world.process()
    answer(one)
    two.down()

    reasons = [found.reason.value for found in two.gate.check_many("anna", ["p-1", "p-2"])]
    assert reasons == ["APPROVED", "CHECK_FAILED"]
