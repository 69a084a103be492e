"""Every store folds what would have been denied together, exactly."""

from decimal import Decimal

import pytest
from walking import all_at_once

from builders import HOUR, NOON, TICK, a_product, a_shadow_count, stock
from sellergate.domain.shadow import ShadowFacet
from sellergate.ports.queries import PageRequest, ShadowQuery


def add(store, *counts):
    with store.work() as work:
        work.shadow.add(counts)


def found(store, **query):
    with store.view() as view:
        return [row.count for row in view.shadow.search(ShadowQuery(**query)).items]


def totals(store, **query):
    with store.view() as view:
        return dict(view.shadow.totals(ShadowQuery(**query)))


def test_a_count_comes_back_as_it_was_stored(store):
    count = a_shadow_count(3, first_seen=NOON - TICK, last_seen=NOON + TICK, value=Decimal("12345678901234567.89"))
    add(store, count)

    assert found(store) == [count]


def test_the_same_denial_is_one_row_however_often_it_comes(store):
    first = a_shadow_count(2, first_seen=NOON, last_seen=NOON + HOUR, value=Decimal("0.10"))
    second = a_shadow_count(3, first_seen=NOON - HOUR, last_seen=NOON, value=Decimal("0.20"))
    add(store, first, second)
    add(store, first)

    assert found(store) == [first.plus(second).plus(first)]
    assert found(store)[0].value == Decimal("0.40")


def test_values_are_added_to_the_last_digit(store):
    great, small = Decimal(10) ** 20, Decimal("0.0000001")
    for value in (great, small, small):
        add(store, a_shadow_count(value=value))

    assert found(store)[0].value == Decimal("100000000000000000000.0000002")


@pytest.mark.parametrize(
    "difference",
    [{"seller": "ben"}, {"product": "p-2"}, {"stage": "order"}, {"code": "ERR_AUTHORIZATION_REVOKED"}],
)
def test_what_differs_in_one_fact_is_counted_apart(store, difference):
    add(store, a_shadow_count(), a_shadow_count(**difference))

    assert [count.count for count in found(store)] == [1, 1]


def test_nothing_to_add_changes_nothing(store):
    add(store)

    assert found(store) == []


def test_counts_of_many_threads_are_all_added(store):
    assert all_at_once(8, lambda _: add(store, a_shadow_count(2, value=Decimal("0.10")))) == [None] * 8

    [count] = found(store)
    assert (count.count, count.value) == (16, Decimal("0.80"))


@pytest.fixture
def report(store):
    stock(store, products=("p-1", "p-2"), suppliers=("acme", "zeta"))
    with store.work() as work:
        work.directory.put_product(a_product("p-2", supplier_id="zeta"))
        work.directory.put_product(a_product("p-3", supplier_id=None))
    add(
        store,
        a_shadow_count(9, product="p-1", last_seen=NOON - TICK),
        a_shadow_count(8, product="p-1", stage="order"),
        a_shadow_count(7, product="p-2"),
        a_shadow_count(6, product="p-3", seller="ben"),
        a_shadow_count(5, product="unknown", seller="ben", last_seen=NOON + HOUR),
    )
    return store


def test_the_report_is_narrowed_by_any_of_its_facts(report):
    def counts(**query):
        return [count.count for count in found(report, **query)]

    assert counts() == [9, 8, 7, 6, 5]
    assert counts(seller_id="ben") == [6, 5]
    assert counts(supplier_id="acme") == [9, 8]
    assert counts(product_id="p-1") == [9, 8]
    assert counts(stage="order") == [8]
    assert counts(since=NOON) == [8, 7, 6, 5]
    assert counts(error_code="ERR_AUTHORIZATION_REVOKED") == []
    assert counts(error_code="ERR_SELLER_NOT_AUTHORIZED", seller_id="ben") == [6, 5]
    assert counts(supplier_id="zeta", stage="cart") == [7]


def test_the_report_names_the_products_supplier(report):
    with report.view() as view:
        rows = view.shadow.search(ShadowQuery()).items

    assert [row.supplier_id for row in rows] == ["acme", "acme", "zeta", None, None]


def test_the_totals_are_of_all_that_matches(report):
    assert totals(report) == {"denials": 35, "pairs": 4, "sellers": 2, "products": 4, "suppliers": 2}
    assert totals(report, supplier_id="acme") == {
        "denials": 17,
        "pairs": 1,
        "sellers": 1,
        "products": 1,
        "suppliers": 1,
    }
    assert totals(report, seller_id="nobody") == {
        "denials": 0,
        "pairs": 0,
        "sellers": 0,
        "products": 0,
        "suppliers": 0,
    }


def groups(store, facet, **query):
    with store.view() as view:
        return [(each.of, each.denials) for each in view.shadow.groups(ShadowQuery(**query), facet)]


def test_what_matches_is_summed_up_by_seller_product_or_supplier(report):
    assert groups(report, ShadowFacet.SELLER) == [("anna", 24), ("ben", 11)]
    assert groups(report, ShadowFacet.PRODUCT, seller_id="ben") == [("p-3", 6), ("unknown", 5)]
    assert groups(report, ShadowFacet.SUPPLIER) == [("acme", 17), (None, 11), ("zeta", 7)]
    assert groups(report, ShadowFacet.SUPPLIER, page=PageRequest(1)) == [("acme", 17)]


def test_a_sum_has_the_value_to_the_last_digit_and_when_it_was_first_and_last_seen(store):
    great, small = Decimal(10) ** 20, Decimal("0.0000001")
    add(store, a_shadow_count(2, value=great), a_shadow_count(product="p-2", value=small, last_seen=NOON + HOUR))

    with store.view() as view:
        [group] = view.shadow.groups(ShadowQuery(), ShadowFacet.SELLER)
    assert (group.denials, group.value) == (3, great + small)
    assert (group.first_seen, group.last_seen) == (NOON, NOON + HOUR)


def test_a_new_rollout_begins_with_an_empty_report(report):
    with report.work() as work:
        work.shadow.clear()

    assert found(report) == []
    assert totals(report)["denials"] == 0
