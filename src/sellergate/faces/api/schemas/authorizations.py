"""Authorizations and their events as they are sent, and the bodies of the moves."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from sellergate.domain.audit import Event
from sellergate.domain.authorization import JUSTIFICATION_MAX, Action, Authorization, Status, actions_open
from sellergate.domain.directory import Tier
from sellergate.domain.identifiers import Role
from sellergate.faces.wire import Number, Text, UtcTime, WireIn, WireOut, wire_value
from sellergate.services.propagation import Receipt
from sellergate.services.records import Row
from sellergate.services.workflow import Revocation


class Nothing(WireIn):
    """An empty object."""


class RequestIn(WireIn):
    """What a seller says when asking, or asking again."""

    business_justification: Annotated[Text | None, Field(max_length=JUSTIFICATION_MAX)] = None
    expected_volume: Number | None = None


class ApproveIn(WireIn):
    """How long an approval lasts; without a time, until it is revoked."""

    expires_at: UtcTime | None = None


class NoteIn(WireIn):
    """What the supplier wants to know, in 10 to 500 characters."""

    note: Text | None = None


class ReasonIn(WireIn):
    """Why, in 10 to 500 characters."""

    reason: Text | None = None


class AuthorizationOut(WireOut):
    """One seller and one product; `actions` are the moves open to the caller."""

    id: str
    seller_id: str
    product_id: str
    supplier_id: str
    status: Status
    version: int
    requested_at: UtcTime
    updated_at: UtcTime
    business_justification: str | None
    expected_volume: int | None
    note: str | None
    reason: str | None
    decided_at: UtcTime | None
    decided_by: str | None
    cooldown_until: UtcTime | None
    expires_at: UtcTime | None
    approved_at: UtcTime | None
    approved_by: str | None
    actions: list[Action]

    @classmethod
    def of(cls, record: Authorization, role: Role, now: datetime, **more: Any) -> Self:
        """The record as this role sees it now: a lapsed approval is shown as expired."""
        status = record.status_at(now)
        facts = {name: getattr(record, name) for name in _COPIED}
        return cls(**facts, status=status, actions=actions_open(status, role), **more)


_COPIED = tuple(name for name in AuthorizationOut.model_fields if name not in ("status", "actions"))


class RowOut(AuthorizationOut):
    """An authorization in a list, with the names of whom and what it is about; null where the directory has none."""

    seller_name: str | None
    seller_tier: Tier | None
    product_name: str | None
    supplier_name: str | None

    @classmethod
    def of_row(cls, row: Row, role: Role, now: datetime, **more: Any) -> Self:
        """The row as this role sees it now."""
        return cls.of(
            row.authorization,
            role,
            now,
            seller_name=row.seller and row.seller.name,
            seller_tier=row.seller and row.seller.tier,
            product_name=row.product and row.product.name,
            supplier_name=row.supplier and row.supplier.name,
            **more,
        )


class EventOut(WireOut):
    """What somebody did or tried to do; `refused` is the error code of an attempt, null for a move that was made."""

    sequence: int
    authorization_id: str | None
    seller_id: str
    product_id: str | None
    supplier_id: str | None
    action: str
    from_status: Annotated[str, Field(serialization_alias="from")]
    to_status: Annotated[str, Field(serialization_alias="to")]
    actor_id: str
    actor_role: str
    reason: str | None
    refused: str | None
    metadata: dict[str, Any]
    at: UtcTime
    version: int

    @classmethod
    def of(cls, event: Event) -> Self:
        """The event as it is sent."""
        facts = {name: getattr(event, name) for name in cls.model_fields if name != "metadata"}
        return cls(**facts, metadata=wire_value(event.metadata))


class DetailOut(RowOut):
    """One authorization with its history, oldest first."""

    events: list[EventOut]

    @classmethod
    def of_one(cls, found: tuple[Row, list[Event]], role: Role, now: datetime) -> Self:
        """The record and its events as this role sees them now."""
        row, events = found
        return cls.of_row(row, role, now, events=[EventOut.of(event) for event in events])


class ReceiptOut(WireOut):
    """How many processes hold a gate, how many have applied the change, and how long that took."""

    processes: int
    applied: int
    milliseconds: int

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        """The receipt as it is sent."""
        return cls(processes=receipt.processes, applied=receipt.applied, milliseconds=receipt.milliseconds)


class RevokedOut(AuthorizationOut):
    """A revoked authorization, and how far the news has got."""

    receipt: ReceiptOut

    @classmethod
    def of_revocation(cls, revocation: Revocation, role: Role, now: datetime) -> Self:
        """The revocation as this role sees it."""
        return cls.of(revocation.authorization, role, now, receipt=ReceiptOut.of(revocation.receipt))
