"""What a supplier offers, how many sellers each product may have, and what a rule would do before it is in force."""

import pytest
from shop import ACME, ANNA, BEN, REASON, ZETA, Shop, seller_actor

from sellergate.domain.directory import Tier
from sellergate.domain.errors import Forbidden, InvalidInput, ProductNotFound
from sellergate.domain.identifiers import ProductId
from sellergate.domain.policy import AutoApproval, ProductPolicy, SupplierPolicy
from sellergate.ports.queries import EventQuery, PageRequest
from sellergate.services.catalogue import Catalogue


@pytest.fixture
def shop(store):
    return Shop(store, limit=None)


@pytest.fixture
def catalogue(shop):
    return Catalogue(shop.store, now=shop.now)


def ask(shop, product, *sellers):
    return [shop.workflow.request(by, ProductId(product)) for by in sellers]


def test_an_offer_says_how_many_sell_it_wait_for_it_and_are_in_nobodys_way(shop, catalogue):
    shop.set_policy(max_sellers_per_product=2)
    shop.add_seller("cleo")
    first, *_ = ask(shop, "a-1", ANNA, BEN, seller_actor("cleo"))
    shop.workflow.approve(ACME, first.id)

    offer = catalogue.one(ACME, "a-1")

    assert (offer.capacity, offer.own_capacity) == (2, None)
    assert (offer.approved, offer.waiting, offer.free, offer.blocked) == (1, 2, 1, 1)


def test_without_a_capacity_nobody_is_blocked(shop, catalogue):
    ask(shop, "a-1", ANNA)
    offer = catalogue.one(ACME, "a-1")

    assert (offer.capacity, offer.free, offer.blocked) == (None, None, 0)


def test_products_are_walked_and_searched_and_are_the_suppliers_own(shop, catalogue):
    page = catalogue.page(ACME, limit=10)
    rest = catalogue.page(ACME, limit=10, after=page.next)

    assert page.total == 15
    assert len(page.items) + len(rest.items) == 15
    assert [offer.product.id for offer in catalogue.page(ACME, search="a-12").items] == ["a-12"]
    assert [offer.product.id for offer in catalogue.page(ZETA).items] == ["z-1"]
    with pytest.raises(ProductNotFound):
        catalogue.one(ZETA, "a-1")
    with pytest.raises(Forbidden):
        catalogue.page(ANNA)


def test_the_places_of_one_product_are_set_and_nothing_else_changes(shop):
    others = {"a-2": ProductPolicy(auto_approval=AutoApproval.ALL, max_sellers=3)}
    shop.set_policy(minimum_tier=Tier.GOLD, max_sellers_per_product=9, products=others)

    after = shop.policies.set_capacity(ACME, "a-1", 4)
    assert after == shop.policies.get(ACME)
    assert after.products == {**others, "a-1": ProductPolicy(max_sellers=4)}
    assert (after.minimum_tier, after.max_sellers_per_product) == (Tier.GOLD, 9)

    assert shop.policies.set_capacity(ACME, "a-1", None).products == others
    assert shop.policies.set_capacity(ACME, "a-2", None).products == {
        "a-2": ProductPolicy(auto_approval=AutoApproval.ALL)
    }


@pytest.mark.parametrize("places", [0, -1, 1_000_001])
def test_what_is_no_number_of_places_is_refused(shop, places):
    with pytest.raises(InvalidInput):
        shop.policies.set_capacity(ACME, "a-1", places)


@pytest.mark.parametrize("product", ["z-1", "nothing"])
def test_another_suppliers_product_has_no_places_of_ours(shop, product):
    with pytest.raises(ProductNotFound):
        shop.policies.set_capacity(ACME, product, 3)


@pytest.mark.parametrize(
    ("policy", "would"),
    [
        (SupplierPolicy(), 0),
        (SupplierPolicy(auto_approval=AutoApproval.ALL), 5),
        (SupplierPolicy(auto_approval=AutoApproval.ALL, max_sellers_per_product=2), 2),  # one more of a-1, one of a-2
        (SupplierPolicy(auto_approval=AutoApproval.TRUSTED, minimum_tier=Tier.GOLD), 2),
        (SupplierPolicy(auto_approval=AutoApproval.TRUSTED, trusted_sellers=frozenset({"anna"})), 1),
        (SupplierPolicy(products={"a-2": ProductPolicy(auto_approval=AutoApproval.ALL)}), 1),
    ],
)
def test_what_a_policy_would_approve_is_what_it_approves(shop, policy, would):
    """The same requests, asked again once the policy is in force, are approved at once as was said."""
    sellers = []
    for number, tier in enumerate((Tier.GOLD, Tier.SILVER, Tier.PLATINUM), 1):
        shop.add_seller(f"s-{number}", tier=tier)
        sellers.append(seller_actor(f"s-{number}"))
    requests = [*ask(shop, "a-1", ANNA, *sellers), *ask(shop, "a-2", BEN)]
    shop.workflow.approve(ACME, ask(shop, "a-1", BEN)[0].id)

    tried = shop.policies.try_out(ACME, policy)

    assert (tried.would_approve, tried.looked_at, tried.waiting) == (would, 5, 5)
    assert shop.policies.get(ACME) == SupplierPolicy()
    for record in requests:
        shop.workflow.cancel(seller_actor(record.seller_id), record.product_id)
    shop.policies.put(ACME, policy)
    again = [shop.workflow.request(seller_actor(record.seller_id), record.product_id) for record in requests]
    assert sum(record.status == "APPROVED" for record in again) == would


def test_a_policy_that_names_foreign_products_is_not_tried(shop):
    with pytest.raises(InvalidInput):
        shop.policies.try_out(ACME, SupplierPolicy(products={"z-1": ProductPolicy()}))


def test_history_is_the_suppliers_own_with_names(shop):
    [mine] = ask(shop, "a-1", ANNA)
    ask(shop, "z-1", ANNA)
    shop.workflow.reject(ACME, mine.id, REASON)

    page = shop.records.history(ACME, EventQuery(page=PageRequest(1)))
    rest = shop.records.history(ACME, EventQuery(page=PageRequest(10, page.next)))

    assert page.total == 2
    assert [(row.event.action, row.seller.name, row.product.name) for row in (*page.items, *rest.items)] == [
        ("reject", "Anna", "Product a-1"),
        ("request", "Anna", "Product a-1"),
    ]
    assert shop.records.history(ACME, EventQuery(supplier_id="zeta", action="reject")).total == 1
    with pytest.raises(Forbidden):
        shop.records.history(ANNA, EventQuery())
