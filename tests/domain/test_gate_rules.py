"""One check, before and after the rollout has its word."""

from dataclasses import replace
from itertools import product

import pytest

from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import (
    BYPASSED,
    CHECK_FAILED,
    DECISIONS,
    DENY_CODES,
    OFF,
    Facts,
    Mode,
    Reason,
    Snapshot,
    decide,
    enforce,
    lasting_decision,
)

NOW = 1_772_366_400.0
TICK = 1e-6
KNOWN = Facts(product_version=1, supplier_id="acme", seller_version=1, seller_status=SellerStatus.ACTIVE)

OF_AN_ACTIVE_SELLER = {
    Status.NONE: (Reason.NO_AUTHORIZATION, "ERR_SELLER_NOT_AUTHORIZED"),
    Status.REQUESTED: (Reason.NOT_YET_APPROVED, "ERR_SELLER_NOT_AUTHORIZED"),
    Status.INFO_REQUESTED: (Reason.NOT_YET_APPROVED, "ERR_SELLER_NOT_AUTHORIZED"),
    Status.APPROVED: (Reason.APPROVED, None),
    Status.REJECTED: (Reason.REJECTED, "ERR_SELLER_NOT_AUTHORIZED"),
    Status.REVOKED: (Reason.REVOKED, "ERR_AUTHORIZATION_REVOKED"),
    Status.CANCELLED: (Reason.CANCELLED, "ERR_SELLER_NOT_AUTHORIZED"),
    Status.EXPIRED: (Reason.EXPIRED, "ERR_AUTHORIZATION_EXPIRED"),
}

EVERY_FACT = [
    Facts(
        product_version=version,
        supplier_id=supplier,
        product_active=active,
        seller_version=int(seller is not None),
        seller_status=seller,
        own_supplier_id=own,
        authorization_version=int(status is not Status.NONE),
        status=status,
        expires_at=expires_at,
    )
    for (version, supplier), active, seller, own, status, expires_at in product(
        [(0, None), (1, None), (1, "acme")],
        [True, False],
        [None, *SellerStatus],
        [None, "acme", "zeta"],
        Status,
        [None, NOW - 1, NOW, NOW + 1],
    )
]


def expected(facts):
    """The rules of the specification, read from top to bottom."""
    if facts.product_version == 0:
        return Reason.PRODUCT_NOT_FOUND
    if facts.supplier_id is None:
        return Reason.NOT_APPLICABLE
    if facts.own_supplier_id == facts.supplier_id:
        return Reason.SELF_SUPPLIED
    if facts.seller_status is SellerStatus.SUSPENDED:
        return Reason.SELLER_SUSPENDED
    if facts.seller_status is SellerStatus.REVOKED:
        return Reason.SELLER_REVOKED
    if not facts.product_active:
        return Reason.PRODUCT_INACTIVE
    lapsed = facts.status is Status.APPROVED and facts.expires_at is not None and facts.expires_at <= NOW
    return Reason.EXPIRED if lapsed else OF_AN_ACTIVE_SELLER[facts.status][0]


def test_every_combination_of_facts_is_decided_as_specified():
    assert len(EVERY_FACT) == 3 * 2 * 4 * 3 * 8 * 4
    wrong = [facts for facts in EVERY_FACT if decide(facts, NOW).reason is not expected(facts)]

    assert wrong == []


@pytest.mark.parametrize(("status", "answer"), OF_AN_ACTIVE_SELLER.items(), ids=str)
def test_only_an_approval_lets_a_sale_through(status, answer):
    decision = decide(replace(KNOWN, status=status), NOW)

    assert (decision.reason, decision.error_code) == answer
    assert decision.allowed is (status is Status.APPROVED)
    assert decision.status is status


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (Facts(), Reason.PRODUCT_NOT_FOUND),
        (Facts(product_version=1), Reason.NOT_APPLICABLE),
        (replace(KNOWN, own_supplier_id="acme"), Reason.SELF_SUPPLIED),
        (replace(KNOWN, seller_status=None, seller_version=0), Reason.NO_AUTHORIZATION),
    ],
)
def test_unknown_products_are_denied_and_unsupplied_or_own_ones_are_free(facts, reason):
    assert decide(facts, NOW).reason is reason


@pytest.mark.parametrize(
    ("now", "reason"),
    [(NOW - TICK, Reason.APPROVED), (NOW, Reason.EXPIRED), (NOW + TICK, Reason.EXPIRED)],
)
def test_an_approval_is_over_at_its_expiry_itself(now, reason):
    decision = decide(replace(KNOWN, status=Status.APPROVED, expires_at=NOW), now)

    assert decision.reason is reason
    assert decision.status is (Status.APPROVED if reason is Reason.APPROVED else Status.EXPIRED)


def test_a_decision_lasts_where_no_time_can_change_it():
    for facts in EVERY_FACT:
        lasting = lasting_decision(facts)
        if lasting is None:
            assert facts.expires_at is not None
        else:
            assert all(decide(facts, now) is lasting for now in (0.0, NOW, NOW * 10))


def test_every_decision_there_is_can_be_reached_and_no_other():
    reached = {decide(facts, NOW).index for facts in EVERY_FACT} | {OFF.index, BYPASSED.index, CHECK_FAILED.index}

    assert len(DECISIONS) == 38
    assert reached == {decision.index for decision in DECISIONS}
    assert [decision.index for decision in DECISIONS] == list(range(38))
    assert len({(decision.reason, decision.status) for decision in DECISIONS}) == 38


def test_a_decision_is_allowed_exactly_when_it_has_no_error_code():
    assert all(decision.allowed is (decision.error_code is None) for decision in DECISIONS)


def test_the_deny_codes_are_those_of_the_specification():
    assert set(DENY_CODES.values()) == {
        "ERR_SELLER_NOT_AUTHORIZED",
        "ERR_AUTHORIZATION_REVOKED",
        "ERR_AUTHORIZATION_EXPIRED",
        "ERR_SELLER_SUSPENDED",
        "ERR_PRODUCT_NOT_FOUND",
        "ERR_PRODUCT_INACTIVE",
        "ERR_AUTHORIZATION_CHECK_FAILED",
    }


@pytest.mark.parametrize("mode", Mode, ids=str)
@pytest.mark.parametrize("decision", DECISIONS, ids=lambda decision: f"{decision.reason}-{decision.status}")
def test_only_enforcement_denies(decision, mode):
    answer = enforce(decision, mode, version=3, cache_hit=True)
    denied = mode is Mode.ENFORCED and not decision.allowed

    assert answer.allowed is not denied
    assert answer.error_code == (decision.error_code if denied else None)
    assert (answer.mode, answer.reason, answer.status) == (mode, decision.reason, decision.status)
    assert (answer.version, answer.cache_hit, answer.snapshot) == (3, True, None)


def test_a_failed_check_is_denied_where_enforced_and_allowed_in_shadow():
    enforced = enforce(CHECK_FAILED, Mode.ENFORCED, version=1, cache_hit=False)
    shadow = enforce(CHECK_FAILED, Mode.SHADOW, version=1, cache_hit=False)

    assert (enforced.allowed, enforced.error_code) == (False, "ERR_AUTHORIZATION_CHECK_FAILED")
    assert (shadow.allowed, shadow.error_code, shadow.reason) == (True, None, Reason.CHECK_FAILED)


def test_an_answer_carries_the_approval_it_rests_on():
    snapshot = Snapshot("a-1", None, None, "acme", None)
    decision = decide(replace(KNOWN, status=Status.APPROVED), NOW)

    assert enforce(decision, Mode.ENFORCED, version=1, cache_hit=False, snapshot=snapshot).snapshot is snapshot
