"""Grandfathering: what was sold stays sellable, a no stays a no, and twice is once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from shop import ACME, ADMIN, ANNA, BEN, NOON, REASON, Shop

from builders import all_changes
from sellergate.domain.authorization import Status
from sellergate.domain.errors import InvalidInput
from sellergate.domain.policy import ProductLimits
from sellergate.services.backfill import Backfill, Outcome, Sale, pairs_of


def backfill(shop, sales, *, dry_run=False, supplier="unassigned", limit=10, since=None):
    work = Backfill(shop.store, ProductLimits(limit), supplier_id=supplier, now=shop.now)
    *_, report = work.run(pairs_of(sales, since).values(), dry_run=dry_run)
    return report


def test_lines_of_one_pair_become_one_approval_with_their_sum(store):
    shop = Shop(store)
    sales = [Sale("anna", "a-1", NOON - timedelta(days=day), Decimal("9.90")) for day in (3, 1, 2)]

    report = backfill(shop, sales)

    with store.view() as view:
        record = view.authorizations.find("anna", "a-1")
        events = view.events.of_authorization(record.id)
    assert (report.sales, report.pairs, report.outcomes) == (3, 1, {Outcome.GRANTED: 1})
    assert (record.status, record.approved_by) == (Status.APPROVED, "system")
    assert [event.action for event in events] == ["request", "approve"]
    assert events[0].metadata["value"] == "29.70"
    assert events[0].metadata["firstSale"] == (NOON - timedelta(days=3)).isoformat()
    assert shop.audit.verify().holds


def test_a_second_run_grants_nothing(store):
    shop = Shop(store)
    sales = [Sale("anna", "a-1"), Sale("ben", "a-1")]
    backfill(shop, sales)
    events = len(shop.events())

    assert backfill(shop, sales).outcomes == {Outcome.ALREADY_APPROVED: 2}
    assert len(shop.events()) == events


def test_a_dry_run_says_the_same_and_writes_nothing(store):
    shop = Shop(store)
    sales = [Sale("new-seller", f"new-{number}") for number in range(3)] + [Sale("anna", "a-1")]
    before = (len(shop.events()), len(all_changes(store)))

    planned = backfill(shop, sales, dry_run=True, limit=2)
    assert (len(shop.events()), len(all_changes(store))) == before
    done = backfill(shop, sales, limit=2)

    assert planned == done
    assert (done.sellers_created, done.products_created) == (1, 3)
    assert done.over_limit == [("new-seller", 3, 2)]


def test_where_a_supplier_said_no_a_backfill_does_not_say_yes(store):
    shop = Shop(store)
    rejected = shop.workflow.request(ANNA, "a-1")
    shop.workflow.reject(ACME, rejected.id, REASON)
    revoked = shop.approved(product="a-2")
    shop.workflow.revoke(ACME, revoked.id, REASON)
    asked = shop.workflow.request(ANNA, "a-3")
    shop.workflow.ask_info(ACME, asked.id, "Which of your shops is this for?")
    shop.approved(product="a-4", expires_at=NOON + timedelta(seconds=1))
    shop.wait(hours=1)

    report = backfill(shop, [Sale("anna", f"a-{number}") for number in range(1, 5)])

    assert report.outcomes == {
        Outcome.REJECTED: 1,
        Outcome.REVOKED: 1,
        Outcome.WAITING_FOR_INFO: 1,
        Outcome.EXPIRED: 1,
    }


def test_a_waiting_or_cancelled_request_is_granted(store):
    shop = Shop(store)
    shop.workflow.request(ANNA, "a-1")
    shop.workflow.request(BEN, "a-1")
    shop.workflow.cancel(BEN, "a-1")

    assert backfill(shop, [Sale("anna", "a-1"), Sale("ben", "a-1")]).outcomes == {Outcome.GRANTED: 2}


def test_own_goods_and_goods_without_a_supplier_need_nothing(store):
    shop = Shop(store)
    shop.add_seller("maker", supplier="acme")
    shop.add_product("free")

    report = backfill(shop, [Sale("maker", "a-1"), Sale("anna", "free")])

    assert report.outcomes == {Outcome.NEEDS_NONE: 2}


def test_a_revoked_seller_gets_nothing_back(store):
    shop = Shop(store)
    shop.people.revoke_role(ADMIN, "anna", REASON)

    assert backfill(shop, [Sale("anna", "a-1")]).outcomes == {Outcome.REVOKED: 1}


def test_unknown_ones_can_be_left_out(store):
    shop = Shop(store)

    report = backfill(shop, [Sale("anna", "unheard-of"), Sale("stranger", "a-1")], supplier=None)

    assert report.outcomes == {Outcome.UNKNOWN: 2}


def test_capacity_and_limit_do_not_hold_up_what_is_the_case(store):
    shop = Shop(store)
    shop.set_policy(max_sellers_per_product=1)

    report = backfill(shop, [Sale("anna", "a-1"), Sale("ben", "a-1")])

    assert report.outcomes == {Outcome.GRANTED: 2}


def test_sales_before_the_cutoff_do_not_count(store):
    shop = Shop(store)
    sales = [Sale("anna", "a-1", NOON - timedelta(days=90)), Sale("ben", "a-1", NOON - timedelta(days=89))]

    assert backfill(shop, sales, since=NOON - timedelta(days=89)).pairs == 1


def test_an_id_that_is_none_is_refused_before_anything_is_written(store):
    shop = Shop(store)
    before = len(shop.events())

    with pytest.raises(InvalidInput):
        backfill(shop, [Sale("anna", "a-1"), Sale("anna", "x" * 65)])
    assert len(shop.events()) == before
