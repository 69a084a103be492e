"""Reports over what the workflow has really done."""

from datetime import timedelta

import pytest
from shop import ACME, ADMIN, ANNA, BEN, NOON, REASON, Shop

from sellergate.domain.directory import Tier
from sellergate.domain.errors import InvalidInput, ProductLimitReached
from sellergate.services.naming import Naming
from sellergate.services.reports import BusinessReports

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def shop(store):
    return Shop(store, limit=2)


def report(shop, days=30):
    return BusinessReports(shop.store, now=shop.now).lately(days * DAY)


def test_a_rejected_seller_who_comes_back_after_the_cooldown_is_a_success_when_approved(shop):
    rejected = shop.workflow.request(BEN, "a-1")
    shop.time += 2 * HOUR
    shop.workflow.reject(ACME, rejected.id, REASON)
    shop.time += 30 * DAY
    again = shop.workflow.request(BEN, "a-1")
    shop.workflow.approve(ACME, again.id)
    shop.time += HOUR

    found = report(shop).cooldowns

    assert (found.ended, found.return_rate, found.success_rate) == (1, 1.0, 1.0)
    assert report(shop, days=1 / 48).cooldowns.ended == 0


def test_a_cooldown_an_admin_has_cleared_says_nothing_about_cooldowns(shop):
    rejected = shop.workflow.reject(ACME, shop.workflow.request(BEN, "a-1").id, REASON)
    shop.workflow.clear_cooldown(ADMIN, rejected.id)
    shop.time += 30 * DAY + HOUR

    found = report(shop).cooldowns

    assert (found.ended, found.cleared, found.return_rate) == (0, 1, None)


def test_the_limit_is_hit_by_the_request_it_refuses(shop):
    for product in ("a-1", "a-2"):
        shop.workflow.request(ANNA, product)
    with pytest.raises(ProductLimitReached):
        shop.workflow.request(ANNA, "a-3")
    shop.time += HOUR

    [tier] = report(shop).tiers

    assert (tier.tier, tier.asked, tier.limited, tier.sellers) == (Tier.BRONZE, 3, 1, 1)
    assert report(shop).limit_hit_rate == tier.limit_hit_rate == 1 / 3


def test_answers_and_revocations_are_the_suppliers(shop):
    record = shop.workflow.request(ANNA, "a-1")
    shop.time += 5 * HOUR
    shop.workflow.approve(ACME, record.id)
    shop.workflow.revoke(ACME, record.id, REASON)
    shop.time += HOUR

    [acme] = report(shop).suppliers

    assert acme.response.median == 5 * HOUR
    assert (acme.approval_rate, acme.revocation_rate) == (1.0, 1.0)


def test_who_is_not_in_the_directory_goes_by_their_id(shop):
    names = Naming(shop.store).of(suppliers=["acme", "none"], sellers=["anna"], products=[])

    assert (names.supplier("acme"), names.supplier("none")) == ("Acme", "none")
    assert (names.seller("anna"), names.product("a-1")) == ("Anna", "a-1")


def test_a_span_that_ends_before_it_begins_is_refused(shop):
    with pytest.raises(InvalidInput, match="begin before it ends"):
        BusinessReports(shop.store).report(NOON, NOON)
