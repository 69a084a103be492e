"""Every store keeps one record per seller and product, and settles every race over it the same way."""

from dataclasses import replace

import pytest
from walking import all_at_once

from builders import HOUR, NOON, TICK, a_product, a_seller, an_authorization, keep, stock
from sellergate.domain.authorization import Status
from sellergate.domain.directory import Tier
from sellergate.domain.errors import ConcurrentChange, DuplicateAuthorization, InvalidInput
from sellergate.ports.queries import AuthorizationQuery, PageRequest, Sort
from sellergate.ports.stores import Inbox

SELLERS = ("anna", "ben")
PRODUCTS = tuple(f"p-{number}" for number in range(1, 8))


@pytest.fixture
def stocked(store):
    stock(store, sellers=SELLERS, products=PRODUCTS, suppliers=("acme", "zeta"))
    return store


def search(store, **query):
    with store.view() as view:
        return view.authorizations.search(AuthorizationQuery(**query))


def test_a_record_comes_back_as_it_was_stored(stocked):
    record = keep(
        stocked,
        an_authorization(
            Status.APPROVED,
            business_justification="한국어 'quoted' \"text\"",
            expected_volume=12,
            note="a note",
            reason="a reason",
            cooldown_until=NOON + TICK,
            expires_at=NOON + HOUR + TICK,
            product_snapshot={"name": "선풍기", "price": "9.90", "nested": {"list": [1, 2.5, None, True]}},
            requested_at=NOON - TICK,
        ),
    )

    with stocked.view() as view:
        assert view.authorizations.find("anna", "p-1") == record
        assert view.authorizations.get(record.id) == record
        assert view.authorizations.get(record.id).facts() == record.facts()


def test_an_empty_record_comes_back_as_it_was_stored(stocked):
    record = keep(stocked, an_authorization(Status.REQUESTED))

    with stocked.view() as view:
        assert view.authorizations.get(record.id) == record


def test_what_is_not_there_is_none(stocked):
    with stocked.view() as view:
        assert view.authorizations.find("anna", "p-1") is None
        assert view.authorizations.get("auth-1") is None


def test_a_pair_has_one_record(stocked):
    first = keep(stocked, an_authorization(Status.REVOKED))

    with pytest.raises(DuplicateAuthorization), stocked.work() as work:
        work.authorizations.add(an_authorization(Status.REQUESTED))

    with stocked.view() as view:
        assert view.authorizations.find("anna", "p-1") == first
        assert view.authorizations.count_by_status() == {Status.REVOKED: 1}


def test_of_sixteen_threads_that_add_the_same_pair_one_succeeds(stocked):
    def add(_):
        with stocked.work() as work:
            work.authorizations.add(an_authorization())

    results = all_at_once(16, add)

    assert results.count(None) == 1
    assert sum(isinstance(result, DuplicateAuthorization) for result in results) == 15
    assert search(stocked).total == 1


@pytest.mark.parametrize("unknown", [{"seller": "nobody"}, {"product": "nothing"}, {"supplier_id": "nowhere"}])
def test_a_record_of_unknown_people_or_goods_is_refused(stocked, unknown):
    with pytest.raises(InvalidInput), stocked.work() as work:
        work.authorizations.add(an_authorization(**unknown))

    assert search(stocked).total == 0


def test_a_time_without_a_zone_is_refused(stocked):
    with pytest.raises(InvalidInput), stocked.work() as work:
        work.authorizations.add(an_authorization(requested_at=NOON.replace(tzinfo=None)))


def test_a_record_is_replaced_by_the_one_that_follows_it(stocked):
    before = keep(stocked, an_authorization())
    after = replace(before, status=Status.CANCELLED, version=2, updated_at=NOON + HOUR, note="changed")

    with stocked.work() as work:
        work.authorizations.replace(before, after)

    with stocked.view() as view:
        assert view.authorizations.get(before.id) == after


def test_a_record_that_has_moved_on_is_not_replaced(stocked):
    before = keep(stocked, an_authorization())
    moved = replace(before, status=Status.CANCELLED, version=2)
    with stocked.work() as work:
        work.authorizations.replace(before, moved)

    with pytest.raises(ConcurrentChange), stocked.work() as work:
        work.authorizations.replace(before, replace(before, status=Status.REJECTED, version=2))

    with stocked.view() as view:
        assert view.authorizations.get(before.id) == moved


def test_a_record_that_was_never_stored_is_not_replaced(stocked):
    record = an_authorization()

    with pytest.raises(ConcurrentChange), stocked.work() as work:
        work.authorizations.replace(record, replace(record, version=2))


def test_of_sixteen_threads_that_decide_on_what_they_read_one_wins(stocked):
    before = keep(stocked, an_authorization())

    def decide(index):
        with stocked.work() as work:
            work.authorizations.replace(before, replace(before, status=Status.REJECTED, version=2, reason=str(index)))

    results = all_at_once(16, decide)

    assert results.count(None) == 1
    assert sum(isinstance(result, ConcurrentChange) for result in results) == 15
    with stocked.view() as view:
        assert view.authorizations.get(before.id).reason == str(results.index(None))


def test_open_requests_and_live_approvals_hold_a_slot(stocked):
    keep(
        stocked,
        an_authorization(Status.REQUESTED, product="p-1"),
        an_authorization(Status.INFO_REQUESTED, product="p-2"),
        an_authorization(Status.APPROVED, product="p-3"),
        an_authorization(Status.APPROVED, product="p-4", expires_at=NOON),
        an_authorization(Status.REJECTED, product="p-5"),
        an_authorization(Status.REVOKED, product="p-6"),
        an_authorization(Status.CANCELLED, product="p-7"),
        an_authorization(Status.REQUESTED, product="p-1", seller="ben"),
    )

    with stocked.view() as view:
        assert view.authorizations.slots_in_use("anna", NOON - TICK) == 4
        assert view.authorizations.slots_in_use("anna", NOON) == 3
        assert view.authorizations.slots_in_use("ben", NOON) == 1
        assert view.authorizations.slots_in_use("nobody", NOON) == 0


def test_the_slots_of_several_sellers_are_counted_together(stocked):
    keep(
        stocked,
        an_authorization(Status.REQUESTED, product="p-1"),
        an_authorization(Status.APPROVED, product="p-4", expires_at=NOON),
        an_authorization(Status.REJECTED, product="p-5"),
        an_authorization(Status.INFO_REQUESTED, product="p-1", seller="ben"),
        an_authorization(Status.REVOKED, product="p-2", seller="ben"),
    )

    with stocked.view() as view:
        slots = view.authorizations.slots_by_seller
        assert slots(["anna", "ben", "nobody"], NOON - TICK) == {"anna": 2, "ben": 1}
        assert slots(["ben", "anna", "ben"], NOON) == {"anna": 1, "ben": 1}
        assert slots(["ben"], NOON) == {"ben": 1}
        assert slots([], NOON) == {}
        many = [f"seller-{number}" for number in range(70_000)]
        assert slots([*many, "anna"], NOON) == {"anna": 1}


def test_slots_counted_under_the_sellers_lock_are_never_more_than_the_limit(stocked):
    limit = 3

    def request(index):
        with stocked.work() as work:
            work.directory.seller("anna", lock=True)
            if work.authorizations.slots_in_use("anna", NOON) < limit:
                work.authorizations.add(an_authorization(product=PRODUCTS[index]))

    assert all_at_once(len(PRODUCTS), request) == [None] * len(PRODUCTS)
    with stocked.view() as view:
        assert view.authorizations.slots_in_use("anna", NOON) == limit


def test_a_products_live_approvals_are_counted(stocked):
    keep(
        stocked,
        an_authorization(Status.APPROVED),
        an_authorization(Status.APPROVED, seller="ben", expires_at=NOON),
        an_authorization(Status.APPROVED, product="p-2"),
        an_authorization(Status.REQUESTED, product="p-3"),
    )

    with stocked.view() as view:
        assert view.authorizations.approved_sellers("p-1", NOON - TICK) == 2
        assert view.authorizations.approved_sellers("p-1", NOON) == 1
        assert view.authorizations.approved_sellers("p-3", NOON) == 0


def test_a_sellers_records_come_by_product(stocked):
    records = [an_authorization(product=product) for product in ("p-3", "p-1", "p-2")]
    keep(stocked, *records, an_authorization(seller="ben"))

    with stocked.view() as view:
        assert [record.product_id for record in view.authorizations.of_seller("anna")] == ["p-1", "p-2", "p-3"]
        some = view.authorizations.of_seller("anna", ["p-3", "p-1", "p-3", "p-7"])
        assert [record.product_id for record in some] == ["p-1", "p-3"]
        assert view.authorizations.of_seller("anna", []) == []


def test_lapsed_approvals_come_longest_first(stocked):
    keep(
        stocked,
        an_authorization(Status.APPROVED, product="p-1", expires_at=NOON),
        an_authorization(Status.APPROVED, product="p-2", expires_at=NOON - HOUR),
        an_authorization(Status.APPROVED, product="p-3", expires_at=NOON + TICK),
        an_authorization(Status.APPROVED, product="p-4"),
        an_authorization(Status.EXPIRED, product="p-5", expires_at=NOON - HOUR),
        an_authorization(Status.APPROVED, product="p-6", expires_at=NOON - TICK),
    )

    with stocked.view() as view:
        assert [record.product_id for record in view.authorizations.lapsed(NOON, 10)] == ["p-2", "p-6", "p-1"]
        assert [record.product_id for record in view.authorizations.lapsed(NOON, 2)] == ["p-2", "p-6"]


def test_records_follow_their_product_to_another_supplier(stocked):
    keep(stocked, an_authorization(), an_authorization(seller="ben"), an_authorization(product="p-2"))

    with stocked.work() as work:
        work.authorizations.follow_product("p-1", "zeta")

    assert {(row.seller_id, row.product_id) for row in search(stocked, supplier_id="zeta").items} == {
        ("anna", "p-1"),
        ("ben", "p-1"),
    }
    assert [row.product_id for row in search(stocked, supplier_id="acme").items] == ["p-2"]
    with stocked.view() as view:
        assert view.authorizations.find("anna", "p-1").version == 1


def test_records_are_counted_by_status(stocked):
    keep(stocked, an_authorization(), an_authorization(product="p-2"), an_authorization(Status.REVOKED, product="p-3"))

    with stocked.view() as view:
        assert view.authorizations.count_by_status() == {Status.REQUESTED: 2, Status.REVOKED: 1}


def test_all_records_can_be_walked_over_by_id(stocked):
    ids = sorted(keep(stocked, an_authorization(product=product)).id for product in PRODUCTS)

    walked, last = [], ""
    with stocked.view() as view:
        while batch := view.authorizations.all_after(last, 3):
            walked += [record.id for record in batch]
            last = walked[-1]

    assert walked == ids


def test_the_low_risk_filter_knows_sellers_and_products(stocked):
    with stocked.work() as work:
        work.directory.put_seller(a_seller("ben", tier=Tier.GOLD))
        work.directory.put_product(a_product("p-1", monthly_orders=10, daily_views=7))
        work.directory.put_product(a_product("p-2", monthly_orders=11))
    keep(
        stocked,
        an_authorization(requested_at=NOON),
        an_authorization(product="p-2", requested_at=NOON + TICK),
        an_authorization(product="p-3", requested_at=NOON + HOUR),
        an_authorization(seller="ben", requested_at=NOON + 2 * HOUR),
    )

    def found(**query):
        return [(record.seller_id, record.product_id) for record in search(stocked, **query).items]

    everything = [("anna", "p-1"), ("anna", "p-2"), ("anna", "p-3"), ("ben", "p-1")]
    assert found(tiers={Tier.BRONZE, Tier.SILVER}) == everything[:3]
    assert found(tiers=frozenset(Tier)) == everything
    assert found(tiers=frozenset()) == []
    assert found(tier=Tier.GOLD) == everything[3:]
    assert found(tier=Tier.GOLD, tiers={Tier.SILVER}) == []
    assert found(max_monthly_orders=10) == [("anna", "p-1"), ("ben", "p-1")]
    assert found(max_monthly_orders=9) == []
    assert found(max_daily_views=7) == [("anna", "p-1"), ("ben", "p-1")]
    assert found(max_daily_views=6) == found(max_daily_views=7, max_monthly_orders=9) == []
    assert found(requested_before=NOON) == everything[:1]
    assert found(requested_before=NOON + TICK) == everything[:2]
    assert found(tiers={Tier.BRONZE}, max_monthly_orders=11, requested_before=NOON + HOUR) == everything[:2]


def test_a_search_looks_at_sellers_and_products(stocked):
    with stocked.work() as work:
        work.directory.put_seller(a_seller("ben", name="달빛 Market"))
        work.directory.put_product(a_product("p-2", name="50% wool", sku="WO-1"))
    keep(stocked, an_authorization(), an_authorization(product="p-2"), an_authorization(seller="ben", product="p-3"))

    def found(text, **query):
        return [(record.seller_id, record.product_id) for record in search(stocked, search=text, **query).items]

    assert found("달빛") == found("mARKET") == found("ben") == [("ben", "p-3")]
    assert found("wo-1") == found("50% W") == [("anna", "p-2")]
    assert found("P-3", tier=Tier.BRONZE) == [("ben", "p-3")]
    assert found("%") == [("anna", "p-2")]
    assert found("anna", max_monthly_orders=1) == []
    assert found("nobody") == []


def test_requests_are_narrowed_to_a_span_with_both_ends(stocked):
    for number, product in enumerate(PRODUCTS[:4]):
        keep(stocked, an_authorization(product=product, requested_at=NOON + number * TICK))

    found = search(stocked, requested_since=NOON + TICK, requested_before=NOON + 2 * TICK).items

    assert [record.product_id for record in found] == ["p-2", "p-3"]


def test_what_matches_is_counted_like_a_list(stocked):
    keep(
        stocked,
        an_authorization(),
        an_authorization(Status.INFO_REQUESTED, product="p-2"),
        an_authorization(Status.APPROVED, seller="ben"),
    )

    with stocked.view() as view:
        for query in (
            AuthorizationQuery(),
            AuthorizationQuery(supplier_id="acme", statuses=frozenset({Status.REQUESTED})),
            AuthorizationQuery(supplier_id="acme", search="anna"),
            AuthorizationQuery(seller_id="ben", requested_since=NOON + TICK),
        ):
            assert view.authorizations.count(query) == view.authorizations.search(query).total


def test_a_page_says_where_it_begins_so_that_one_can_go_back(stocked):
    for number, product in enumerate(PRODUCTS[:4]):
        keep(stocked, an_authorization(product=product, requested_at=NOON + number * TICK))

    first = search(stocked, page=PageRequest(2))
    second = search(stocked, page=PageRequest(2, first.next))
    back = search(stocked, sort=Sort.NEWEST, page=PageRequest(2, second.first))

    assert back.items[::-1] == first.items
    assert (back.next, back.first) == (None, first.next)
    assert search(stocked, product_id="p-7").first is None


def test_the_fullest_inboxes_are_those_of_the_suppliers_with_the_most_open_requests(store):
    stock(store, suppliers=("acme", "zeta"), sellers=("anna", "ben"), products=("p-1", "p-2", "p-3"))
    with store.view() as view:
        assert view.authorizations.fullest_inboxes(5) == []

    keep(
        store,
        an_authorization(product="p-1", supplier_id="zeta"),
        an_authorization(product="p-2", supplier_id="acme"),
        an_authorization(Status.INFO_REQUESTED, product="p-3", supplier_id="acme"),
    )
    with store.view() as view:
        assert view.authorizations.fullest_inboxes(5) == [Inbox("acme", 1), Inbox("zeta", 1)]

    keep(store, an_authorization(seller="ben", product="p-1", supplier_id="zeta"))
    with store.view() as view:
        assert view.authorizations.fullest_inboxes(5) == [Inbox("zeta", 2), Inbox("acme", 1)]
        assert view.authorizations.fullest_inboxes(1) == [Inbox("zeta", 2)]
