"""What a seller looks through: places, tallies and slots are those of the rules, and as of now."""

from datetime import timedelta

import pytest
from shop import ACME, ANNA, BEN, NOON, REASON, Shop, seller_actor

from sellergate.domain.authorization import Status
from sellergate.domain.errors import Forbidden, ProductNotFound, SellerNotFound
from sellergate.domain.policy import ProductPolicy, SupplierPolicy
from sellergate.ports.queries import ProductQuery


def test_a_product_without_a_place_is_taken_until_one_is_given_back(store):
    shop = Shop(store)
    shop.policies.put(ACME, SupplierPolicy(products={"a-1": ProductPolicy(max_sellers=1)}))
    assert not shop.shelf.one(ANNA, "a-1").places.are_taken

    record = shop.approved(BEN)

    places = shop.shelf.one(ANNA, "a-1").places
    assert (places.approved, places.capacity, places.are_taken) == (1, 1, True)
    assert shop.shelf.one(ANNA, "a-1").standing.can_request  # one may ask and wait for a place
    shop.workflow.revoke(ACME, record.id, REASON)
    assert not shop.shelf.one(ANNA, "a-1").places.are_taken
    assert shop.shelf.one(ANNA, "a-2").places.capacity is None


def test_products_are_tallied_by_how_the_seller_stands_to_them_now(store):
    shop = Shop(store)
    shop.approved(expires_at=NOON + timedelta(minutes=1))
    shop.workflow.request(ANNA, "a-2")
    asked = shop.workflow.request(ANNA, "a-3")
    shop.workflow.ask_info(ACME, asked.id, REASON)
    shop.workflow.request(BEN, "a-4")
    assert (shop.shelf.approved(ANNA), shop.shelf.waiting(ANNA)) == (1, 2)

    shop.wait(minutes=1)

    tally = shop.shelf.tally(ANNA)
    assert tally.by_status == {Status.EXPIRED: 1, Status.REQUESTED: 1, Status.INFO_REQUESTED: 1}
    assert (tally.of(None), tally.of(Status.NONE), tally.open) == (16, 13, 2)
    usage = shop.shelf.usage(ANNA)
    assert (usage.approved, usage.waiting, shop.shelf.approved(ANNA)) == (0, 2, 0)


def test_what_has_changed_last_comes_first_whether_by_somebody_or_by_time(store):
    shop = Shop(store)
    for product in ("a-1", "a-2", "a-3"):
        shop.workflow.request(ANNA, product)
        shop.wait(seconds=1)
    shop.workflow.cancel(ANNA, "a-1")
    assert [each.standing.product.id for each in shop.shelf.recent(ANNA)] == ["a-1", "a-3", "a-2"]

    record = shop.workflow.request(ANNA, "a-4")
    shop.workflow.approve(ACME, record.id, expires_at=shop.time + timedelta(minutes=1))
    shop.wait(seconds=1)
    shop.workflow.cancel(ANNA, "a-2")
    shop.wait(minutes=2)

    assert [each.standing.product.id for each in shop.shelf.recent(ANNA, 2)] == ["a-4", "a-2"]


def test_the_shelf_is_searched_like_the_catalog(store):
    shop = Shop(store)

    page = shop.shelf.page(ANNA, ProductQuery(search="z-1", seller_id="anna"))

    assert [each.standing.product.id for each in page.items] == ["z-1"]


def test_only_a_known_seller_has_a_shelf(store):
    shop = Shop(store)

    for read in (shop.shelf.tally, shop.shelf.usage, shop.shelf.recent, shop.shelf.waiting, shop.shelf.approved):
        with pytest.raises(Forbidden):
            read(ACME)
    with pytest.raises(SellerNotFound):
        shop.shelf.usage(seller_actor("nobody"))
    with pytest.raises(ProductNotFound):
        shop.shelf.one(ANNA, "nothing")
