"""What a seller has: products they may sell, requests and what became of them."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from sellergate.domain.audit import Event
from sellergate.domain.authorization import OPEN, Action, Authorization, Status
from sellergate.domain.identifiers import Role
from sellergate.faces.console.cursors import cursor
from sellergate.faces.console.language import Words
from sellergate.faces.console.views.standing import REQUESTS, StateView, state_view
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import Page
from sellergate.services.records import Row
from sellergate.services.shelf import Shelved

PRODUCTS: Final = "/m/products"

ANSWERED: Final = frozenset({Status.APPROVED, Status.REJECTED, Status.REVOKED, Status.EXPIRED, Status.CANCELLED})
WHICH: Final = {"": frozenset[Status](), "open": OPEN, "answered": ANSWERED}
"""Saved views of requests, by what the address says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine:
    """One record. `asked` is when it was asked for."""

    state: StateView | None
    name: str
    details: str
    supplier: str
    sku: str
    asked: str
    asked_iso: str
    asked_moment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichTab:
    """One saved view."""

    label: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnView:
    """A page of records, and where it goes on."""

    tabs: list[WhichTab]
    rows: list[OwnLine]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One step of a request's history."""

    icon: str
    kind: str
    text: str
    reason: str
    at: str
    at_iso: str
    ago: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDetailView:
    """One record in full."""

    line: OwnLine
    volume: str
    justification: str
    note: str
    reason: str
    can_cancel: bool
    history: list[Happened]


def own_view(visit: Visit, page: Page[Row], shelved: dict[str, Shelved], *, address: str, which: str = "") -> OwnView:
    """A page of records for people."""
    words = visit.words
    labels = {
        "": words.gettext("All requests"),
        "open": words.gettext("Not answered"),
        "answered": words.gettext("Answered"),
    }
    given = {"which": which} if which else {}
    return OwnView(
        tabs=[
            WhichTab(label=label, address=f"{REQUESTS}?which={name}" if name else REQUESTS, is_current=name == which)
            for name, label in labels.items()
        ],
        rows=[own_line(visit, row, shelved.get(row.authorization.product_id)) for row in page.items],
        total=page.total,
        next=None if page.next is None else f"{address}?{urlencode({**given, 'after': cursor(page.next)})}",
    )


def own_line(visit: Visit, row: Row, shelved: Shelved | None) -> OwnLine:
    """One record as a row; without a state where the directory does not know the product any more."""
    record, formats = row.authorization, visit.formats
    return OwnLine(
        state=None if shelved is None else state_view(visit, shelved),
        name=row.product.name if row.product else record.product_id,
        details=f"{REQUESTS}/{record.id}",
        supplier=row.supplier.name if row.supplier else record.supplier_id,
        sku=(row.product.sku if row.product else None) or record.product_id,
        asked=formats.ago(record.requested_at, visit.parts.now()),
        asked_iso=formats.iso(record.requested_at),
        asked_moment=formats.moment(record.requested_at),
    )


def own_detail_view(visit: Visit, row: Row, events: list[Event], shelved: Shelved | None) -> OwnDetailView:
    """One record in full, its history newest first, without what was refused."""
    record: Authorization = row.authorization
    return OwnDetailView(
        line=own_line(visit, row, shelved),
        volume=visit.formats.number(record.expected_volume),
        justification=record.business_justification or "",
        note=record.note or "",
        reason=record.reason or "",
        can_cancel=record.status is Status.INFO_REQUESTED,
        history=[_happened(visit, event) for event in reversed(events) if event.refused is None],
    )


def _happened(visit: Visit, event: Event) -> Happened:
    icon, kind, text = _told(visit.words, event)
    formats = visit.formats
    return Happened(
        icon=icon,
        kind=kind,
        text=text,
        reason=event.reason or "",
        at=formats.moment(event.at),
        at_iso=formats.iso(event.at),
        ago=formats.ago(event.at, visit.parts.now()),
    )


def _told(words: Words, event: Event) -> tuple[str, str, str]:
    by_rule = event.actor_role == Role.SYSTEM
    approved = words.gettext("Approved by the supplier's rules") if by_rule else words.gettext("Approved")
    return {
        Action.REQUEST.value: ("inbox", "", words.gettext("You asked for it")),
        Action.ASK_INFO.value: ("mail-question", "warn", words.gettext("The supplier asked a question")),
        Action.RESUBMIT.value: ("message-square-text", "", words.gettext("You answered")),
        Action.CANCEL.value: ("undo-2", "", words.gettext("The request was taken back")),
        Action.APPROVE.value: ("circle-check", "ok", approved),
        Action.REJECT.value: ("circle-x", "warn", words.gettext("Rejected")),
        Action.REVOKE.value: ("ban", "bad", words.gettext("Revoked")),
        Action.EXPIRE.value: ("calendar-clock", "warn", words.gettext("Expired")),
        Action.CLEAR_COOLDOWN.value: ("rotate-ccw", "ok", words.gettext("The cooldown was ended early")),
    }.get(event.action, ("circle-dashed", "", event.action))
