"""Every refusal and failure sellergate answers with.

SellergateError
├── Unauthenticated · Forbidden · RateLimited · FeatureNotEnabled
├── InvalidInput
│   └── ReasonRequired
├── NotFound
│   ├── AuthorizationNotFound
│   ├── ProductNotFound
│   ├── SellerNotFound
│   ├── SupplierNotFound
│   ├── MessageNotFound
│   ├── AnnouncementNotFound
│   └── VerdictNotFound
├── SellerNotAuthorized · ProductLimitReached · CooldownActive · AuthorizationRevoked
├── InvalidStatus · DuplicateAuthorization · ProductCapacityReached · TooLateToUndo
├── CriteriaNotMet · OutsideChangeWindow
├── RequestInProgress · ConcurrentChange · PreviewOutdated · PolicyOutdated
└── StoreUnavailable
    └── AuthorizationCheckFailed

`code` and `status` are part of the API; `facts` are the machine-readable details, in wire names.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar


class SellergateError(Exception):
    """Something sellergate refused or could not do, with a code for programs and a sentence for people."""

    code: ClassVar[str] = "ERR_INTERNAL"
    status: ClassVar[int] = 500

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.facts: Mapping[str, object] = facts


class Unauthenticated(SellergateError):
    """No token, or one that proves nothing."""

    code = "ERR_UNAUTHENTICATED"
    status = 401


class Forbidden(SellergateError):
    """The caller is known, and their role may not do this."""

    code = "ERR_INSUFFICIENT_PERMISSIONS"
    status = 403


class RateLimited(SellergateError):
    """Too many calls; `retryAfter` says in how many seconds the next one is welcome."""

    code = "ERR_RATE_LIMITED"
    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests. Try again in {retry_after} s.", retryAfter=retry_after)
        self.retry_after = retry_after


class FeatureNotEnabled(SellergateError):
    """The rollout has not opened the seller and supplier endpoints yet."""

    code = "FEATURE_NOT_ENABLED"
    status = 501

    def __init__(self) -> None:
        super().__init__("Seller authorization is not enabled yet.")


class InvalidInput(SellergateError):
    """The input does not have the shape or the range it must have."""

    code = "ERR_VALIDATION"
    status = 400


class ReasonRequired(InvalidInput):
    """This decision needs a reason of 10 to 500 characters."""

    code = "ERR_REASON_REQUIRED"


class NotFound(SellergateError):
    """There is nothing of this name, or nothing the caller may know of."""

    code = "ERR_NOT_FOUND"
    status = 404


class AuthorizationNotFound(NotFound):
    """No authorization of this id, or none of the caller's."""

    code = "ERR_AUTHORIZATION_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("There is no such authorization.")


class ProductNotFound(NotFound):
    """The directory has no product of this id."""

    code = "ERR_PRODUCT_NOT_FOUND"

    def __init__(self, product_id: str) -> None:
        super().__init__(f"There is no product {product_id}.", productId=product_id)


class SellerNotFound(NotFound):
    """The directory has no seller of this id."""

    code = "ERR_SELLER_NOT_FOUND"

    def __init__(self, seller_id: str, hint: str = "") -> None:
        super().__init__(f"There is no seller {seller_id}. {hint}".rstrip(), sellerId=seller_id)


class SupplierNotFound(NotFound):
    """The directory has no supplier of this id."""

    code = "ERR_SUPPLIER_NOT_FOUND"

    def __init__(self, supplier_id: str) -> None:
        super().__init__(f"There is no supplier {supplier_id}.", supplierId=supplier_id)


class MessageNotFound(NotFound):
    """No message of this number waits, was sent or was given up, or it has been forgotten."""

    code = "ERR_MESSAGE_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("There is no such message.")


class AnnouncementNotFound(NotFound):
    """The plan announces nothing of this name."""

    code = "ERR_ANNOUNCEMENT_NOT_FOUND"

    def __init__(self, name: str) -> None:
        super().__init__(f"The plan has no announcement {name}.", announcement=name)


class VerdictNotFound(NotFound):
    """No verdict of this number was stored, or it has been forgotten."""

    code = "ERR_VERDICT_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("There is no such verdict.")


class SellerNotAuthorized(SellergateError):
    """The seller may not do this: not an active seller, or not approved for the product."""

    code = "ERR_SELLER_NOT_AUTHORIZED"
    status = 403


class ProductLimitReached(SellergateError):
    """Every slot of the seller is in use by an open request or an approval."""

    code = "ERR_PRODUCT_LIMIT_REACHED"
    status = 400

    def __init__(self, limit: int, used: int) -> None:
        super().__init__(f"All {limit} product slots are in use ({used}).", limit=limit, used=used)
        self.limit, self.used = limit, used


class CooldownActive(SellergateError):
    """The seller may ask for this product again only once the cooldown is over."""

    code = "ERR_COOLDOWN_ACTIVE"
    status = 400

    def __init__(self, until: datetime) -> None:
        super().__init__(f"You can ask again from {until:%Y-%m-%d %H:%M:%S} UTC.", cooldownUntil=until)
        self.until = until


class AuthorizationRevoked(SellergateError):
    """The supplier has taken this authorization back, for good."""

    code = "ERR_AUTHORIZATION_REVOKED"
    status = 400

    def __init__(self, authorization_id: str) -> None:
        super().__init__("This authorization was revoked. That is permanent.", authorizationId=authorization_id)


class InvalidStatus(SellergateError):
    """The record's state has no such move; `actions` lists those it has."""

    code = "ERR_INVALID_STATUS"
    status = 400


class DuplicateAuthorization(SellergateError):
    """There already is an open or approved authorization for this seller and product."""

    code = "ERR_DUPLICATE_AUTHORIZATION"
    status = 409

    def __init__(self, authorization_id: str | None = None) -> None:
        facts = {} if authorization_id is None else {"authorizationId": authorization_id}
        super().__init__("There already is an authorization for this seller and product.", **facts)


class ProductCapacityReached(SellergateError):
    """The product already has as many approved sellers as its supplier wants."""

    code = "ERR_PRODUCT_CAPACITY_REACHED"
    status = 409

    def __init__(self, limit: int, used: int) -> None:
        super().__init__(f"The product already has {used} of at most {limit} sellers.", limit=limit, used=used)


class TooLateToUndo(SellergateError):
    """The decision has been carried out, or is about to be."""

    code = "ERR_TOO_LATE_TO_UNDO"
    status = 409

    def __init__(self) -> None:
        super().__init__("It is too late to undo this: the decision has been carried out.")


class CriteriaNotMet(SellergateError):
    """The rollout may not go on yet; an override with a reason may."""

    code = "ERR_CRITERIA_NOT_MET"
    status = 409


class OutsideChangeWindow(SellergateError):
    """The plan allows this change only inside its change window."""

    code = "ERR_OUTSIDE_CHANGE_WINDOW"
    status = 409


class RequestInProgress(SellergateError):
    """A request with the same Idempotency-Key has not been answered yet."""

    code = "ERR_REQUEST_IN_PROGRESS"
    status = 409

    def __init__(self) -> None:
        super().__init__("A request with this Idempotency-Key is still being worked on. Try again shortly.")


class ConcurrentChange(SellergateError):
    """Somebody else changed the same record first; nothing was done."""

    code = "ERR_CONCURRENT_CHANGE"
    status = 409

    def __init__(self) -> None:
        super().__init__("Somebody else has just changed this. Read it again and decide anew.")


class PreviewOutdated(SellergateError):
    """The request has changed since it was shown, or the filter it was found by does not hold for it any more."""

    code = "ERR_PREVIEW_OUTDATED"
    status = 409

    def __init__(self, authorization_id: str) -> None:
        super().__init__(
            "This request is not as it was shown, or does not match the filter any more. Look again and decide anew.",
            authorizationId=authorization_id,
        )


class PolicyOutdated(SellergateError):
    """The policy has been set since the version the change was made from; `version` is the one in force."""

    code = "ERR_POLICY_OUTDATED"
    status = 409

    def __init__(self, version: int, *, known: int) -> None:
        super().__init__(
            f"The policy is at version {version} and was changed from version {known}. Read it again and decide anew.",
            version=version,
        )


class StoreUnavailable(SellergateError):
    """No store can answer at the moment. Nothing was changed."""

    code = "ERR_SERVICE_UNAVAILABLE"
    status = 503

    def __init__(self, message: str = "The database cannot answer at the moment.") -> None:
        super().__init__(message)


class AuthorizationCheckFailed(StoreUnavailable):
    """The gate could not evaluate a check; under enforcement that denies the sale."""

    code = "ERR_AUTHORIZATION_CHECK_FAILED"

    def __init__(self) -> None:
        super().__init__("The authorization check could not be made.")
