"""A simulation says what a gate would have answered, and raising the share never lets more through."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import ACME, ANNA, NOON, Shop

from builders import a_shadow_count, an_authorization, keep
from sellergate.adapters.local_tier import LocalTier
from sellergate.adapters.memory import MemoryStore
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus, Tier
from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.policy import AutoApproval, ProductLimits
from sellergate.domain.rollout import Phase, RolloutState, Unselected, bucket
from sellergate.domain.simulation import NEEDS_A_REQUEST, REFUSED, WAITING, Collision, Recorded, RecordedCheck
from sellergate.ports.cache import SECOND
from sellergate.services.counting import Counters
from sellergate.services.gate import Gate
from sellergate.services.shadow import ShadowRecorder
from sellergate.services.simulation import Simulation

FULL = RolloutState(phase=Phase.FULL, percentage=100)
SELLERS = ("anna", "ben", "gone", "idle", "own", "stranger")
PRODUCTS = (*(f"a-{number}" for number in range(1, 9)), "z-1", "off", "free", "unknown")


def by(percentage, **facts):
    return RolloutState(phase=Phase.PERCENTAGE, percentage=percentage, **facts)


def recorded(*checks):
    all_of_them = Recorded()
    for check in checks:
        all_of_them.add(check)
    return all_of_them


def a_check(seller="anna", product="a-1", stage=Stage.ORDER, **facts):
    return RecordedCheck(seller_id=seller, product_id=product, stage=stage, **facts)


def simulated(shop, checks, *states, limit=10, by_tier=None, sink=None):
    simulation = Simulation(shop.store, ProductLimits(limit, by_tier or {}), now=shop.now)
    *_, (done, outcomes) = simulation.run(recorded(*checks), states or [FULL], sink)
    assert done == len(recorded(*checks).pairs)
    return outcomes if len(states) > 1 else outcomes[0]


def test_nothing_recorded_is_nothing_denied(store):
    outcome = simulated(Shop(store), [])

    assert (outcome.checks, outcome.denied.checks, outcome.denied_share) == (0, 0, 0.0)


def test_denials_are_added_up_by_stage_seller_supplier_product_and_reason(store):
    shop = Shop(store)
    shop.approved(product="a-1")
    outcome = simulated(
        shop,
        [
            a_check(count=5),
            a_check(product="a-2", stage=Stage.CART, count=3),
            a_check(product="a-2", value=Decimal("12.50")),
            a_check(product="a-2", value=Decimal("12.50")),
            a_check("ben", "z-1", Stage.SETTLEMENT, value=Decimal(7)),
            a_check("ben", "unknown"),
        ],
    )

    def numbers(of):
        return {str(key): (denied.checks, denied.pairs, denied.value) for key, denied in of.items()}

    assert (outcome.checks, outcome.enforced) == (12, 12)
    assert (outcome.denied.checks, outcome.denied.pairs, outcome.denied.value) == (7, 3, Decimal(32))
    assert numbers(outcome.by_stage) == {"cart": (3, 1, 0), "order": (3, 2, 25), "settlement": (1, 1, 7)}
    assert numbers(outcome.by_seller) == {"anna": (5, 1, 25), "ben": (2, 2, 7)}
    assert numbers(outcome.by_supplier) == {"acme": (5, 1, 25), "zeta": (1, 1, 7)}
    assert numbers(outcome.by_product) == {"a-2": (5, 1, 25), "z-1": (1, 1, 7), "unknown": (1, 1, 0)}
    assert numbers(outcome.by_reason) == {"NO_AUTHORIZATION": (6, 2, 32), "PRODUCT_NOT_FOUND": (1, 1, 0)}


def test_the_inbox_gets_each_pair_once_and_what_a_policy_answers_is_told_apart(store):
    shop = Shop(store)
    shop.set_policy(auto_approval=AutoApproval.TRUSTED, trusted_sellers=frozenset({"ben"}))
    outcome = simulated(
        shop,
        [
            a_check(stage=Stage.CART, count=9),
            a_check(stage=Stage.ORDER),
            a_check("ben", "a-1"),
            a_check("ben", "z-1"),
        ],
    )

    assert {id: (inbox.requests, inbox.auto_approved) for id, inbox in outcome.inbox.items()} == {
        "acme": (2, 1),
        "zeta": (1, 0),
    }
    assert (outcome.requests.requests, outcome.requests.auto_approved) == (3, 1)


def test_who_waits_already_and_who_was_refused_need_no_new_request(store):
    shop = Shop(store)
    shop.workflow.request(ANNA, "a-1")
    shop.workflow.reject(ACME, shop.workflow.request(ANNA, "a-2").id, "The product pages are not good enough.")
    outcome = simulated(shop, [a_check(product=f"a-{number}") for number in (1, 2, 3)])

    assert [outcome.pairs_denied(kind) for kind in (WAITING, REFUSED, NEEDS_A_REQUEST)] == [1, 1, 1]
    assert outcome.requests.requests == 1


@pytest.mark.parametrize(("limit", "collides"), [(3, False), (2, True)])
def test_a_limit_collides_when_slots_in_use_and_pairs_needed_are_more(store, limit, collides):
    shop = Shop(store)
    shop.approved(product="a-9")
    outcome = simulated(shop, [a_check(product="a-9"), a_check(), a_check(product="a-2")], limit=limit)

    assert outcome.collisions == ([Collision("anna", Tier.BRONZE, 1, 2, limit)] if collides else [])


def test_limits_are_those_of_the_sellers_tier(store):
    shop = Shop(store)
    shop.add_seller("gold", tier=Tier.GOLD)
    shop.add_seller("free", tier=Tier.PLATINUM)
    checks = [a_check(seller, f"a-{number}") for seller in ("gold", "free", "stranger") for number in (1, 2, 3)]
    outcome = simulated(shop, checks, limit=1, by_tier={Tier.GOLD: 2, Tier.PLATINUM: None})

    assert [(one.seller_id, one.limit) for one in outcome.collisions] == [("gold", 2), ("stranger", 1)]
    assert outcome.collisions_by_tier == {Tier.GOLD: 1, Tier.BRONZE: 1}


def test_phases_stand_side_by_side_and_every_denial_is_told(store):
    denials = []
    checks = [a_check(product=f"a-{number}") for number in range(1, 16)]
    ten, half, all_of_them = simulated(Shop(store), checks, by(10), by(50), FULL, sink=denials.append)

    def share(percentage):
        return sum(bucket(f"a-{number}") < percentage for number in range(1, 16))

    assert [one.denied.checks for one in (ten, half, all_of_them)] == [share(10), share(50), 15]
    assert Counter(denial.state for denial in denials) == Counter(
        {one.state: one.denied.checks for one in (ten, half, all_of_them) if one.denied.checks}
    )


def test_an_approval_that_runs_out_is_denied_from_its_end_on(store):
    shop = Shop(store)
    shop.approved(expires_at=NOON + timedelta(days=1))
    assert simulated(shop, [a_check()]).denied.checks == 0

    shop.wait(days=1)
    outcome = simulated(shop, [a_check()])
    assert {reason: denied.pairs for reason, denied in outcome.by_reason.items()} == {Reason.EXPIRED: 1}
    assert outcome.requests.requests == 1


def test_what_a_shadow_phase_has_recorded_can_be_replayed(store):
    shop = Shop(store)
    with store.work() as work:
        work.shadow.add(
            [a_shadow_count(4, product="a-1", value=Decimal(9)), a_shadow_count(2, product="a-2", stage="order")]
        )
    simulation = Simulation(store, ProductLimits(), now=shop.now)

    assert list(simulation.shadow_checks()) == [
        a_check(stage=Stage.CART, count=4, value=Decimal(9), at=NOON),
        a_check(product="a-2", count=2, at=NOON),
    ]


def a_full_shop():
    """Every kind of seller, product and record there is."""
    shop = Shop(MemoryStore())
    shop.add_seller("own", supplier="acme")
    for id in ("gone", "idle"):
        shop.add_seller(id)
    shop.add_product("off", supplier="acme", active=False)
    shop.add_product("free")
    recordable = [status for status in Status if status is not Status.NONE]
    for number, status in enumerate(recordable, start=1):
        keep(
            shop.store, *(an_authorization(status, seller=seller, product=f"a-{number}") for seller in ("anna", "idle"))
        )
    keep(shop.store, an_authorization(Status.APPROVED, product="z-1", expires_at=NOON - timedelta(seconds=1)))
    with shop.store.work() as work:
        for id, status in (("gone", SellerStatus.REVOKED), ("idle", SellerStatus.SUSPENDED)):
            work.directory.put_seller(replace(work.directory.seller(id), status=status, version=2))
    return shop


SHOP = a_full_shop()
CHECKS = st.lists(
    st.builds(
        a_check,
        st.sampled_from(SELLERS),
        st.sampled_from(PRODUCTS),
        st.sampled_from(Stage),
        count=st.integers(1, 3),
        value=st.decimals(0, 100, places=2),
    ),
    max_size=30,
)
CANARIES = st.frozensets(st.sampled_from(PRODUCTS), max_size=4)
STATES = st.builds(
    RolloutState,
    phase=st.sampled_from(Phase),
    percentage=st.integers(1, 99),
    canary_products=CANARIES,
    unselected=st.sampled_from(Unselected),
)


def a_gate(state):
    """A real gate over the shop, in that phase, which asks the store."""
    return Gate(
        SHOP.store,
        LocalTier(ttl_seconds=60, boot=lambda: SECOND),
        counters=Counters(),
        shadow=ShadowRecorder(SHOP.store, now=SHOP.now),
        views=SHOP.store.view,
        rollout=state,
        boot=lambda: SECOND,
        wall=NOON.timestamp,
    )


@given(CHECKS, STATES)
def test_a_simulation_denies_exactly_what_a_gate_would(checks, state):
    gate = a_gate(state)
    expected = {name: Counter() for name in ("stage", "seller", "product", "reason")}
    value, enforced = Decimal(0), 0
    for check in checks:
        answers = [gate.check(check.seller_id, check.product_id, stage=check.stage) for _ in range(check.count)]
        enforced += sum(answer.mode is Mode.ENFORCED for answer in answers)
        denied = sum(not answer.allowed for answer in answers)
        if denied:
            value += check.value
            for name, key in (
                ("stage", check.stage),
                ("seller", check.seller_id),
                ("product", check.product_id),
                ("reason", answers[0].reason),
            ):
                expected[name][key] += denied
    outcome = simulated(SHOP, checks, state)

    assert (outcome.denied.checks, outcome.denied.value) == (expected["stage"].total(), value)
    assert (outcome.checks, outcome.enforced) == (sum(check.count for check in checks), enforced)
    for name, counted in expected.items():
        assert {key: one.checks for key, one in getattr(outcome, f"by_{name}").items()} == counted


@given(CHECKS, st.integers(1, 99), st.integers(1, 99), CANARIES)
def test_raising_the_share_never_lets_more_through(checks, one, other, canary):
    low, high = sorted((one, other))
    states = [
        RolloutState(phase=Phase.CANARY, canary_products=canary),
        by(low, canary_products=canary),
        by(high, canary_products=canary),
        FULL,
    ]
    outcomes = simulated(SHOP, checks, *states)

    for less, more in pairwise(outcomes):
        for name in ("by_stage", "by_seller", "by_product", "by_reason", "by_supplier"):
            assert all(getattr(more, name)[key].checks >= n.checks for key, n in getattr(less, name).items())
        assert more.denied.checks >= less.denied.checks
        assert more.requests.requests >= less.requests.requests
