"""The record of one seller and one product, and the table of its moves."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sellergate.domain.errors import InvalidInput, InvalidStatus, ReasonRequired
from sellergate.domain.identifiers import (
    Actor,
    AuthorizationId,
    ProductId,
    Role,
    SellerId,
    SupplierId,
)


class Status(StrEnum):
    """Where an authorization stands. NONE is the status of a record that does not exist."""

    NONE = "NONE"
    REQUESTED = "REQUESTED"
    INFO_REQUESTED = "INFO_REQUESTED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    REVOKED = "REVOKED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class Action(StrEnum):
    """What can be done to an authorization."""

    REQUEST = "request"
    ASK_INFO = "ask-info"
    RESUBMIT = "resubmit"
    CANCEL = "cancel"
    APPROVE = "approve"
    REJECT = "reject"
    REVOKE = "revoke"
    EXPIRE = "expire"
    CLEAR_COOLDOWN = "clear-cooldown"


MOVES: Final[Mapping[tuple[Status, Action], Status]] = {
    (Status.NONE, Action.REQUEST): Status.REQUESTED,
    (Status.CANCELLED, Action.REQUEST): Status.REQUESTED,
    (Status.EXPIRED, Action.REQUEST): Status.REQUESTED,
    (Status.REJECTED, Action.REQUEST): Status.REQUESTED,  # once the cooldown is over
    (Status.REQUESTED, Action.ASK_INFO): Status.INFO_REQUESTED,
    (Status.INFO_REQUESTED, Action.RESUBMIT): Status.REQUESTED,
    (Status.REQUESTED, Action.CANCEL): Status.CANCELLED,
    (Status.INFO_REQUESTED, Action.CANCEL): Status.CANCELLED,
    (Status.REQUESTED, Action.APPROVE): Status.APPROVED,
    (Status.REQUESTED, Action.REJECT): Status.REJECTED,
    (Status.INFO_REQUESTED, Action.REJECT): Status.REJECTED,
    (Status.APPROVED, Action.REVOKE): Status.REVOKED,  # for good: no row leaves REVOKED
    (Status.APPROVED, Action.EXPIRE): Status.EXPIRED,
    (Status.REJECTED, Action.CLEAR_COOLDOWN): Status.REJECTED,
}

_DECIDERS: Final = frozenset({Role.SUPPLIER, Role.ADMIN})
ACTORS: Final[Mapping[Action, frozenset[Role]]] = {
    Action.REQUEST: frozenset({Role.SELLER}),
    Action.ASK_INFO: _DECIDERS,
    Action.RESUBMIT: frozenset({Role.SELLER}),
    Action.CANCEL: frozenset({Role.SELLER}),
    Action.APPROVE: _DECIDERS | {Role.SYSTEM},
    Action.REJECT: _DECIDERS,
    Action.REVOKE: _DECIDERS,
    Action.EXPIRE: frozenset({Role.SYSTEM}),
    Action.CLEAR_COOLDOWN: frozenset({Role.ADMIN}),
}

DECISIONS: Final = (Action.APPROVE, Action.REJECT)
"""What answers a request."""

OPEN: Final = frozenset({Status.REQUESTED, Status.INFO_REQUESTED})
HOLDS_A_SLOT: Final = OPEN | {Status.APPROVED}

REASON_MIN: Final = 10
REASON_MAX: Final = 500
JUSTIFICATION_MAX: Final = 2000


def actions_open(status: Status, role: Role | None = None) -> list[Action]:
    """The moves out of `status`, for everybody or for one role, in the order of the table."""
    return [action for (start, action) in MOVES if start is status and (role is None or role in ACTORS[action])]


def next_status(status: Status, action: Action) -> Status:
    """Where `action` leads from `status`. Raises InvalidStatus where the table has no such move."""
    try:
        return MOVES[status, action]
    except KeyError:
        raise InvalidStatus(
            f"An authorization that is {status} cannot be changed by {action}.",
            status=status.value,
            actions=[open_action.value for open_action in actions_open(status)],
        ) from None


def checked_reason(text: str | None, name: str = "reason") -> str:
    """The reason without outer blanks.

    Raises ReasonRequired when it is missing or shorter than 10 characters, InvalidInput beyond 500.
    """
    reason = (text or "").strip()
    if len(reason) < REASON_MIN:
        raise ReasonRequired(f"A {name} of {REASON_MIN} to {REASON_MAX} characters is needed.", field=name)
    if len(reason) > REASON_MAX:
        raise InvalidInput(f"The {name} may have at most {REASON_MAX} characters.", field=name)
    return reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """What one seller may do with one product, and how it came to that.

    Instances never change: every method returns the record after the move, one version higher.
    Times are UTC. `supplier_id` is the product's supplier now; it follows the product.
    """

    id: AuthorizationId
    seller_id: SellerId
    product_id: ProductId
    supplier_id: SupplierId
    status: Status
    version: int
    requested_at: datetime
    updated_at: datetime
    business_justification: str | None = None
    expected_volume: int | None = None
    note: str | None = None
    reason: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    cooldown_until: datetime | None = None
    expires_at: datetime | None = None
    approved_at: datetime | None = None
    approved_by: str | None = None
    product_snapshot: Mapping[str, Any] | None = None

    def _moved(self, action: Action, at: datetime, **changes: Any) -> "Authorization":
        return replace(
            self,
            status=next_status(self.status, action),
            version=self.version + 1,
            updated_at=at,
            **changes,
        )

    def has_lapsed(self, now: datetime) -> bool:
        """Approved, and past its `expires_at`: the gate denies already, the sweep may not have run."""
        return self.status is Status.APPROVED and self.expires_at is not None and self.expires_at <= now

    def status_at(self, now: datetime) -> Status:
        """The status people should be shown: a lapsed approval is EXPIRED, swept or not."""
        return Status.EXPIRED if self.has_lapsed(now) else self.status

    def requested_again(
        self, *, supplier_id: SupplierId, justification: str | None, volume: int | None, at: datetime
    ) -> "Authorization":
        """A new request on the old record; nothing of the earlier answer stays on it."""
        return self._moved(
            Action.REQUEST, at, supplier_id=supplier_id, requested_at=at,
            business_justification=justification, expected_volume=volume, note=None, reason=None,
            decided_at=None, decided_by=None, cooldown_until=None, expires_at=None,
            approved_at=None, approved_by=None, product_snapshot=None,
        )  # fmt: skip

    def info_asked(self, note: str | None, *, at: datetime) -> "Authorization":
        """The supplier wants to know more. Raises ReasonRequired without a note."""
        return self._moved(Action.ASK_INFO, at, note=checked_reason(note, "note"))

    def resubmitted(self, *, justification: str | None, volume: int | None, at: datetime) -> "Authorization":
        """The seller's answer; `requested_at` stays, so the request keeps its place in the inbox."""
        return self._moved(
            Action.RESUBMIT, at,
            business_justification=justification if justification is not None else self.business_justification,
            expected_volume=volume if volume is not None else self.expected_volume,
        )  # fmt: skip

    def cancelled(self, *, at: datetime) -> "Authorization":
        """The seller takes the request back."""
        return self._moved(Action.CANCEL, at)

    def approved(
        self, by: Actor, *, snapshot: Mapping[str, Any], expires_at: datetime | None, at: datetime
    ) -> "Authorization":
        """The seller may sell, until `expires_at` if given. Raises InvalidInput when that is not in the future."""
        if expires_at is not None and expires_at <= at:
            raise InvalidInput("expiresAt must be in the future.", field="expiresAt")
        return self._moved(
            Action.APPROVE, at, decided_at=at, decided_by=by.id, approved_at=at, approved_by=by.id,
            expires_at=expires_at, product_snapshot=snapshot, note=None,
        )  # fmt: skip

    def rejected(self, by: Actor, reason: str | None, *, cooldown: timedelta, at: datetime) -> "Authorization":
        """The seller may ask again after `cooldown`. Raises ReasonRequired without a reason."""
        return self._moved(
            Action.REJECT, at, reason=checked_reason(reason), decided_at=at, decided_by=by.id,
            cooldown_until=(at + cooldown).replace(microsecond=0), note=None,
        )  # fmt: skip

    def revoked(self, by: Actor, reason: str | None, *, at: datetime) -> "Authorization":
        """The approval is taken back, for good. Raises ReasonRequired without a reason."""
        return self._moved(Action.REVOKE, at, reason=checked_reason(reason), decided_at=at, decided_by=by.id)

    def expired(self, *, at: datetime) -> "Authorization":
        """The approval has run out."""
        return self._moved(Action.EXPIRE, at)

    def cooldown_cleared(self, *, at: datetime) -> "Authorization":
        """The cooldown ends now."""
        return self._moved(Action.CLEAR_COOLDOWN, at, cooldown_until=at)

    def facts(self) -> dict[str, Any]:
        """The whole record as plain values, for the audit trail.

        Without `supplier_id`: that follows the product and is no part of what was decided.
        """
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self) if field.name != "supplier_id"}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()  # as every store gives it back
    return dict(value) if isinstance(value, Mapping) else value


def first_request(
    *,
    id: AuthorizationId,
    seller_id: SellerId,
    product_id: ProductId,
    supplier_id: SupplierId,
    justification: str | None,
    volume: int | None,
    at: datetime,
) -> Authorization:
    """The record of a pair that had none: NONE → REQUESTED."""
    return Authorization(
        id=id,
        seller_id=seller_id,
        product_id=product_id,
        supplier_id=supplier_id,
        status=next_status(Status.NONE, Action.REQUEST),
        version=1,
        requested_at=at,
        updated_at=at,
        business_justification=justification,
        expected_volume=volume,
    )
