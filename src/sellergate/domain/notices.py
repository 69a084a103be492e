"""Which move tells whom: a table. What is written to them, and by which channel, is the courier's business."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sellergate.domain.authorization import Action, Authorization


class Audience(StrEnum):
    """Which side of an authorization a notice is for."""

    SELLER = "seller"
    SUPPLIER = "supplier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something somebody should know. `facts` are what a message about it is written from."""

    kind: str
    audience: Audience
    recipient_id: str
    facts: Mapping[str, Any]
    at: datetime


RULES: Final[Mapping[Action, tuple[tuple[Audience, str], ...]]] = {
    Action.REQUEST: ((Audience.SUPPLIER, "request.submitted"),),
    Action.RESUBMIT: ((Audience.SUPPLIER, "request.resubmitted"),),
    Action.CANCEL: ((Audience.SUPPLIER, "request.cancelled"),),
    Action.ASK_INFO: ((Audience.SELLER, "request.info-asked"),),
    Action.APPROVE: ((Audience.SELLER, "request.approved"),),
    Action.REJECT: ((Audience.SELLER, "request.rejected"),),
    Action.REVOKE: ((Audience.SELLER, "authorization.revoked"),),
    Action.EXPIRE: ((Audience.SELLER, "authorization.expired"), (Audience.SUPPLIER, "authorization.expired")),
    Action.CLEAR_COOLDOWN: ((Audience.SELLER, "cooldown.cleared"),),
}


def notices_of(after: Authorization, action: Action) -> list[Notice]:
    """Who is to be told of this move."""
    recipients: Mapping[Audience, str] = {
        Audience.SELLER: after.seller_id,
        Audience.SUPPLIER: after.supplier_id,
    }
    facts = {
        "authorizationId": after.id,
        "sellerId": after.seller_id,
        "productId": after.product_id,
        "supplierId": after.supplier_id,
        "status": after.status.value,
        "reason": after.note if action is Action.ASK_INFO else after.reason,
        "cooldownUntil": after.cooldown_until and after.cooldown_until.isoformat(),
        "expiresAt": after.expires_at and after.expires_at.isoformat(),
    }
    return [
        Notice(kind=kind, audience=audience, recipient_id=recipients[audience], facts=facts, at=after.updated_at)
        for audience, kind in RULES[action]
    ]
