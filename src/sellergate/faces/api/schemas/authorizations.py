"""Authorizations and their events as they are sent, and the bodies of the moves."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sellergate.domain.audit import Event
from sellergate.domain.authorization import JUSTIFICATION_MAX, Action, Authorization, Status, actions_open
from sellergate.domain.directory import Tier
from sellergate.domain.identifiers import Role
from sellergate.faces.wire import Id, Number, Text, TierName, UtcTime, WireIn, WireOut, wire_value
from sellergate.services.bulk import BULK_MAX, ItemResult
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


Ids = Annotated[list[Id], Field(min_length=1, max_length=BULK_MAX)]


class BulkIn(WireIn):
    """Which requests to approve or to reject."""

    action: Literal["approve", "reject"]
    ids: Ids
    reason: Text | None = None


class ItemOut(WireOut):
    """What became of one item."""

    id: str
    ok: bool
    error_code: str | None
    message: str | None

    @classmethod
    def of(cls, result: ItemResult) -> Self:
        """The result as it is sent."""
        error = result.error
        return cls(
            id=result.id,
            ok=result.ok,
            error_code=None if error is None else error.code,
            message=None if error is None else str(error),
        )


class BulkOut(WireOut):
    """What became of all items, each by itself, in the order asked."""

    succeeded: int
    failed: int
    results: list[ItemOut]

    @classmethod
    def of(cls, results: list[ItemResult], **more: Any) -> Self:
        """The results as they are sent."""
        done = sum(result.ok for result in results)
        items = [ItemOut.of(result) for result in results]
        return cls(succeeded=done, failed=len(results) - done, results=items, **more)


class LowRiskIn(WireIn):
    """Which waiting requests are low risk; every given condition must hold."""

    tier: TierName | None = None
    max_tier: TierName | None = None
    max_monthly_orders: Number | None = None
    min_age_hours: Annotated[int | None, Field(ge=0, le=100_000)] = None
    supplier_id: Id | None = None


class BulkApproveIn(WireIn):
    """Either the requests themselves, or a filter that finds them; with `dryRun` nothing is approved."""

    ids: Ids | None = None
    filter: LowRiskIn | None = None
    limit: Annotated[int, Field(ge=1, le=BULK_MAX)] = BULK_MAX
    dry_run: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give either ids or a filter")
        return self


class BulkApproveOut(BulkOut):
    """What became of the requests; `matched` are those that were, or would be, approved."""

    dry_run: bool
    matched: list[str]
