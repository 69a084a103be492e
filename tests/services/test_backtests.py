"""A rule tried on the past: the very rule that approves, and nothing is changed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from shop import ACME, ADMIN, ANNA, BEN, REASON, ZETA, Shop, seller_actor

from builders import TICK
from sellergate.domain.authorization import Status
from sellergate.domain.backtest import TurnedOut
from sellergate.domain.denials import DenialCount, DenialKey
from sellergate.domain.directory import Tier
from sellergate.domain.errors import Forbidden, InvalidInput, SupplierNotFound
from sellergate.domain.policy import AutoApproval, SupplierPolicy

GOLD = SupplierPolicy(auto_approval=AutoApproval.TRUSTED, minimum_tier=Tier.GOLD)
ALL = SupplierPolicy(auto_approval=AutoApproval.ALL)


@pytest.fixture
def shop(store):
    """Gold Anna: approved, rejected and revoked. Bronze Ben: approved, and waiting."""
    shop = Shop(store)
    shop.add_seller("anna", tier=Tier.GOLD)
    shop.approved(ANNA, "a-1")
    shop.workflow.reject(ACME, shop.workflow.request(ANNA, "a-2").id, REASON)
    shop.workflow.revoke(ACME, shop.approved(ANNA, "a-3").id, REASON)
    shop.approved(BEN, "a-1")
    shop.workflow.request(BEN, "a-2")
    return shop


def test_both_sides_and_how_they_turned_out(shop):
    events = len(shop.events())

    test = shop.backtests.run(ACME, GOLD)

    approved, rejected, revoked = (TurnedOut.APPROVED, TurnedOut.REJECTED, TurnedOut.REVOKED)
    assert test.approves.turned_out == {approved: 1, rejected: 1, revoked: 1}
    assert test.leaves.turned_out == {approved: 1, TurnedOut.WAITING: 1}
    assert [case.product_id for case in test.cases] == ["a-3", "a-2"]
    assert len(shop.events()) == events


def test_without_a_rule_the_policy_in_force_is_tried(shop):
    assert shop.backtests.run(ACME).approves.requests == 0

    shop.set_policy(auto_approval=AutoApproval.ALL)

    assert shop.backtests.run(ACME).approves.requests == 5


def test_only_the_last_requests_are_looked_at(shop):
    test = shop.backtests.run(ACME, ALL, requests=2)

    assert test.approves.turned_out == {TurnedOut.APPROVED: 1, TurnedOut.WAITING: 1}


def test_a_span_leaves_out_what_was_asked_before_it(shop):
    shop.time += timedelta(days=30)
    shop.workflow.request(BEN, "a-3")

    assert shop.backtests.run(ACME, ALL, span=timedelta(days=30)).requests == 6
    assert shop.backtests.run(ACME, ALL, span=timedelta(days=30) - TICK).requests == 1


def test_a_full_product_takes_nobody_more(shop):
    """Both sellers of a-1 are among the requests themselves: one seat is free, and the first who asked gets it."""
    test = shop.backtests.run(ACME, SupplierPolicy(auto_approval=AutoApproval.ALL, max_sellers_per_product=1))

    assert (test.approves.requests, test.leaves.requests) == (3, 2)
    assert test.leaves.turned_out == {TurnedOut.APPROVED: 1, TurnedOut.WAITING: 1}


def test_seats_that_others_hold_stay_taken(shop):
    test = shop.backtests.run(
        ACME, SupplierPolicy(auto_approval=AutoApproval.ALL, max_sellers_per_product=1), requests=1
    )
    assert test.approves.requests == 1  # a-2 has nobody

    shop.add_seller("cleo")
    shop.workflow.request(seller_actor("cleo"), "a-1")
    rule = SupplierPolicy(auto_approval=AutoApproval.ALL, max_sellers_per_product=2)
    assert shop.backtests.run(ACME, rule, requests=1).approves.requests == 0


@pytest.mark.parametrize(
    "rule", [GOLD, ALL, SupplierPolicy(), SupplierPolicy(auto_approval=AutoApproval.ALL, max_sellers_per_product=1)]
)
def test_the_test_says_what_the_rule_then_does(store, rule):
    """The same requests twice: decided by hand and tried, then decided by the rule itself."""
    asked = [(ANNA, "a-1"), (BEN, "a-1"), (BEN, "a-2"), (ANNA, "a-4")]
    shop = Shop(store)
    shop.add_seller("anna", tier=Tier.GOLD)
    records = [shop.workflow.request(by, product) for by, product in asked]
    tried = shop.backtests.run(ACME, rule).approves.requests
    for (by, product), record in zip(asked, records, strict=True):
        shop.workflow.cancel(by, product)
        assert record.status is Status.REQUESTED
    shop.policies.put(ACME, rule)

    by_rule = [shop.workflow.request(by, product).status for by, product in asked]

    assert by_rule.count(Status.APPROVED) == tried


def test_what_was_denied_while_a_request_waited_is_counted(store):
    shop = Shop(store)
    began = shop.now()
    record = shop.workflow.request(ANNA, "a-1")
    shop.wait(days=2)
    shop.workflow.approve(ACME, record.id)
    shop.wait(days=1)

    def denied(number, after, product="a-1"):
        at = began + after
        key = DenialKey(at.replace(second=0, microsecond=0), "anna", product, "order", "ERR_SELLER_NOT_AUTHORIZED")
        return DenialCount(key=key, count=number, first_seen=at, last_seen=at, value=Decimal(number))

    day = timedelta(days=1)
    with store.work() as work:
        work.denials.add([denied(1, -day), denied(2, day), denied(4, 3 * day), denied(8, day, "a-2")])

    test = shop.backtests.run(ACME, ALL)

    assert (test.approves.denied, test.approves.value) == (2, 2)


def test_a_supplier_tries_on_their_own_requests_and_an_admin_on_anybodys(shop):
    assert shop.backtests.run(ZETA, ALL).approves.requests == 0
    assert shop.backtests.run(ADMIN, ALL, supplier_id="acme").approves.requests == 5
    with pytest.raises(Forbidden):
        shop.backtests.run(ZETA, ALL, supplier_id="acme")
    with pytest.raises(Forbidden):
        shop.backtests.run(ANNA, ALL)
    with pytest.raises(SupplierNotFound):
        shop.backtests.run(ADMIN, ALL, supplier_id="nobody")
    for call in ({}, {"supplier_id": "acme", "requests": 0}, {"supplier_id": "acme", "requests": 5_001}):
        with pytest.raises(InvalidInput):
            shop.backtests.run(ADMIN, ALL, **call)
