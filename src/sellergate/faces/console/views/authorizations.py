"""All authorizations, as an admin looks through them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from sellergate.domain.audit import Event
from sellergate.domain.authorization import Action, Status, actions_open
from sellergate.domain.identifiers import Role
from sellergate.faces.console.cursors import cursor
from sellergate.faces.console.language import Words
from sellergate.faces.console.views.directory import DIRECTORY, Mark
from sellergate.faces.console.views.history import action_names
from sellergate.faces.console.views.requests import FilterOption
from sellergate.faces.console.views.tiers import TierOption, tier_label, tiers
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import AuthorizationQuery, Page
from sellergate.services.propagation import Receipt
from sellergate.services.records import Row

AUTHORIZATIONS: Final = "/a/authorizations"
STATUSES: Final = tuple(status for status in Status if status is not Status.NONE)
FILTERS: Final = ("q", "status", "tier", "supplier", "seller", "product", "sort")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """One record, and what an admin may do about it."""

    id: str
    address: str
    seller: str
    seller_address: str
    tier: str
    tier_label: str
    product: str
    product_address: str
    supplier: str
    mark: Mark
    cooldown: str
    cooldown_iso: str
    asked: str
    asked_iso: str
    asked_moment: str
    can_revoke: bool
    can_clear: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsView:
    """A page of them with its filters."""

    rows: list[RecordLine]
    total: int
    search: str
    statuses: list[FilterOption]
    tiers: list[TierOption]
    sorts: list[FilterOption]
    kept: list[tuple[str, str]]
    is_filtered: bool
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStep:
    """One event, those that were refused included."""

    text: str
    refused: str
    by: str
    reason: str
    at: str
    at_iso: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDetail:
    """One record in full; `receipt` is how far a revocation has got."""

    line: RecordLine
    facts: list[tuple[str, str]]
    justification: str
    note: str
    reason: str
    events: list[EventStep]
    receipt: str = ""
    is_everywhere: bool = True


def records_view(visit: Visit, query: AuthorizationQuery, page: Page[Row]) -> RecordsView:
    """The page for people. Filters without a field of their own stay as they are."""
    words = visit.words
    given = {name: value for name, value in visit.query.items() if name in FILTERS}
    names = {status: mark_of(words, status).text for status in STATUSES}
    newest = given.get("sort") != "oldest"
    return RecordsView(
        rows=[record_line(visit, row) for row in page.items],
        total=page.total,
        search=query.search or "",
        statuses=[
            FilterOption(value=each.value, label=names[each], is_chosen=each in query.statuses) for each in STATUSES
        ],
        tiers=tiers(words, query.tier),
        sorts=[
            FilterOption(value="", label=words.gettext("Newest first"), is_chosen=newest),
            FilterOption(value="oldest", label=words.gettext("Oldest first"), is_chosen=not newest),
        ],
        kept=[(name, given[name]) for name in ("supplier", "seller", "product") if name in given],
        is_filtered=any(name != "sort" for name in given),
        next=None if page.next is None else f"{AUTHORIZATIONS}?{urlencode({**given, 'after': cursor(page.next)})}",
    )


def record_line(visit: Visit, row: Row) -> RecordLine:
    """One record as a row."""
    record, formats, now = row.authorization, visit.formats, visit.parts.now()
    until = record.cooldown_until if record.status is Status.REJECTED else None
    is_cooling = until is not None and until > now
    moves = actions_open(row.status, Role.ADMIN)
    return RecordLine(
        id=record.id,
        address=f"{AUTHORIZATIONS}/{record.id}",
        seller=row.seller.name if row.seller else record.seller_id,
        seller_address=f"{DIRECTORY}/sellers/{record.seller_id}",
        tier=row.seller.tier.value.lower() if row.seller else "",
        tier_label=tier_label(visit.words, row.seller.tier) if row.seller else "",
        product=row.product.name if row.product else record.product_id,
        product_address=f"{DIRECTORY}/products/{record.product_id}",
        supplier=row.supplier.name if row.supplier else record.supplier_id,
        mark=mark_of(visit.words, row.status),
        cooldown=visit.words.gettext("Cooldown until %(moment)s", moment=formats.moment(until))
        if is_cooling and until
        else "",
        cooldown_iso=formats.iso(until) if until else "",
        asked=formats.ago(record.requested_at, now),
        asked_iso=formats.iso(record.requested_at),
        asked_moment=formats.moment(record.requested_at),
        can_revoke=Action.REVOKE in moves,
        can_clear=Action.CLEAR_COOLDOWN in moves and is_cooling,
    )


def mark_of(words: Words, status: Status) -> Mark:
    """A status as a badge."""
    marks: Mapping[Status, tuple[str, str, str]] = {
        Status.REQUESTED: ("info", words.gettext("Waiting"), "clock"),
        Status.INFO_REQUESTED: ("warn", words.gettext("Seller is asked"), "mail-question"),
        Status.APPROVED: ("ok", words.gettext("Approved"), "circle-check"),
        Status.REJECTED: ("warn", words.gettext("Rejected"), "circle-x"),
        Status.REVOKED: ("bad", words.gettext("Revoked"), "ban"),
        Status.CANCELLED: ("mute", words.gettext("Taken back"), "undo-2"),
        Status.EXPIRED: ("warn", words.gettext("Expired"), "calendar-clock"),
    }
    kind, text, icon = marks[status]
    return Mark(kind=kind, text=text, icon=icon)


def record_detail(visit: Visit, row: Row, events: list[Event], receipt: Receipt | None = None) -> RecordDetail:
    """One record in full, its events newest first."""
    record, words, formats = row.authorization, visit.words, visit.formats
    names = action_names(words)
    facts = [
        (words.gettext("Asked"), formats.moment(record.requested_at)),
        (words.gettext("Expected volume"), formats.number(record.expected_volume)),
        (words.gettext("Version"), formats.number(record.version)),
        (words.gettext("Decided by"), record.decided_by or ""),
        (words.gettext("Until"), formats.moment(record.expires_at) if record.expires_at else ""),
    ]
    return RecordDetail(
        line=record_line(visit, row),
        facts=[(label, value) for label, value in facts if value],
        justification=record.business_justification or "",
        note=record.note or "",
        reason=record.reason or "",
        events=[
            EventStep(
                text=names.get(event.action, event.action),
                refused=event.refused or "",
                by=f"{event.actor_id} ({event.actor_role})",
                reason=event.reason or "",
                at=formats.moment(event.at),
                at_iso=formats.iso(event.at),
            )
            for event in reversed(events)
        ],
        receipt="" if receipt is None else _receipt(visit, receipt),
        is_everywhere=receipt is None or receipt.complete,
    )


def _receipt(visit: Visit, receipt: Receipt) -> str:
    number = visit.formats.number
    return visit.words.gettext(
        "%(n)s of %(m)s processes denied it after %(t)s ms.",
        n=number(receipt.applied),
        m=number(receipt.processes),
        t=number(receipt.milliseconds),
    )
