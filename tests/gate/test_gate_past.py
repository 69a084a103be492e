"""Was it allowed then? What settlement asks about an order of last week."""

from datetime import timedelta

import pytest
from gate_world import NOON, SHADOW, World, authorize, put_product, put_seller, seller_event

from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.errors import InvalidInput

TICK = timedelta(milliseconds=1)
DAY = timedelta(days=1)


def asked(world, as_of, *, product="p-5", seller="anna"):
    return world.gate.check(seller, product, stage="settlement", as_of=as_of)


def test_a_revocation_after_the_sale_does_not_undo_it(store):
    authorize(store, "anna", "p-5", at=NOON - 3 * DAY)
    authorize(store, "anna", "p-5", Status.REVOKED, at=NOON - DAY)
    world = World(store)

    assert [asked(world, at).reason for at in (NOON - DAY - TICK, NOON - DAY, NOON)] == [
        "APPROVED",
        "REVOKED",
        "REVOKED",
    ]


def test_before_the_approval_there_was_none(store):
    authorize(store, "anna", "p-5", at=NOON - DAY)
    world = World(store)

    before = asked(world, NOON - DAY - TICK)
    assert (before.allowed, before.reason, before.status) == (False, "NO_AUTHORIZATION", "NONE")
    assert asked(world, NOON - DAY).allowed


def test_an_approval_had_expired_at_its_very_end(store):
    authorize(store, "anna", "p-5", at=NOON - 2 * DAY, expires_at=NOON - DAY)
    world = World(store)

    assert asked(world, NOON - DAY - TICK).reason == "APPROVED"
    assert asked(world, NOON - DAY).reason == "EXPIRED"


def test_a_suspension_counts_from_its_own_time(store):
    authorize(store, "anna", "p-5", at=NOON - 3 * DAY)
    seller_event(store, "anna", SellerStatus.SUSPENDED, NOON - 2 * DAY)
    seller_event(store, "anna", SellerStatus.ACTIVE, NOON - DAY)
    put_seller(store, "anna", status=SellerStatus.SUSPENDED)
    world = World(store)

    reasons = [asked(world, at).reason for at in (NOON - 2 * DAY - TICK, NOON - 2 * DAY, NOON - DAY - TICK, NOON - DAY)]
    assert reasons == ["APPROVED", "SELLER_SUSPENDED", "SELLER_SUSPENDED", "APPROVED"]


def test_the_product_and_the_sellers_own_supplier_are_as_now(store):
    put_product(store, "p-5", supplier_id=None)
    put_seller(store, "ben", supplier_id="acme")
    world = World(store)

    assert asked(world, NOON - DAY).reason == "NOT_APPLICABLE"
    assert asked(world, NOON - DAY, product="p-4", seller="ben").reason == "SELF_SUPPLIED"
    assert asked(world, NOON - DAY, product="p-9").reason == "PRODUCT_NOT_FOUND"


def test_a_product_taken_off_the_shelves_does_not_unpay_what_was_sold(store):
    authorize(store, "anna", "p-5", at=NOON - DAY)
    put_product(store, "p-5", active=False)
    world = World(store)

    assert asked(world, NOON - DAY).reason == "APPROVED"
    assert world.gate.check("anna", "p-5").reason == "PRODUCT_INACTIVE"


def test_an_answer_that_rests_on_an_approval_carries_it(store):
    authorize(store, "anna", "p-5", at=NOON - DAY)
    authorize(store, "anna", "p-5", Status.REVOKED, at=NOON - TICK)
    world = World(store)

    snapshot = asked(world, NOON - DAY).snapshot
    assert (snapshot.authorization_id, snapshot.supplier_id) == ("anna.p-5", "acme")
    assert (snapshot.approved_at, snapshot.approved_by) == ((NOON - DAY).isoformat(), "user-of-acme")
    assert snapshot.product == {"id": "p-5"}
    assert asked(world, NOON).snapshot is None


def test_it_is_never_remembered_and_never_answered_from_memory(store):
    authorize(store, "anna", "p-5", Status.REVOKED, at=NOON - DAY)
    world = World(store)
    world.gate.check("anna", "p-5")

    assert asked(world, NOON - 2 * DAY).reason == "NO_AUTHORIZATION"
    assert not asked(world, NOON).cache_hit
    assert world.gate.check("anna", "p-5").reason == "REVOKED"
    assert world.counts["settlement", "ENFORCED", "NO_AUTHORIZATION", None] == 1


def test_now_is_not_the_future(world):
    assert asked(world, world.clock.now(), product="p-1").allowed
    with pytest.raises(InvalidInput):
        asked(world, world.clock.now() + TICK)


def test_shadow_looks_into_the_past_as_well(store):
    world = World(store, rollout=SHADOW)

    answer = asked(world, NOON - DAY)

    assert (answer.allowed, answer.mode, answer.reason) == (True, "SHADOW", "NO_AUTHORIZATION")
    assert len(world.shadow) == 1
