"""Every store gives the gate the same facts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOON, TICK, a_product, a_seller, an_authorization, keep, stock
from sellergate.adapters.memory import MemoryStore
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import Facts
from sellergate.domain.identifiers import ID_PATTERN


def test_all_parts_are_given_with_their_versions(store):
    stock(store, suppliers=("acme", "zeta"))
    with store.work() as work:
        work.directory.put_seller(a_seller(status=SellerStatus.SUSPENDED, supplier_id="zeta", version=4))
        work.directory.put_product(a_product(active=False, version=5))
    keep(store, an_authorization(Status.APPROVED, version=6, expires_at=NOON + TICK))

    [facts] = store.facts("anna", ["p-1"])

    assert facts == Facts(
        product_version=5,
        supplier_id="acme",
        product_active=False,
        seller_version=4,
        seller_status=SellerStatus.SUSPENDED,
        own_supplier_id="zeta",
        authorization_version=6,
        status=Status.APPROVED,
        expires_at=(NOON + TICK).timestamp(),
    )
    assert facts.product_active is False
    assert type(facts.expires_at) is float


def test_an_expiry_is_exact_to_the_microsecond(store):
    moments = [NOON + number * TICK for number in range(0, 1_000_000, 100_003)]
    products = [f"p-{number}" for number in range(len(moments))]
    stock(store, products=products)
    for product, moment in zip(products, moments, strict=True):
        keep(store, an_authorization(Status.APPROVED, product=product, expires_at=moment))

    assert [facts.expires_at for facts in store.facts("anna", products)] == [moment.timestamp() for moment in moments]
    assert math.nextafter(moments[1].timestamp(), math.inf) != store.facts("anna", products)[1].expires_at


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.NONE])
def test_every_status_is_given_as_itself(store, status):
    stock(store)
    keep(store, an_authorization(status))

    assert store.facts("anna", ["p-1"])[0].status is status


@pytest.mark.parametrize("status", SellerStatus)
def test_every_seller_status_is_given_as_itself(store, status):
    stock(store)
    with store.work() as work:
        work.directory.put_seller(a_seller(status=status))

    assert store.facts("anna", ["p-1"])[0].seller_status is status


def test_what_is_not_there_has_version_zero(store):
    stock(store)
    with store.work() as work:
        work.directory.put_product(a_product("p-2", supplier_id=None))

    assert store.facts("nobody", ["p-1"]) == [Facts(product_version=1, supplier_id="acme")]
    assert store.facts("anna", ["p-2"]) == [
        Facts(product_version=1, seller_version=1, seller_status=SellerStatus.ACTIVE)
    ]
    assert store.facts("anna", ["unknown"]) == [Facts()]


def test_answers_come_in_the_order_asked(store):
    stock(store, products=("p-1", "p-2"))
    keep(store, an_authorization(Status.REVOKED, product="p-2"))

    one, two, unknown = (store.facts("anna", [id])[0] for id in ("p-1", "p-2", "unknown"))

    assert store.facts("anna", ["p-2", "unknown", "p-1", "p-2", "unknown"]) == [two, unknown, one, two, unknown]
    assert store.facts("anna", []) == []


def test_a_thousand_products_are_one_question(store):
    products = [f"p-{number}" for number in range(1000)]
    stock(store, products=products[:500])
    keep(store, an_authorization(Status.APPROVED, product="p-499"))

    answers = store.facts("anna", products)

    assert [facts.product_version for facts in answers] == [1] * 500 + [0] * 500
    assert [index for index, facts in enumerate(answers) if facts.status is Status.APPROVED] == [499]


@given(st.lists(st.from_regex(ID_PATTERN, fullmatch=True), max_size=5))
def test_any_id_can_be_asked_for(ids):
    store = MemoryStore()
    stock(store, products=ids)

    assert [facts.product_version for facts in store.facts("anna", [*ids, "unknown-product-id"])] == [1] * len(ids) + [
        0
    ]
