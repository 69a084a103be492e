"""Who may ask for what, in which order the rules speak, and when a product is full."""

from datetime import timedelta

import pytest
from given import NOON, TICK, a_product, a_seller, an_authorization

from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.eligibility import why_not_approve, why_not_request
from sellergate.domain.errors import (
    AuthorizationRevoked,
    CooldownActive,
    DuplicateAuthorization,
    InvalidInput,
    ProductCapacityReached,
    ProductLimitReached,
    SellerNotAuthorized,
)

LATER = NOON + timedelta(days=30)


def refusal(*, seller=None, product=None, record=None, used=0, limit=10, now=NOON):
    return why_not_request(
        seller or a_seller(), product or a_product(), record, slots_in_use=used, limit=limit, now=now
    )


def test_an_active_seller_with_a_free_slot_may_ask_for_an_active_product():
    assert refusal() is None


@pytest.mark.parametrize("status", [SellerStatus.SUSPENDED, SellerStatus.REVOKED])
def test_only_an_active_seller_may_ask(status):
    error = refusal(seller=a_seller(status=status))

    assert isinstance(error, SellerNotAuthorized)
    assert error.facts == {"sellerStatus": status.value}


@pytest.mark.parametrize(
    ("seller", "product", "problem"),
    [
        (a_seller(), a_product(supplier_id=None), "no-supplier"),
        (a_seller(supplier_id="acme"), a_product(), "own-product"),
        (a_seller(), a_product(active=False), "inactive"),
    ],
)
def test_some_products_cannot_be_asked_for(seller, product, problem):
    error = refusal(seller=seller, product=product)

    assert isinstance(error, InvalidInput)
    assert error.facts == {"problem": problem}


def test_a_seller_who_supplies_other_goods_may_ask():
    assert refusal(seller=a_seller(supplier_id="zeta")) is None


def test_goods_without_a_supplier_are_not_the_own_goods_of_a_seller_without_one():
    assert refusal(product=a_product(supplier_id=None)).facts == {"problem": "no-supplier"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status.REQUESTED, DuplicateAuthorization),
        (Status.INFO_REQUESTED, DuplicateAuthorization),
        (Status.APPROVED, DuplicateAuthorization),
        (Status.REVOKED, AuthorizationRevoked),
    ],
)
def test_what_is_open_approved_or_revoked_cannot_be_asked_for_again(status, kind):
    error = refusal(record=an_authorization(status))

    assert type(error) is kind
    assert error.facts == {"authorizationId": "a-1"}


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.EXPIRED])
def test_what_was_cancelled_or_has_expired_can_be_asked_for_again(status):
    assert refusal(record=an_authorization(status)) is None


@pytest.mark.parametrize(("now", "waits"), [(LATER - TICK, True), (LATER, False), (LATER + TICK, False)])
def test_a_rejected_seller_may_ask_again_the_moment_the_cooldown_ends(now, waits):
    error = refusal(record=an_authorization(Status.REJECTED, cooldown_until=LATER), now=now)

    assert isinstance(error, CooldownActive) is waits
    assert error is None or error.until == LATER


@pytest.mark.parametrize(("now", "held"), [(LATER - TICK, True), (LATER, False)])
def test_an_approval_can_be_asked_for_again_once_it_has_lapsed_swept_or_not(now, held):
    error = refusal(record=an_authorization(Status.APPROVED, expires_at=LATER), now=now)

    assert isinstance(error, DuplicateAuthorization) is held


@pytest.mark.parametrize(("used", "limit", "refused"), [(9, 10, False), (10, 10, True), (11, 10, True), (0, 0, True)])
def test_the_last_slot_may_be_taken_and_no_more(used, limit, refused):
    error = refusal(used=used, limit=limit)

    assert isinstance(error, ProductLimitReached) is refused
    assert error is None or error.facts == {"limit": limit, "used": used}


def test_without_a_limit_there_is_always_a_slot():
    assert refusal(used=10**6, limit=None) is None


def test_the_rules_speak_in_order_seller_product_record_slots():
    suspended = a_seller(status=SellerStatus.SUSPENDED, supplier_id="acme")
    own = a_seller(supplier_id="acme")
    inactive = a_product(active=False)
    revoked = an_authorization(Status.REVOKED)
    full = {"used": 10, "limit": 10, "record": revoked}

    spoken = [
        refusal(seller=suspended, product=inactive, **full),
        refusal(seller=own, product=a_product(active=False, supplier_id=None), **full),
        refusal(seller=own, product=inactive, **full),
        refusal(product=inactive, **full),
        refusal(**full),
        refusal(used=10, limit=10),
    ]

    assert [type(error) for error in spoken] == [
        SellerNotAuthorized,
        InvalidInput,
        InvalidInput,
        InvalidInput,
        AuthorizationRevoked,
        ProductLimitReached,
    ]
    assert [error.facts["problem"] for error in spoken[1:4]] == ["no-supplier", "own-product", "inactive"]


@pytest.mark.parametrize(("sellers", "capacity", "full"), [(2, 3, False), (3, 3, True), (4, 3, True), (0, 0, True)])
def test_a_product_takes_as_many_sellers_as_its_supplier_wants(sellers, capacity, full):
    error = why_not_approve(sellers, capacity)

    assert isinstance(error, ProductCapacityReached) is full
    assert error is None or error.facts == {"limit": capacity, "used": sellers}


def test_without_a_capacity_a_product_takes_everybody():
    assert why_not_approve(10**6, None) is None
