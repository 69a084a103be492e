"""What each side may read: their own, in order, page by page."""

from datetime import timedelta

import pytest
from shop import ACME, ADMIN, ANNA, BEN, NOON, OPERATOR, REASON, ZETA, Shop, seller_actor

from sellergate.domain.authorization import Status
from sellergate.domain.directory import Tier
from sellergate.domain.errors import Forbidden, InvalidInput, NotFound, ProductNotFound, SellerNotFound
from sellergate.domain.identifiers import Actor, Role
from sellergate.domain.policy import AutoApproval, ProductPolicy, SupplierPolicy
from sellergate.ports.queries import AuthorizationQuery, EventQuery, PageRequest, ProductQuery, Sort


def ids(page):
    return [row.authorization.product_id for row in page.items]


def test_everybody_lists_their_own_and_an_admin_all(store):
    shop = Shop(store)
    for by, product in ((ANNA, "a-1"), (BEN, "a-1"), (ANNA, "z-1")):
        shop.workflow.request(by, product)
        shop.wait(seconds=1)

    assert ids(shop.records.search(ANNA, AuthorizationQuery())) == ["a-1", "z-1"]
    assert ids(shop.records.search(ZETA, AuthorizationQuery())) == ["z-1"]
    assert shop.records.search(ADMIN, AuthorizationQuery()).total == 3
    assert shop.records.search(ANNA, AuthorizationQuery(seller_id="ben")).total == 2
    for nobody in (OPERATOR, Actor("u", Role.SELLER), Actor("u", Role.SUPPLIER)):
        with pytest.raises(Forbidden):
            shop.records.search(nobody, AuthorizationQuery())


def test_a_page_ends_where_the_next_begins(store):
    shop = Shop(store, limit=None)
    for number in range(1, 8):
        shop.workflow.request(ANNA, f"a-{number}")
    seen, page = [], PageRequest(3)
    while True:
        answer = shop.records.search(ACME, AuthorizationQuery(sort=Sort.NEWEST, page=page))
        seen += ids(answer)
        assert answer.total == 7
        if answer.next is None:
            break
        page = PageRequest(3, answer.next)

    assert sorted(seen) == sorted(f"a-{number}" for number in range(1, 8))


def test_a_lapsed_approval_is_shown_as_expired(store):
    shop = Shop(store)
    shop.approved(expires_at=NOON + timedelta(minutes=1))
    shop.wait(minutes=1)

    [row] = shop.records.search(ANNA, AuthorizationQuery()).items

    assert row.status is Status.EXPIRED


def test_limits_show_slots_and_cooldowns(store):
    shop = Shop(store, limit=5, by_tier={Tier.GOLD: None})
    shop.add_seller("rich", tier=Tier.GOLD)
    shop.workflow.request(ANNA, "a-1")
    rejected = shop.workflow.request(ANNA, "a-2")
    until = shop.workflow.reject(ACME, rejected.id, REASON).cooldown_until
    shop.wait(days=1)

    limits = shop.desk.limits(ANNA)

    assert (limits.used, limits.limit, limits.remaining, limits.tier) == (1, 5, 4, Tier.BRONZE)
    [cooldown] = limits.cooldowns
    assert (cooldown.product_id, cooldown.until, cooldown.days_remaining) == ("a-2", until, 29)
    rich = shop.desk.limits(seller_actor("rich"))
    assert (rich.limit, rich.remaining) == (None, None)


def test_a_started_day_of_a_cooldown_counts_as_one(store):
    shop = Shop(store)
    record = shop.workflow.request(ANNA, "a-1")
    shop.workflow.reject(ACME, record.id, REASON)
    shop.wait(days=29, hours=23)

    [cooldown] = shop.desk.limits(ANNA).cooldowns

    assert cooldown.days_remaining == 1


def test_the_catalog_says_what_can_be_asked_for_and_why_not(store):
    shop = Shop(store, limit=3)
    shop.add_product("free")
    shop.add_product("old", supplier="acme", active=False)
    shop.workflow.request(ANNA, "a-1")

    page = shop.desk.catalog(ANNA, ProductQuery(page=PageRequest(100)))

    found = {standing.product.id: standing.obstacle.code if standing.obstacle else None for standing in page.items}
    assert found["a-1"] == "ERR_DUPLICATE_AUTHORIZATION"
    assert found["a-2"] is None
    assert found["free"] == found["old"] == "ERR_VALIDATION"


def test_one_standing_has_the_gates_own_decision(store):
    shop = Shop(store)
    shop.approved()

    standing = shop.desk.one(ANNA, "a-1")

    assert standing.decision.allowed
    assert not standing.can_request
    with pytest.raises(ProductNotFound):
        shop.desk.one(ANNA, "nothing")
    with pytest.raises(SellerNotFound):
        shop.desk.one(seller_actor("nobody"), "a-1")
    with pytest.raises(Forbidden):
        shop.desk.one(ACME, "a-1")


def test_a_policy_is_the_suppliers_own_and_names_only_its_products(store):
    shop = Shop(store)
    policy = SupplierPolicy(
        auto_approval=AutoApproval.TRUSTED,
        minimum_tier=Tier.GOLD,
        max_sellers_per_product=7,
        products={"a-1": ProductPolicy(auto_approval=AutoApproval.ALL)},
    )

    shop.policies.put(ACME, policy)

    assert shop.policies.get(ACME) == policy
    assert shop.policies.get(ZETA) == SupplierPolicy()
    with pytest.raises(InvalidInput, match="z-1"):
        shop.policies.put(ACME, SupplierPolicy(products={"z-1": ProductPolicy()}))
    with pytest.raises(Forbidden):
        shop.policies.get(ANNA)


def test_a_notification_is_read_once_and_only_by_its_recipient(store):
    shop = Shop(store)
    record = shop.workflow.request(ANNA, "a-1")
    shop.workflow.reject(ACME, record.id, REASON)

    [inbound] = shop.notifications.inbound(ANNA, PageRequest()).items
    assert inbound.notice.kind == "request.rejected"
    assert inbound.notice.facts["reason"] == REASON
    with pytest.raises(NotFound):
        shop.notifications.mark_read(BEN, inbound.id)
    with pytest.raises(NotFound):
        shop.notifications.mark_read(ACME, inbound.id)

    first = shop.notifications.mark_read(ANNA, inbound.id)
    shop.wait(hours=1)
    assert shop.notifications.mark_read(ANNA, inbound.id).read_at == first.read_at


def test_statistics_count_the_period(store):
    shop = Shop(store)
    shop.approved(product="a-1")
    shop.wait(days=8)
    shop.approved(product="a-2")
    record = shop.workflow.request(ANNA, "a-3")
    shop.workflow.reject(ACME, record.id, REASON)

    stats = shop.records.stats(timedelta(days=7))

    assert stats.approval_rate == 0.5
    assert stats.by_action["request"] == 2
    assert stats.by_status == {Status.APPROVED: 2, Status.REJECTED: 1}


def test_without_decisions_there_is_no_approval_rate(store):
    assert Shop(store).records.stats(timedelta(days=7)).approval_rate is None


def test_the_audit_search_finds_by_what_is_asked(store):
    shop = Shop(store)
    record = shop.approved()
    shop.workflow.revoke(ACME, record.id, REASON)
    with pytest.raises(NotFound):
        shop.workflow.cancel(BEN, "a-1")

    found = shop.records.audit(EventQuery(seller_id="anna", action="revoke"))

    assert [(event.authorization_id, event.reason) for event in found.items] == [(record.id, REASON)]
    assert shop.records.audit(EventQuery(refused=True)).total == 0
