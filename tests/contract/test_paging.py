"""A list that is walked page by page has no gaps and no repeats, whatever the page size and the order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from walking import walk

from builders import (
    HOUR,
    NOON,
    TICK,
    a_notice,
    a_product,
    a_rollout,
    a_rollout_change,
    a_seller,
    a_shadow_count,
    a_supplier,
    an_authorization,
    an_event,
    keep,
    stock,
)
from sellergate.domain.authorization import Status
from sellergate.domain.errors import InvalidInput
from sellergate.domain.notices import Audience
from sellergate.ports.queries import (
    AuthorizationQuery,
    EventQuery,
    PageRequest,
    ProductQuery,
    SellerQuery,
    ShadowQuery,
    Sort,
    SupplierQuery,
)

PRODUCTS = [f"p-{number}" for number in range(10)]
LIMITS = [1, 2, 5, 10, 11]

each_limit = pytest.mark.parametrize("limit", LIMITS)


@pytest.fixture
def requests(store):
    """Ten requests at four moments: those of one moment are told apart by their ids."""
    stock(store, sellers=("anna", "ben"), products=PRODUCTS)
    records = [
        an_authorization(
            Status.REQUESTED if number % 2 else Status.INFO_REQUESTED,
            product=product,
            requested_at=NOON + timedelta(seconds=number // 3) + TICK * (number // 6),
        )
        for number, product in enumerate(PRODUCTS)
    ]
    keep(store, *records, an_authorization(seller="ben"))
    return sorted(records, key=lambda record: (record.requested_at, record.id))


@each_limit
@pytest.mark.parametrize("sort", Sort)
def test_authorizations_are_walked_in_both_directions(store, requests, limit, sort):
    with store.view() as view:
        query = AuthorizationQuery(seller_id="anna", sort=sort)
        found = walk(lambda page: view.authorizations.search(replace(query, page=page)), limit)

    assert found == (requests if sort is Sort.OLDEST else requests[::-1])


def test_the_inbox_is_narrowed_and_counted_whatever_the_page(store, requests):
    waiting = [record for record in requests if record.status is Status.REQUESTED]
    query = AuthorizationQuery(
        supplier_id="acme", seller_id="anna", statuses=frozenset({Status.REQUESTED}), page=PageRequest(2)
    )

    with store.view() as view:
        page = view.authorizations.search(query)

    assert (page.items, page.total) == (waiting[:2], len(waiting))


def test_a_row_that_comes_later_does_not_disturb_a_walk(store, requests):
    with store.view() as view:
        query = AuthorizationQuery(seller_id="anna", page=PageRequest(5))
        first = view.authorizations.search(query)
    with store.work() as work:
        work.directory.put_product(a_product("p-new"))
        work.authorizations.add(an_authorization(product="p-new", requested_at=NOON - HOUR))
    with store.view() as view:
        second = view.authorizations.search(replace(query, page=PageRequest(5, first.next)))

    assert first.items + second.items == requests


@each_limit
def test_products_are_walked_by_id(store, limit):
    stock(store, products=PRODUCTS[::-1])
    with store.view() as view:
        found = walk(lambda page: view.directory.products(ProductQuery(page=page)), limit)

    assert [product.id for product in found] == sorted(PRODUCTS)


@each_limit
def test_people_are_walked_by_id(store, limit):
    ids = [f"s-{number:02}" for number in range(12)]
    with store.work() as work:
        for id in ids[::-1]:
            work.directory.put_supplier(a_supplier(id))
            work.directory.put_seller(a_seller(id))
    with store.view() as view:
        sellers = walk(lambda page: view.directory.sellers(SellerQuery(page=page)), limit)
        suppliers = walk(lambda page: view.directory.suppliers(SupplierQuery(page=page)), limit)

    assert [seller.id for seller in sellers] == [supplier.id for supplier in suppliers] == ids


@each_limit
def test_events_are_walked_newest_first(store, limit):
    with store.work() as work:
        sequences = [work.events.append(an_event(version=number)) for number in range(1, 11)]
        work.events.append(an_event(seller="ben"))
    with store.view() as view:
        found = walk(lambda page: view.events.search(EventQuery(seller_id="anna", page=page)), limit)

    assert [event.sequence for event in found] == sequences[::-1]


@each_limit
def test_notices_are_walked_newest_first(store, limit):
    with store.work() as work:
        for number in range(10):
            work.notices.put(a_notice(kind=f"kind-{number}"))
            work.notices.put(a_notice("ben"))
            work.notices.put(a_notice(audience=Audience.SUPPLIER))
    with store.view() as view:
        found = walk(lambda page: view.notices.inbound(Audience.SELLER, "anna", page), limit)

    assert [inbound.notice.kind for inbound in found] == [f"kind-{number}" for number in range(9, -1, -1)]


@each_limit
def test_the_rollouts_history_is_walked_newest_first(store, limit):
    for version in range(1, 11):
        with store.work() as work:
            work.rollouts.save(version - 1, a_rollout(version), a_rollout_change(version))
    with store.view() as view:
        found = walk(view.rollouts.history, limit)

    assert found == [a_rollout_change(version) for version in range(10, 0, -1)]


@each_limit
def test_shadow_denials_are_walked_most_frequent_first(store, limit):
    counts = [a_shadow_count(1 + number // 3, product=product) for number, product in enumerate(PRODUCTS)]
    with store.work() as work:
        work.shadow.add(counts)
    with store.view() as view:
        found = walk(lambda page: view.shadow.search(ShadowQuery(page=page)), limit)

    assert [row.count.count for row in found] == [4, 3, 3, 3, 2, 2, 2, 1, 1, 1]
    assert {row.count.key for row in found} == {count.key for count in counts}


READERS = {
    "authorizations": lambda view, page: view.authorizations.search(AuthorizationQuery(page=page)),
    "products": lambda view, page: view.directory.products(ProductQuery(page=page)),
    "suppliers": lambda view, page: view.directory.suppliers(SupplierQuery(page=page)),
    "sellers": lambda view, page: view.directory.sellers(SellerQuery(page=page)),
    "events": lambda view, page: view.events.search(EventQuery(page=page)),
    "notices": lambda view, page: view.notices.inbound(Audience.SELLER, "anna", page),
    "history": lambda view, page: view.rollouts.history(page),
    "shadow": lambda view, page: view.shadow.search(ShadowQuery(page=page)),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("position", [(), ("never", "given", "out"), (None,), (1.5,), (["p-1"],), (2**63,), (True,)])
def test_a_position_of_another_list_is_refused(store, read, position):
    with store.view() as view, pytest.raises(InvalidInput):
        read(view, PageRequest(10, position))


@pytest.mark.parametrize("moment", ["yesterday", "2026-03-01T12:00:00", ""])
def test_a_position_at_no_moment_is_refused(store, moment):
    with store.view() as view, pytest.raises(InvalidInput):
        READERS["authorizations"](view, PageRequest(10, (moment, "auth-1")))


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_an_empty_list_has_one_empty_page(store, read):
    with store.view() as view:
        page = read(view, PageRequest())

    assert (page.items, page.next, page.total) == ([], None, 0)
