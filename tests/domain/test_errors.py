"""Codes and statuses are part of the API."""

import re

import pytest
from given import NOON

from sellergate.domain import errors

OF_THE_API = {
    "ERR_UNAUTHENTICATED": 401,
    "ERR_INSUFFICIENT_PERMISSIONS": 403,
    "ERR_SELLER_NOT_AUTHORIZED": 403,
    "ERR_PRODUCT_LIMIT_REACHED": 400,
    "ERR_COOLDOWN_ACTIVE": 400,
    "ERR_AUTHORIZATION_REVOKED": 400,
    "ERR_INVALID_STATUS": 400,
    "ERR_REASON_REQUIRED": 400,
    "ERR_VALIDATION": 400,
    "ERR_DUPLICATE_AUTHORIZATION": 409,
    "ERR_PRODUCT_CAPACITY_REACHED": 409,
    "ERR_AUTHORIZATION_NOT_FOUND": 404,
    "ERR_PRODUCT_NOT_FOUND": 404,
    "ERR_SELLER_NOT_FOUND": 404,
    "ERR_OUTSIDE_CHANGE_WINDOW": 409,
    "ERR_CRITERIA_NOT_MET": 409,
    "ERR_RATE_LIMITED": 429,
    "FEATURE_NOT_ENABLED": 501,
    "ERR_AUTHORIZATION_CHECK_FAILED": 503,
}

BESIDES = {
    "ERR_INTERNAL": 500,
    "ERR_NOT_FOUND": 404,
    "ERR_SUPPLIER_NOT_FOUND": 404,
    "ERR_MESSAGE_NOT_FOUND": 404,
    "ERR_ANNOUNCEMENT_NOT_FOUND": 404,
    "ERR_VERDICT_NOT_FOUND": 404,
    "ERR_REQUEST_IN_PROGRESS": 409,
    "ERR_CONCURRENT_CHANGE": 409,
    "ERR_TOO_LATE_TO_UNDO": 409,
    "ERR_PREVIEW_OUTDATED": 409,
    "ERR_POLICY_OUTDATED": 409,
    "ERR_SERVICE_UNAVAILABLE": 503,
}

EVERY_ERROR = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.SellergateError)
]


def test_every_code_has_one_class_and_the_status_of_the_api_table():
    assert {kind.code: kind.status for kind in EVERY_ERROR} == OF_THE_API | BESIDES
    assert len(EVERY_ERROR) == len(OF_THE_API | BESIDES)


@pytest.mark.parametrize("kind", EVERY_ERROR, ids=lambda kind: kind.__name__)
def test_every_error_says_what_it_means_and_stands_in_the_drawing(kind):
    assert kind.__doc__
    assert re.search(rf"\b{kind.__name__}\b", errors.__doc__)


@pytest.mark.parametrize(
    ("error", "message", "facts"),
    [
        (errors.RateLimited(7), "7 s", {"retryAfter": 7}),
        (errors.ProductLimitReached(10, 11), "10 product slots are in use (11)", {"limit": 10, "used": 11}),
        (errors.CooldownActive(NOON), "2026-03-01 12:00:00 UTC", {"cooldownUntil": NOON}),
        (errors.AuthorizationRevoked("a-1"), "permanent", {"authorizationId": "a-1"}),
        (errors.DuplicateAuthorization("a-1"), "already is", {"authorizationId": "a-1"}),
        (errors.DuplicateAuthorization(), "already is", {}),
        (errors.ProductCapacityReached(3, 3), "3 of at most 3", {"limit": 3, "used": 3}),
        (errors.ProductNotFound("p-1"), "p-1", {"productId": "p-1"}),
        (errors.SellerNotFound("anna"), "anna", {"sellerId": "anna"}),
        (errors.SupplierNotFound("acme"), "acme", {"supplierId": "acme"}),
        (errors.AuthorizationNotFound(), "no such", {}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_speaks_to_people_and_to_programs(error, message, facts):
    assert message in str(error)
    assert error.facts == facts


def test_a_failed_check_is_a_store_that_cannot_answer():
    assert issubclass(errors.AuthorizationCheckFailed, errors.StoreUnavailable)
