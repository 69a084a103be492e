"""What a check answers, for every phase and every reason."""

import pytest
from gate_world import NOON, World, authorize, put_product, put_seller

from sellergate.adapters.memory import MemoryStore
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.rollout import Phase, RolloutState, Unselected
from sellergate.ports.queries import ShadowQuery

DENIED = {
    "NO_AUTHORIZATION": "ERR_SELLER_NOT_AUTHORIZED",
    "NOT_YET_APPROVED": "ERR_SELLER_NOT_AUTHORIZED",
    "CANCELLED": "ERR_SELLER_NOT_AUTHORIZED",
    "REJECTED": "ERR_SELLER_NOT_AUTHORIZED",
    "REVOKED": "ERR_AUTHORIZATION_REVOKED",
    "EXPIRED": "ERR_AUTHORIZATION_EXPIRED",
    "SELLER_SUSPENDED": "ERR_SELLER_SUSPENDED",
    "SELLER_REVOKED": "ERR_AUTHORIZATION_REVOKED",
    "PRODUCT_NOT_FOUND": "ERR_PRODUCT_NOT_FOUND",
    "PRODUCT_INACTIVE": "ERR_PRODUCT_INACTIVE",
}

CASES = [
    # seller, product, reason, status
    ("anna", "approved", "APPROVED", "APPROVED"),
    ("anna", "unsupplied", "NOT_APPLICABLE", "NONE"),
    ("nobody", "unsupplied", "NOT_APPLICABLE", "NONE"),
    ("maker", "approved", "SELF_SUPPLIED", "NONE"),
    ("anna", "none", "NO_AUTHORIZATION", "NONE"),
    ("nobody", "none", "NO_AUTHORIZATION", "NONE"),
    ("anna", "requested", "NOT_YET_APPROVED", "REQUESTED"),
    ("anna", "info-requested", "NOT_YET_APPROVED", "INFO_REQUESTED"),
    ("anna", "cancelled", "CANCELLED", "CANCELLED"),
    ("anna", "rejected", "REJECTED", "REJECTED"),
    ("anna", "revoked", "REVOKED", "REVOKED"),
    ("anna", "expired", "EXPIRED", "EXPIRED"),
    ("anna", "lapsed", "EXPIRED", "EXPIRED"),
    ("suspended", "approved", "SELLER_SUSPENDED", "APPROVED"),
    ("gone", "approved", "SELLER_REVOKED", "NONE"),
    ("anna", "unknown", "PRODUCT_NOT_FOUND", "NONE"),
    ("anna", "inactive", "PRODUCT_INACTIVE", "APPROVED"),
]

EVERYTHING = frozenset(product for _, product, _, _ in CASES)
ENFORCING = {
    "full": RolloutState(phase=Phase.FULL, percentage=100, version=7),
    "canary": RolloutState(phase=Phase.CANARY, canary_products=EVERYTHING, version=7),
    "percentage": RolloutState(phase=Phase.PERCENTAGE, percentage=1, canary_products=EVERYTHING, version=7),
}
LOOKING = {
    "shadow": RolloutState(phase=Phase.SHADOW, version=7),
    "canary": RolloutState(phase=Phase.CANARY, unselected=Unselected.SHADOW, version=7),
    "percentage": RolloutState(phase=Phase.PERCENTAGE, percentage=0, unselected=Unselected.SHADOW, version=7),
}
BYPASSING = {
    "canary": RolloutState(phase=Phase.CANARY, version=7),
    "percentage": RolloutState(phase=Phase.PERCENTAGE, percentage=0, version=7),
}


def every(states):
    return pytest.mark.parametrize("state", states.values(), ids=states.keys())


every_case = pytest.mark.parametrize(
    ("seller", "product", "reason", "status"), CASES, ids=[f"{seller}-{product}" for seller, product, _, _ in CASES]
)


@pytest.fixture
def store():
    store = MemoryStore()
    put_seller(store, "anna")
    put_seller(store, "suspended", status=SellerStatus.SUSPENDED)
    put_seller(store, "gone", status=SellerStatus.REVOKED)
    put_seller(store, "maker", supplier_id="acme")
    for product in sorted(EVERYTHING - {"unknown", "unsupplied", "inactive"}):
        put_product(store, product)
    put_product(store, "unsupplied", supplier_id=None)
    put_product(store, "inactive", active=False)
    for product in ("approved", "inactive"):
        authorize(store, "anna", product)
    authorize(store, "suspended", "approved")
    authorize(store, "anna", "lapsed", expires_at=NOON)
    for status in set(Status) - {Status.NONE, Status.APPROVED}:
        authorize(store, "anna", status.value.lower().replace("_", "-"), status)
    return store


def asked_twice(world, seller, product):
    """From the store, then from memory."""
    return [world.gate.check(seller, product), world.gate.check(seller, product)]


@every(ENFORCING)
@every_case
def test_an_enforced_product_is_answered_as_evaluated(store, state, seller, product, reason, status):
    world = World(store, rollout=state)

    for answer, hit in zip(asked_twice(world, seller, product), (False, True), strict=True):
        assert (answer.allowed, answer.error_code) == (reason not in DENIED, DENIED.get(reason))
        assert (answer.mode, answer.reason, answer.status) == ("ENFORCED", reason, status)
        assert (answer.version, answer.cache_hit, answer.snapshot) == (7, hit, None)
    assert world.counts == {("cart", "ENFORCED", reason, False): 1, ("cart", "ENFORCED", reason, True): 1}
    assert len(world.shadow) == 0


@every(LOOKING)
@every_case
def test_shadow_allows_and_says_and_records_what_would_have_been(store, state, seller, product, reason, status):
    world = World(store, rollout=state)

    for answer in asked_twice(world, seller, product):
        assert (answer.allowed, answer.error_code) == (True, None)
        assert (answer.mode, answer.reason, answer.status) == ("SHADOW", reason, status)
    assert world.counts == {("cart", "SHADOW", reason, False): 1, ("cart", "SHADOW", reason, True): 1}
    assert world.shadow.flush()
    with store.view() as view:
        rows = view.shadow.search(ShadowQuery()).items
    assert [(row.count.key.error_code, row.count.count) for row in rows] == (
        [(DENIED[reason], 2)] if reason in DENIED else []
    )


@every(BYPASSING)
@every_case
def test_a_product_the_phase_does_not_select_is_let_through_unseen(store, state, seller, product, reason, status):
    world = World(store, rollout=state)

    for answer in asked_twice(world, seller, product):
        assert (answer.allowed, answer.mode, answer.reason, answer.error_code) == (True, "BYPASSED", "BYPASSED", None)
    assert world.counts == {("cart", "BYPASSED", "BYPASSED", None): 2}
    assert world.reader.calls == []


@every_case
def test_off_allows_everything_evaluates_nothing_and_counts_nothing(store, seller, product, reason, status):
    world = World(store, rollout=RolloutState(phase=Phase.OFF, version=7))

    for answer in [*asked_twice(world, seller, product), world.gate.check_many(seller, [product])[0]]:
        assert (answer.allowed, answer.mode, answer.reason, answer.version) == (True, "OFF", "OFF", 7)
    assert (world.counts, world.reader.calls) == ({}, [])


def test_the_percentage_decides_by_the_products_bucket(store):
    put_product(store, "product-1")
    world = World(store, rollout=RolloutState(phase=Phase.PERCENTAGE, percentage=50))
    modes = {}
    for percentage in range(101):
        world.gate.follow(RolloutState(phase=Phase.PERCENTAGE, percentage=percentage))
        modes[percentage] = world.gate.check("anna", "product-1").mode.value

    turned = next(percentage for percentage, mode in modes.items() if mode == "ENFORCED")
    assert all(mode == ("ENFORCED" if percentage >= turned else "BYPASSED") for percentage, mode in modes.items())


@pytest.mark.parametrize("stage", ["cart", "order", "settlement"])
def test_allows_is_check_in_one_word_and_counts_the_same(store, stage):
    world = World(store)

    assert world.gate.allows("anna", "approved", stage=stage) is True
    assert world.gate.allows("anna", "revoked", stage=stage) is False
    assert sum(world.counts.values()) == 2


def test_settlement_asks_the_store_each_time_and_still_fills_memory(store):
    world = World(store)

    assert [world.gate.check("anna", "approved", stage="settlement").cache_hit for _ in range(2)] == [False, False]
    assert len(world.reader.calls) == 2
    assert world.gate.check("anna", "approved", stage="cart").cache_hit
    assert world.counts == {
        ("settlement", "ENFORCED", "APPROVED", None): 2,
        ("cart", "ENFORCED", "APPROVED", True): 1,
    }


def test_the_caller_may_choose_the_consistency(store):
    world = World(store)

    assert not world.gate.check("anna", "approved", stage="cart", consistency="strict").cache_hit
    assert not world.gate.check("anna", "approved", stage="cart", consistency="strict").cache_hit
    assert world.gate.check("anna", "approved", stage="settlement", consistency="cached").cache_hit
