"""Decisions as their list shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from sellergate.domain.audit import Event
from sellergate.domain.authorization import Action
from sellergate.domain.identifiers import SYSTEM
from sellergate.faces.console.cursors import cursor
from sellergate.faces.console.formats import ZONE
from sellergate.faces.console.language import Words
from sellergate.faces.console.views.requests import FilterOption
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import EventQuery, Page
from sellergate.services.records import EventRow

ADDRESS: Final = "/s/history"
ACTIONS: Final = tuple(
    action.value
    for action in (
        Action.APPROVE,
        Action.REJECT,
        Action.ASK_INFO,
        Action.REVOKE,
        Action.REQUEST,
        Action.RESUBMIT,
        Action.CANCEL,
        Action.EXPIRE,
    )
)
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    Action.APPROVE: ("ok", "circle-check"),
    Action.REJECT: ("warn", "circle-x"),
    Action.REVOKE: ("bad", "ban"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One decision. `is_rule`: no person has made it."""

    action: str
    kind: str
    icon: str
    seller: str
    product: str
    reason: str
    actor: str
    is_rule: bool
    at: str
    at_iso: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """A page of them, its filters, and where it goes on."""

    rows: list[EventLine]
    total: int
    actions: list[FilterOption]
    seller: str
    product: str
    since: str
    until: str
    by_rule: bool
    is_filtered: bool
    next: str | None
    export: str


def history_view(visit: Visit, query: EventQuery, page: Page[EventRow]) -> HistoryView:
    """The page for people."""
    given = {name: value for name, value in visit.query.items() if name != "after"}
    names = action_names(visit.words)
    return HistoryView(
        rows=[_line(visit, row, names) for row in page.items],
        total=page.total,
        actions=[
            FilterOption(value=action, label=names[action], is_chosen=action == query.action) for action in ACTIONS
        ],
        seller=query.seller_id or "",
        product=query.product_id or "",
        since="" if query.since is None else query.since.astimezone(ZONE).date().isoformat(),
        until=visit.query.get("until", "") if query.until else "",
        by_rule=query.actor_id == SYSTEM.id,
        is_filtered=bool(given),
        next=None if page.next is None else f"{ADDRESS}?{urlencode({**given, 'after': cursor(page.next)})}",
        export=f"{ADDRESS}/export?{urlencode(given)}" if given else f"{ADDRESS}/export",
    )


def action_names(words: Words) -> dict[str, str]:
    """What was done, by its name."""
    return {
        Action.APPROVE: words.gettext("Approved"),
        Action.REJECT: words.gettext("Rejected"),
        Action.ASK_INFO: words.gettext("Asked for information"),
        Action.REVOKE: words.gettext("Revoked"),
        Action.REQUEST: words.gettext("Requested"),
        Action.RESUBMIT: words.gettext("Answered by the seller"),
        Action.CANCEL: words.gettext("Taken back by the seller"),
        Action.EXPIRE: words.gettext("Expired"),
    }


def _line(visit: Visit, row: EventRow, names: Mapping[str, str]) -> EventLine:
    event: Event = row.event
    kind, icon = KINDS.get(event.action, ("", "circle-dashed"))
    return EventLine(
        action=names.get(event.action, event.action),
        kind=kind,
        icon=icon,
        seller=row.seller.name if row.seller else event.seller_id,
        product=row.product.name if row.product else event.product_id or "",
        reason=event.reason or "",
        actor=event.actor_id,
        is_rule=event.actor_id == SYSTEM.id,
        at=visit.formats.moment(event.at),
        at_iso=visit.formats.iso(event.at),
    )
