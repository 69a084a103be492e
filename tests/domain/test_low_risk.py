"""Which requests are of low risk, at the edges of every condition."""

from datetime import timedelta

import pytest

from builders import NOON, TICK, a_product, a_seller, an_authorization
from sellergate.domain.directory import SellerStatus, Tier
from sellergate.domain.errors import PreviewOutdated, SellerNotAuthorized
from sellergate.domain.low_risk import ApprovalTerms, LowRisk

DAY = timedelta(days=1)


def matches(low_risk, *, tier=Tier.SILVER, orders=10, views=50, age=DAY):
    record = an_authorization(requested_at=NOON - age)
    product = a_product(monthly_orders=orders, daily_views=views)
    return low_risk.matches(record, a_seller(tier=tier), product, NOON)


@pytest.mark.parametrize(
    ("low_risk", "request_", "expected"),
    [
        (LowRisk(), {}, True),
        (LowRisk(), {"orders": None, "views": None}, True),
        (LowRisk(tiers=frozenset({Tier.SILVER, Tier.GOLD})), {}, True),
        (LowRisk(tiers=frozenset({Tier.GOLD})), {}, False),
        (LowRisk(tiers=frozenset()), {}, False),
        (LowRisk(max_monthly_orders=10), {}, True),
        (LowRisk(max_monthly_orders=9), {}, False),
        (LowRisk(max_monthly_orders=10), {"orders": None}, False),
        (LowRisk(max_daily_views=50), {}, True),
        (LowRisk(max_daily_views=49), {}, False),
        (LowRisk(max_daily_views=50), {"views": None}, False),
        (LowRisk(min_age=DAY), {}, True),
        (LowRisk(min_age=DAY), {"age": DAY - TICK}, False),
        (LowRisk(supplier_id="acme"), {}, True),
        (LowRisk(supplier_id="zeta"), {}, False),
        (LowRisk(max_monthly_orders=10, max_daily_views=49), {}, False),
    ],
)  # fmt: skip
def test_every_given_condition_must_hold(low_risk, request_, expected):
    assert matches(low_risk, **request_) is expected


def test_a_request_that_is_not_as_shown_is_left_alone():
    record, seller, product = an_authorization(version=3), a_seller(), a_product()

    assert ApprovalTerms(LowRisk()).why_not(record, seller, product, NOON) is None
    assert ApprovalTerms(LowRisk(), 3).why_not(record, seller, product, NOON) is None
    assert isinstance(ApprovalTerms(LowRisk(), 2).why_not(record, seller, product, NOON), PreviewOutdated)


@pytest.mark.parametrize("status", [SellerStatus.SUSPENDED, SellerStatus.REVOKED])
def test_a_seller_who_may_not_sell_is_not_approved_unseen(status):
    refusal = ApprovalTerms(LowRisk()).why_not(an_authorization(), a_seller(status=status), a_product(), NOON)

    assert isinstance(refusal, SellerNotAuthorized)


def test_the_trail_is_told_the_conditions_that_were_given():
    low_risk = LowRisk(tiers=frozenset({Tier.GOLD, Tier.BRONZE}), max_monthly_orders=0, min_age=DAY)

    assert ApprovalTerms(low_risk).facts() == {
        "bulk": "low-risk",
        "filter": {"tiers": ["BRONZE", "GOLD"], "maxMonthlyOrders": 0, "minAgeSeconds": 86_400},
    }
