"""A bulk approval of low-risk requests: previewed, then exactly that."""

from datetime import timedelta

import pytest
from shop import ACME, ADMIN, ANNA, BEN, REASON, Shop, seller_actor

from sellergate.domain.authorization import Status
from sellergate.domain.directory import Tier
from sellergate.domain.errors import InvalidInput
from sellergate.domain.low_risk import LowRisk
from sellergate.ports.queries import PageRequest
from sellergate.services.backlogs import Backlogs
from sellergate.services.low_risk import Shown

SMALL = LowRisk(max_monthly_orders=10)


@pytest.fixture
def shop(store):
    shop = Shop(store, limit=2_000)
    shop.add_product("small", supplier="acme", monthly_orders=10)
    shop.add_product("large", supplier="acme", monthly_orders=11)
    return shop


def codes(candidates):
    return [candidate.obstacle and candidate.obstacle.code for candidate in candidates]


def shown(candidates):
    return [candidate.shown for candidate in candidates]


def results(items):
    return [item.error and item.error.code for item in items]


def test_a_preview_says_what_would_become_of_each_and_changes_nothing(shop):
    for id in ("cleo", "dora", "emil"):
        shop.add_seller(id)
    shop.set_policy(max_sellers_per_product=2)
    for by in (ANNA, BEN, seller_actor("cleo"), seller_actor("dora")):
        shop.workflow.request(by, "small")
        shop.wait(seconds=1)
    shop.workflow.request(seller_actor("emil"), "large")
    shop.people.suspend(ADMIN, "ben", REASON)
    events = len(shop.events())

    page = shop.low_risk.preview(SMALL, PageRequest(500))

    assert [one.authorization.seller_id for one in page.items] == ["anna", "ben", "cleo", "dora"]
    assert codes(page.items) == [None, "ERR_SELLER_NOT_AUTHORIZED", None, "ERR_PRODUCT_CAPACITY_REACHED"]
    assert (page.total, page.next) == (4, None)
    assert len(shop.events()) == events

    done = shop.low_risk.approve(ADMIN, SMALL, shown(page.items))
    assert results(done) == codes(page.items)


def test_what_is_approved_is_what_was_shown(shop):
    shop.workflow.request(ANNA, "small")
    shop.wait(seconds=1)
    shop.workflow.request(BEN, "small")
    changed, kept = shop.low_risk.preview(SMALL, PageRequest(500)).items
    shop.workflow.ask_info(ACME, changed.authorization.id, "Which of your shops is this for?")
    shop.workflow.resubmit(ANNA, "small", justification="For another one than I said.")
    shop.add_seller("late")
    late = shop.workflow.request(seller_actor("late"), "small")

    done = shop.low_risk.approve(ADMIN, SMALL, shown([changed, kept]))

    assert results(done) == ["ERR_PREVIEW_OUTDATED", None]
    with shop.store.view() as view:
        assert view.authorizations.get(late.id).status is Status.REQUESTED
        assert view.authorizations.get(changed.authorization.id).status is Status.REQUESTED


def test_what_does_not_match_any_more_is_left_alone(shop):
    shop.workflow.request(ANNA, "small")
    items = shop.low_risk.preview(SMALL, PageRequest(500)).items
    shop.add_product("small", supplier="acme", monthly_orders=11)

    assert results(shop.low_risk.approve(ADMIN, SMALL, shown(items))) == ["ERR_PREVIEW_OUTDATED"]


def test_somebody_who_was_first_is_named_as_such(shop):
    record = shop.workflow.request(ANNA, "small")
    items = shop.low_risk.preview(SMALL, PageRequest(500)).items
    shop.workflow.approve(ACME, record.id)

    assert results(shop.low_risk.approve(ADMIN, SMALL, shown(items))) == ["ERR_INVALID_STATUS"]


def test_the_filter_stands_in_the_trail_of_what_was_done_and_of_what_was_refused(shop):
    record = shop.workflow.request(ANNA, "small")
    shop.wait(seconds=1)
    shop.workflow.request(BEN, "small")
    low_risk = LowRisk(max_monthly_orders=10, tiers=frozenset({Tier.BRONZE}))
    items = shop.low_risk.preview(low_risk, PageRequest(500)).items
    shop.people.suspend(ADMIN, "ben", REASON)

    shop.low_risk.approve(ADMIN, low_risk, shown(items))

    approved, refused = [event for event in shop.events() if event.action == "approve"]
    expected = {"bulk": "low-risk", "filter": {"tiers": ["BRONZE"], "maxMonthlyOrders": 10}}
    assert (approved.authorization_id, approved.metadata, approved.refused) == (record.id, expected, None)
    assert (refused.seller_id, refused.metadata, refused.refused) == ("ben", expected, "ERR_SELLER_NOT_AUTHORIZED")
    assert shop.audit.verify().holds


def test_pages_go_on_where_the_last_one_ended(shop):
    for number in range(1, 16):
        shop.workflow.request(ANNA, f"a-{number}")
        shop.wait(seconds=1)
    first = shop.low_risk.preview(LowRisk(), PageRequest(10))
    second = shop.low_risk.preview(LowRisk(), PageRequest(10, first.next))

    both = [one.authorization.product_id for one in [*first.items, *second.items]]
    assert both == [f"a-{number}" for number in range(1, 16)]
    assert (first.total, second.total, second.next) == (15, 15, None)


def test_a_preview_reads_as_many_at_once_as_can_be_approved_at_once(memory_store):
    shop = Shop(memory_store, limit=2_000)
    for number in range(1_201):
        shop.add_product(f"many-{number:04}", supplier="acme")
        shop.workflow.request(ANNA, f"many-{number:04}")
        shop.wait(seconds=1)

    everything = [one for some in shop.low_risk.all(LowRisk()) for one in some]
    page = shop.low_risk.preview(LowRisk(), PageRequest(500))

    assert len(everything) == shop.low_risk.count(LowRisk()) == page.total == 1_201
    assert [one.shown for one in page.items] == [one.shown for one in everything[:500]]
    with pytest.raises(InvalidInput):
        shop.low_risk.approve(ADMIN, LowRisk(), [one.shown for one in everything[:501]])
    assert all(result.ok for result in shop.low_risk.approve(ADMIN, LowRisk(), shown(page.items)))
    assert shop.low_risk.count(LowRisk()) == 701


def test_what_does_not_exist_spoils_nothing(shop):
    record = shop.workflow.request(ANNA, "small")

    done = shop.low_risk.approve(ADMIN, SMALL, [Shown("nothing", 1), Shown(record.id, 1)])

    assert results(done) == ["ERR_AUTHORIZATION_NOT_FOUND", None]


def test_backlogs_say_how_much_waits_how_long(shop):
    began = shop.now()
    shop.workflow.request(ANNA, "a-1")
    shop.wait(days=1)
    shop.workflow.request(ANNA, "a-2")
    shop.workflow.request(ANNA, "z-1")
    shop.approved(ANNA, "a-3")
    shop.wait(days=2)
    backlogs = Backlogs(shop.store, now=shop.now)

    acme, zeta = backlogs.fullest(10)

    assert (acme.supplier_id, acme.name, acme.pending, acme.overdue, acme.oldest) == ("acme", "Acme", 2, 1, began)
    assert (zeta.supplier_id, zeta.pending, zeta.overdue, zeta.oldest) == ("zeta", 1, 0, began + timedelta(days=1))
    assert backlogs.fullest(1) == [acme]
