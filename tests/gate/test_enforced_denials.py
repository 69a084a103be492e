"""What enforcement denies is written down by the minute, for the report of the damage."""

from datetime import timedelta
from decimal import Decimal

import pytest
from gate_world import FULL, NOON, SHADOW, FakeClock, World, a_shop

from measured import Interrupted
from sellergate.adapters.memory import MemoryStore
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.services.damage import Damage, DenialRecorder

SECOND = timedelta(seconds=1)
NOT_AUTHORIZED = "ERR_SELLER_NOT_AUTHORIZED"
HALF = RolloutState(phase=Phase.PERCENTAGE, percentage=50)


@pytest.fixture(params=["memory", "sqlite"])
def store(request):
    return a_shop(MemoryStore() if request.param == "memory" else request.getfixturevalue("sqlite_store"))


def a_world(store, **facts):
    return World(store, denials=True, **facts)


def report(world, since=NOON, until=NOON + timedelta(hours=1)):
    assert world.denials.flush()
    return Damage(world.store).report(since, until)


def denied(sums):
    return {each.of: (each.denials, each.value) for each in sums}


def test_every_enforced_denial_is_in_the_report_with_what_it_was_worth(store):
    world = a_world(store)
    for _ in range(3):
        world.gate.check("ben", "p-1", value=Decimal("9.90"))
    world.gate.check("ben", "p-2", stage="order", value=2)
    world.gate.check("anna", "nowhere", stage="settlement")
    world.gate.check("anna", "p-1", value=100)
    world.gate.check_many("ben", ["p-1", "p-3"])
    found = report(world)

    assert (found.totals.all.denials, found.totals.all.value) == (7, Decimal("31.70"))
    assert (found.totals.pairs, found.totals.sellers, found.totals.products) == (4, 2, 4)
    assert denied(found.by_seller) == {"ben": (6, Decimal("31.70")), "anna": (1, Decimal(0))}
    assert denied(found.by_product)["p-1"] == (4, Decimal("29.70"))
    assert denied(found.by_stage) == {"cart": (5, Decimal("29.70")), "order": (1, 2), "settlement": (1, 0)}
    assert denied(found.by_error_code) == {NOT_AUTHORIZED: (6, Decimal("31.70")), "ERR_PRODUCT_NOT_FOUND": (1, 0)}
    assert [each.of for each in Damage(world.store).report(NOON, NOON + SECOND, top=1).by_product] == ["p-1"]


def test_a_check_that_failed_has_denied_a_sale_as_well(store):
    world = a_world(store)
    world.down()
    world.gate.check("ben", "p-5", value=3)

    assert denied(report(world).by_error_code) == {"ERR_AUTHORIZATION_CHECK_FAILED": (1, 3)}


@pytest.mark.parametrize("state", [SHADOW, RolloutState(phase=Phase.OFF)], ids=["shadow", "off"])
def test_what_is_not_enforced_is_no_damage(store, state):
    world = a_world(store, rollout=state)
    for _ in range(2):
        world.gate.check("ben", "p-1")
    world.down()
    world.gate.check("ben", "p-5")

    assert report(world).totals.all.denials == 0


def test_only_the_enforced_products_of_a_percentage_count(store):
    world = a_world(store, rollout=HALF)
    answers = [world.gate.check("ben", f"p-{number}") for number in range(1, 6)]

    assert report(world).totals.all.denials == sum(not answer.allowed for answer in answers) > 0


def test_a_report_has_the_denials_of_its_span_to_the_minute(store):
    world = a_world(store)
    for seconds in (0, 59, 61):
        world.clock.ns = FakeClock().ns
        world.clock.advance(seconds)
        world.gate.check("ben", "p-1", consistency="strict")

    assert report(world, NOON, NOON + 60 * SECOND).totals.all.denials == 2
    assert report(world, NOON + 60 * SECOND).totals.all.denials == 1
    assert report(world).totals.all.first_seen == NOON
    assert report(world).totals.all.last_seen == NOON + 61 * SECOND


def test_denials_wait_for_the_store_and_are_bounded(store):
    interrupted = Interrupted(store)
    interrupted.down = True
    recorder = DenialRecorder(interrupted, now=lambda: NOON, most_keys=3)
    for number in range(8):
        recorder.record("ben", f"p-{number}", "cart", NOT_AUTHORIZED, 1)
        assert not recorder.flush()
    assert (len(recorder), recorder.dropped) == (6, 2)
    interrupted.down = False
    assert recorder.flush()

    assert Damage(store).report(NOON, NOON + SECOND).totals.all.denials == 6


def test_shadow_and_enforced_denials_do_not_mix(store):
    world = a_world(store, rollout=SHADOW)
    world.gate.check("ben", "p-1")
    world.gate.follow(FULL)
    world.gate.check("ben", "p-1")

    assert (len(world.shadow), len(world.denials)) == (1, 1)
