"""May this seller sell this product? The facts one answer rests on, the decision, and its enforcement.

`decide` returns one of a fixed set of decisions and `enforce` one of a fixed set of effects:
a check allocates nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.identifiers import SupplierId


class Stage(StrEnum):
    """Where in a sale the question is asked."""

    CART = "cart"
    ORDER = "order"
    SETTLEMENT = "settlement"


class Mode(StrEnum):
    """What the rollout means for one product: OFF and BYPASSED allow unseen, SHADOW looks, ENFORCED acts."""

    OFF = "OFF"
    BYPASSED = "BYPASSED"
    SHADOW = "SHADOW"
    ENFORCED = "ENFORCED"


class Reason(StrEnum):
    """Why a check was answered as it was."""

    OFF = "OFF"
    BYPASSED = "BYPASSED"
    APPROVED = "APPROVED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    SELF_SUPPLIED = "SELF_SUPPLIED"
    NO_AUTHORIZATION = "NO_AUTHORIZATION"
    NOT_YET_APPROVED = "NOT_YET_APPROVED"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    SELLER_SUSPENDED = "SELLER_SUSPENDED"
    SELLER_REVOKED = "SELLER_REVOKED"
    PRODUCT_NOT_FOUND = "PRODUCT_NOT_FOUND"
    PRODUCT_INACTIVE = "PRODUCT_INACTIVE"
    CHECK_FAILED = "CHECK_FAILED"


DENY_CODES: Final[Mapping[Reason, str]] = {
    Reason.NO_AUTHORIZATION: "ERR_SELLER_NOT_AUTHORIZED",
    Reason.NOT_YET_APPROVED: "ERR_SELLER_NOT_AUTHORIZED",
    Reason.CANCELLED: "ERR_SELLER_NOT_AUTHORIZED",
    Reason.REJECTED: "ERR_SELLER_NOT_AUTHORIZED",
    Reason.REVOKED: "ERR_AUTHORIZATION_REVOKED",
    Reason.EXPIRED: "ERR_AUTHORIZATION_EXPIRED",
    Reason.SELLER_SUSPENDED: "ERR_SELLER_SUSPENDED",
    Reason.SELLER_REVOKED: "ERR_AUTHORIZATION_REVOKED",
    Reason.PRODUCT_NOT_FOUND: "ERR_PRODUCT_NOT_FOUND",
    Reason.PRODUCT_INACTIVE: "ERR_PRODUCT_INACTIVE",
    Reason.CHECK_FAILED: "ERR_AUTHORIZATION_CHECK_FAILED",
}
"""Every reason that denies, with the code callers see."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that one decision rests on, each part with the version it was read at (0: there is no such record).

    `expires_at` is in seconds since the epoch (UTC), so that judging it costs a comparison.
    """

    product_version: int = 0
    supplier_id: SupplierId | None = None
    product_active: bool = True
    seller_version: int = 0
    seller_status: SellerStatus | None = None
    own_supplier_id: SupplierId | None = None
    authorization_version: int = 0
    status: Status = Status.NONE
    expires_at: float | None = None


@dataclass(frozen=True, slots=True)
class GateDecision:
    """What the rules say, before the rollout has its word. `index` is its place in DECISIONS."""

    index: int
    allowed: bool
    reason: Reason
    status: Status

    @property
    def error_code(self) -> str | None:
        """The code of a denial; None when allowed."""
        return DENY_CODES.get(self.reason)


_ANY_STATUS: Final = tuple(Status)
_STATUSES: Final[Mapping[Reason, tuple[Status, ...]]] = {
    Reason.OFF: (Status.NONE,),
    Reason.BYPASSED: (Status.NONE,),
    Reason.APPROVED: (Status.APPROVED,),
    Reason.NOT_APPLICABLE: (Status.NONE,),
    Reason.SELF_SUPPLIED: (Status.NONE,),
    Reason.NO_AUTHORIZATION: (Status.NONE,),
    Reason.NOT_YET_APPROVED: (Status.REQUESTED, Status.INFO_REQUESTED),
    Reason.CANCELLED: (Status.CANCELLED,),
    Reason.REJECTED: (Status.REJECTED,),
    Reason.REVOKED: (Status.REVOKED,),
    Reason.EXPIRED: (Status.EXPIRED,),
    Reason.SELLER_SUSPENDED: _ANY_STATUS,
    Reason.SELLER_REVOKED: _ANY_STATUS,
    Reason.PRODUCT_NOT_FOUND: (Status.NONE,),
    Reason.PRODUCT_INACTIVE: _ANY_STATUS,
    Reason.CHECK_FAILED: (Status.NONE,),
}

DECISIONS: Final[tuple[GateDecision, ...]] = tuple(
    GateDecision(index, reason not in DENY_CODES, reason, status)
    for index, (reason, status) in enumerate(
        (reason, status) for reason, statuses in _STATUSES.items() for status in statuses
    )
)
"""Every decision there is: one for each reason and status that go together."""

_BY_REASON: Final = {(decision.reason, decision.status): decision for decision in DECISIONS}
_OF_STATUS: Final = {
    status: _BY_REASON[reason, status]
    for reason in (
        Reason.APPROVED,
        Reason.NO_AUTHORIZATION,
        Reason.NOT_YET_APPROVED,
        Reason.CANCELLED,
        Reason.REJECTED,
        Reason.REVOKED,
        Reason.EXPIRED,
    )
    for status in _STATUSES[reason]
}
_SUSPENDED: Final = {status: _BY_REASON[Reason.SELLER_SUSPENDED, status] for status in Status}
_SELLER_REVOKED: Final = {status: _BY_REASON[Reason.SELLER_REVOKED, status] for status in Status}
_INACTIVE: Final = {status: _BY_REASON[Reason.PRODUCT_INACTIVE, status] for status in Status}
_NOT_FOUND: Final = _BY_REASON[Reason.PRODUCT_NOT_FOUND, Status.NONE]
_NOT_APPLICABLE: Final = _BY_REASON[Reason.NOT_APPLICABLE, Status.NONE]
_SELF_SUPPLIED: Final = _BY_REASON[Reason.SELF_SUPPLIED, Status.NONE]
_APPROVED: Final = _OF_STATUS[Status.APPROVED]
_EXPIRED: Final = _OF_STATUS[Status.EXPIRED]

OFF: Final = _BY_REASON[Reason.OFF, Status.NONE]
BYPASSED: Final = _BY_REASON[Reason.BYPASSED, Status.NONE]
CHECK_FAILED: Final = _BY_REASON[Reason.CHECK_FAILED, Status.NONE]


def decide(facts: Facts, now: float) -> GateDecision:
    """Only a live approval, the seller's own goods, or goods nobody supplies may be sold.

    `now` is in seconds since the epoch. An approval is over at `expires_at` itself, not a tick later.
    """
    supplier_id = facts.supplier_id
    if supplier_id is None:
        return _NOT_APPLICABLE if facts.product_version else _NOT_FOUND
    if supplier_id == facts.own_supplier_id:
        return _SELF_SUPPLIED
    if facts.seller_status is not SellerStatus.ACTIVE and facts.seller_status is not None:
        gone = facts.seller_status is SellerStatus.REVOKED
        return (_SELLER_REVOKED if gone else _SUSPENDED)[facts.status]
    if not facts.product_active:
        return _INACTIVE[facts.status]
    if facts.status is Status.APPROVED:
        expires_at = facts.expires_at
        return _APPROVED if expires_at is None or expires_at > now else _EXPIRED
    return _OF_STATUS[facts.status]


def lasting_decision(facts: Facts) -> GateDecision | None:
    """The decision, where no passing of time can change it; None where `decide` must be asked at each check."""
    return decide(facts, 0.0) if facts.expires_at is None else None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a commission record keeps of the approval a sale rested on."""

    authorization_id: str
    approved_at: str | None
    approved_by: str | None
    supplier_id: str | None
    product: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """The gate's answer. `version` is the rollout's.

    In mode SHADOW `reason` says what enforcement would have said; `error_code` is set only when the sale is denied.
    """

    allowed: bool
    mode: Mode
    reason: Reason
    status: Status
    error_code: str | None
    version: int
    cache_hit: bool
    snapshot: Snapshot | None = None


def enforce(
    decision: GateDecision, mode: Mode, *, version: int, cache_hit: bool, snapshot: Snapshot | None = None
) -> GateAnswer:
    """The decision as the rollout lets it act: only ENFORCED denies, SHADOW keeps the reason and allows."""
    allowed = decision.allowed or mode is not Mode.ENFORCED
    error_code = None if allowed else decision.error_code
    return GateAnswer(allowed, mode, decision.reason, decision.status, error_code, version, cache_hit, snapshot)
