"""The audit trail as its list shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from sellergate.domain.audit import Event
from sellergate.domain.authorization import Action
from sellergate.faces.console.cursors import cursor
from sellergate.faces.console.formats import NOTHING
from sellergate.faces.console.views.directory import Mark
from sellergate.faces.console.views.history import KINDS, action_names
from sellergate.faces.console.views.requests import FilterOption
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import Page
from sellergate.services.audit import ChainState

ADDRESS: Final = "/o/audit"
SELLER_ACTIONS: Final = ("approve-role", "revoke-role", "suspend", "reactivate")
ACTIONS: Final = (*(action.value for action in Action), *SELLER_ACTIONS)
FILTERS: Final = ("action", "outcome", "seller", "product", "supplier", "actor", "since", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One event."""

    sequence: int
    at: datetime
    mark: Mark
    refused: str
    seller: str
    product: str
    move: str
    actor: str
    role: str
    reason: str
    is_sealed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainView:
    """How far the chain has got."""

    newest: int
    newest_at: datetime | None
    sealed_to: int
    waiting: int
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """A page of events with their filters."""

    rows: list[AuditLine]
    total: int
    actions: list[FilterOption]
    given: dict[str, str]
    is_filtered: bool
    next: str | None
    export: str


def chain_view(state: ChainState) -> ChainView:
    """The chain for people. Numbers may have gaps: what waits is at most so many."""
    newest, sealed_to = state.newest, state.sealed_to or 0
    return ChainView(
        newest=0 if newest is None else newest.sequence,
        newest_at=None if newest is None else newest.at,
        sealed_to=sealed_to,
        waiting=0 if newest is None else max(0, newest.sequence - sealed_to),
        seal=(state.seal or "")[:12],
    )


def audit_view(visit: Visit, page: Page[Event], sealed_to: int | None) -> AuditView:
    """The page for people."""
    given = {name: value for name, value in visit.query.items() if name in FILTERS}
    names = _action_names(visit)
    return AuditView(
        rows=_lines(visit, page.items, names, sealed_to or 0),
        total=page.total,
        actions=[
            FilterOption(value=action, label=names[action], is_chosen=action == given.get("action"))
            for action in ACTIONS
        ],
        given=dict.fromkeys(FILTERS, "") | given,
        is_filtered=bool(given),
        next=None if page.next is None else f"{ADDRESS}?{urlencode({**given, 'after': cursor(page.next)})}",
        export=f"{ADDRESS}/export?{urlencode(given)}" if given else f"{ADDRESS}/export",
    )


def _action_names(visit: Visit) -> dict[str, str]:
    words = visit.words
    return action_names(words) | {
        Action.CLEAR_COOLDOWN: words.gettext("Cooldown ended early"),
        "approve-role": words.gettext("Seller approved"),
        "revoke-role": words.gettext("Seller ended for good"),
        "suspend": words.gettext("Seller suspended"),
        "reactivate": words.gettext("Seller reactivated"),
    }


def _lines(visit: Visit, events: Sequence[Event], names: dict[str, str], sealed_to: int) -> list[AuditLine]:
    called = visit.parts.naming.of(
        sellers=(event.seller_id for event in events), products=(event.product_id or "" for event in events)
    )

    def line(event: Event) -> AuditLine:
        kind, icon = ("warn", "ban") if event.refused else KINDS.get(event.action, ("mute", "circle-dashed"))
        return AuditLine(
            sequence=event.sequence,
            at=event.at,
            mark=Mark(kind=kind, text=names.get(event.action, event.action), icon=icon),
            refused=event.refused or "",
            seller=called.seller(event.seller_id),
            product=called.product(event.product_id) if event.product_id else NOTHING,
            move=event.from_status
            if event.from_status == event.to_status
            else f"{event.from_status} → {event.to_status}",
            actor=event.actor_id,
            role=event.actor_role,
            reason=event.reason or "",
            is_sealed=event.sequence <= sealed_to,
        )

    return [line(event) for event in events]
