"""Which move tells whom: a table. What is written to them, and by which channel, is the courier's business."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sellergate.domain.authorization import Action, Authorization


class Audience(StrEnum):
    """Whom a notice is for: one side of an authorization, or those who run the rollout."""

    SELLER = "seller"
    SUPPLIER = "supplier"
    OPERATOR = "operator"


class Kind(StrEnum):
    """What a notice is about."""

    SUBMITTED = "request.submitted"
    RESUBMITTED = "request.resubmitted"
    CANCELLED = "request.cancelled"
    UNANSWERED = "request.unanswered"
    INFO_ASKED = "request.info-asked"
    APPROVED = "request.approved"
    REJECTED = "request.rejected"
    REVOKED = "authorization.revoked"
    EXPIRING = "authorization.expiring"
    EXPIRED = "authorization.expired"
    COOLDOWN_CLEARED = "cooldown.cleared"
    LIMIT_REACHED = "limit.reached"
    BACKLOG = "inbox.backlog"
    REMINDER = "inbox.reminder"
    PHASE_CHANGED = "rollout.phase-changed"
    VERDICT_CHANGED = "rollout.verdict-changed"
    ROLLED_BACK = "rollout.rolled-back"
    ANNOUNCEMENT = "announcement"
    """Somebody's own words, in each language: `subject` and `text` of its facts."""


OPERATORS: Final = "operators"
"""The one recipient of what is for operators: whom that is, the settings say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something somebody should know. `facts` are what a message about it is written from."""

    kind: str
    audience: Audience
    recipient_id: str
    facts: Mapping[str, Any]
    at: datetime


RULES: Final[Mapping[Action, tuple[tuple[Audience, Kind], ...]]] = {
    Action.REQUEST: ((Audience.SUPPLIER, Kind.SUBMITTED),),
    Action.RESUBMIT: ((Audience.SUPPLIER, Kind.RESUBMITTED),),
    Action.CANCEL: ((Audience.SUPPLIER, Kind.CANCELLED),),
    Action.ASK_INFO: ((Audience.SELLER, Kind.INFO_ASKED),),
    Action.APPROVE: ((Audience.SELLER, Kind.APPROVED),),
    Action.REJECT: ((Audience.SELLER, Kind.REJECTED),),
    Action.REVOKE: ((Audience.SELLER, Kind.REVOKED),),
    Action.EXPIRE: ((Audience.SELLER, Kind.EXPIRED), (Audience.SUPPLIER, Kind.EXPIRED)),
    Action.CLEAR_COOLDOWN: ((Audience.SELLER, Kind.COOLDOWN_CLEARED),),
}


def notices_of(after: Authorization, action: Action) -> list[Notice]:
    """Who is to be told of this move."""
    told = after.note if action is Action.ASK_INFO else after.reason
    return [notice_about(after, audience, kind, after.updated_at, reason=told) for audience, kind in RULES[action]]


def notice_about(
    record: Authorization, audience: Audience, kind: Kind, at: datetime, *, reason: str | None = None
) -> Notice:
    """Tell one side of an authorization something about it."""
    return Notice(
        kind=kind.value,
        audience=audience,
        recipient_id=record.seller_id if audience is Audience.SELLER else record.supplier_id,
        facts={
            "authorizationId": record.id,
            "sellerId": record.seller_id,
            "productId": record.product_id,
            "supplierId": record.supplier_id,
            "status": record.status.value,
            "reason": reason,
            "cooldownUntil": record.cooldown_until and record.cooldown_until.isoformat(),
            "expiresAt": record.expires_at and record.expires_at.isoformat(),
        },
        at=at,
    )
