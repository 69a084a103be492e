"""Auto-approval, capacity and limits: what was decided in advance."""

import pytest
from given import a_seller

from sellergate.domain.directory import Tier
from sellergate.domain.policy import AutoApproval, ProductLimits, ProductPolicy, SupplierPolicy


def test_tiers_rise_from_bronze_to_platinum():
    assert sorted(Tier, key=lambda tier: tier.rank) == [Tier.BRONZE, Tier.SILVER, Tier.GOLD, Tier.PLATINUM]


def test_a_supplier_without_rules_decides_by_hand_and_takes_everybody():
    policy = SupplierPolicy()

    assert not policy.approves(a_seller(tier=Tier.PLATINUM), "p-1")
    assert policy.capacity("p-1") is None


@pytest.mark.parametrize(
    ("rule", "listed", "minimum", "approved"),
    [
        (AutoApproval.MANUAL, {"anna"}, Tier.BRONZE, False),
        (AutoApproval.ALL, set(), None, True),
        (AutoApproval.TRUSTED, set(), None, False),
        (AutoApproval.TRUSTED, {"anna"}, None, True),
        (AutoApproval.TRUSTED, {"ben"}, None, False),
        (AutoApproval.TRUSTED, set(), Tier.SILVER, True),
        (AutoApproval.TRUSTED, set(), Tier.GOLD, True),
        (AutoApproval.TRUSTED, set(), Tier.PLATINUM, False),
        (AutoApproval.TRUSTED, {"anna"}, Tier.PLATINUM, True),
    ],
)
def test_a_gold_seller_is_approved_when_the_rule_trusts_them(rule, listed, minimum, approved):
    policy = SupplierPolicy(auto_approval=rule, trusted_sellers=frozenset(listed), minimum_tier=minimum)

    assert policy.approves(a_seller(tier=Tier.GOLD), "p-1") is approved


@pytest.mark.parametrize("everywhere", AutoApproval, ids=str)
@pytest.mark.parametrize(
    ("here", "approved"),
    [(AutoApproval.MANUAL, False), (AutoApproval.TRUSTED, True), (AutoApproval.ALL, True)],
    ids=str,
)
def test_a_product_overrides_its_supplier(everywhere, here, approved):
    policy = SupplierPolicy(
        auto_approval=everywhere,
        trusted_sellers=frozenset({"anna"}),
        products={"p-1": ProductPolicy(auto_approval=here)},
    )

    assert policy.approves(a_seller(), "p-1") is approved
    assert policy.approves(a_seller(), "p-2") is (everywhere is not AutoApproval.MANUAL)


def test_an_override_of_one_thing_leaves_the_other_as_it_is():
    policy = SupplierPolicy(
        auto_approval=AutoApproval.ALL,
        max_sellers_per_product=5,
        products={"p-1": ProductPolicy(max_sellers=2), "p-2": ProductPolicy(auto_approval=AutoApproval.MANUAL)},
    )

    assert policy.approves(a_seller(), "p-1")
    assert [policy.capacity(product) for product in ("p-1", "p-2", "p-3")] == [2, 5, 5]


def test_a_capacity_of_nobody_is_a_capacity():
    policy = SupplierPolicy(max_sellers_per_product=5, products={"p-1": ProductPolicy(max_sellers=0)})

    assert policy.capacity("p-1") == 0


def test_limits_are_by_tier_where_the_operator_set_them():
    limits = ProductLimits(10, {Tier.SILVER: 20, Tier.GOLD: 50, Tier.PLATINUM: None})

    assert [limits.of(tier) for tier in Tier] == [10, 20, 50, None]


def test_unless_set_everybody_has_ten_slots():
    assert {ProductLimits().of(tier) for tier in Tier} == {10}
