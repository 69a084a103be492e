"""What a supplier has before them."""

from datetime import timedelta

import pytest
from shop import ACME, ANNA, NOON, ZETA, Shop

from builders import TICK, a_seller, an_authorization, keep
from sellergate.domain.answering import ANSWER_WITHIN, DUE_SOON
from sellergate.domain.authorization import Status
from sellergate.domain.directory import Tier
from sellergate.domain.errors import AuthorizationNotFound, Forbidden, ProductCapacityReached
from sellergate.domain.policy import ProductLimits, SupplierPolicy
from sellergate.services.inbox import InboxQuery, InboxView, SupplierInbox


@pytest.fixture
def shop(store):
    return Shop(store)


@pytest.fixture
def inbox(store, shop):
    return SupplierInbox(store, ProductLimits(10), now=shop.now)


def waits(store, number, age, status=Status.REQUESTED, **facts):
    return keep(store, an_authorization(status, product=f"a-{number}", requested_at=NOON - age, **facts))


def ids(page):
    return [row.record.product_id for row in page.rows]


@pytest.mark.parametrize(
    ("age", "views"),
    [
        (timedelta(0), {InboxView.WAITING}),
        (ANSWER_WITHIN - DUE_SOON - TICK, {InboxView.WAITING}),
        (ANSWER_WITHIN - DUE_SOON, {InboxView.WAITING, InboxView.DUE_SOON}),
        (ANSWER_WITHIN - TICK, {InboxView.WAITING, InboxView.DUE_SOON}),
        (ANSWER_WITHIN + TICK, {InboxView.WAITING, InboxView.OVERDUE}),
    ],
)
def test_a_request_is_in_the_views_of_its_age(store, inbox, age, views):
    waits(store, 1, age)

    page = inbox.page(ACME, InboxQuery())

    assert {which for which, count in page.counts.items() if count} == views
    assert {which for which in InboxView if inbox.page(ACME, InboxQuery(view=which)).rows} == views
    assert {which for which in InboxView if inbox.count(ACME, which)} == views
    assert page.rows[0].due_at == NOON - age + ANSWER_WITHIN


def test_what_the_seller_is_asked_waits_for_nobody_here(store, inbox):
    waits(store, 1, timedelta(days=9), Status.INFO_REQUESTED)

    page = inbox.page(ACME, InboxQuery(view=InboxView.ASKED))

    assert page.counts == {
        InboxView.WAITING: 0,
        InboxView.OVERDUE: 0,
        InboxView.DUE_SOON: 0,
        InboxView.ASKED: 1,
    }
    assert page.rows[0].due_at is None


def test_a_supplier_sees_their_own_only(store, inbox):
    record = waits(store, 1, timedelta(0))

    assert inbox.page(ZETA, InboxQuery()).rows == []
    with pytest.raises(AuthorizationNotFound):
        inbox.one(ZETA, record.id)
    with pytest.raises(Forbidden):
        inbox.page(ANNA, InboxQuery())


def test_pages_lead_forth_and_back(store, inbox):
    for number in range(1, 6):
        waits(store, number, timedelta(hours=10 - number))
    first = inbox.page(ACME, InboxQuery(limit=2))
    second = inbox.page(ACME, InboxQuery(limit=2, after=first.after))
    third = inbox.page(ACME, InboxQuery(limit=2, after=second.after))
    back = inbox.page(ACME, InboxQuery(limit=2, after=third.before, backwards=True))
    start = inbox.page(ACME, InboxQuery(limit=2, after=back.before, backwards=True))

    assert [ids(page) for page in (first, second, third)] == [["a-1", "a-2"], ["a-3", "a-4"], ["a-5"]]
    assert (first.before, third.after) == (None, None)
    assert ids(back) == ids(second)
    assert ids(start) == ids(first)
    assert start.before is None
    assert start.after == first.after


def test_a_row_says_what_stands_in_the_way_and_what_is_in_use(store, shop, inbox):
    with store.work() as work:
        work.directory.put_seller(a_seller("ben", tier=Tier.GOLD))
        work.directory.put_policy("acme", SupplierPolicy(max_sellers_per_product=1))
    keep(store, an_authorization(Status.APPROVED, seller="ben", product="a-1"))
    waits(store, 1, timedelta(hours=1))
    waits(store, 2, timedelta(0))

    full, free = inbox.page(ACME, InboxQuery()).rows

    assert isinstance(full.obstacle, ProductCapacityReached)
    assert (full.approved, full.capacity, full.slots, full.slot_limit) == (1, 1, 2, 10)
    assert free.obstacle is None


def test_the_details_count_how_this_supplier_has_answered_this_seller(store, inbox):
    record = waits(store, 1, timedelta(0))
    waits(store, 2, timedelta(0), Status.REJECTED)
    keep(store, an_authorization(Status.REJECTED, product="z-1", supplier_id="zeta"))

    detail = inbox.one(ACME, record.id)

    assert detail.answered == {Status.APPROVED: 0, Status.REJECTED: 1, Status.REVOKED: 0}
    assert detail.row.record == record


def test_a_list_can_be_narrowed_to_the_suppliers_products(inbox):
    assert {product.supplier_id for product in inbox.products(ACME)} == {"acme"}
    assert [product.id for product in inbox.products(ZETA)] == ["z-1"]
