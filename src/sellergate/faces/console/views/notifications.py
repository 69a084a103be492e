"""Notifications as a list shows them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from sellergate.faces.console.cursors import cursor
from sellergate.faces.console.language import Words
from sellergate.faces.console.visit import Visit
from sellergate.ports.notices import Inbound
from sellergate.ports.queries import Page
from sellergate.services.directory import Names


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationItem:
    """One line. `kind` is the colour: ok, warn, bad or empty."""

    id: int
    icon: str
    kind: str
    text: str
    reason: str | None
    at: str
    at_iso: str
    ago: str
    is_unread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsView:
    """A page of them, and the address of the next."""

    items: list[NotificationItem]
    next: str | None
    unread: int


Told = Callable[[Words, Mapping[str, Any]], str]


def _seller_asked(words: Words, facts: Mapping[str, Any]) -> str:
    return words.gettext("%(seller)s asks to sell %(product)s", seller=facts["sellerId"], product=facts["productId"])


def _seller_answered(words: Words, facts: Mapping[str, Any]) -> str:
    return words.gettext(
        "%(seller)s answered your question about %(product)s", seller=facts["sellerId"], product=facts["productId"]
    )


def _seller_cancelled(words: Words, facts: Mapping[str, Any]) -> str:
    return words.gettext(
        "%(seller)s no longer asks to sell %(product)s", seller=facts["sellerId"], product=facts["productId"]
    )


def _announced(words: Words, facts: Mapping[str, Any]) -> str:
    subject = facts["subject"]
    return str(subject.get(words.language) or next(iter(subject.values()), ""))


KINDS: Final[Mapping[str, tuple[str, str, Told]]] = {
    "request.submitted": ("inbox", "", _seller_asked),
    "request.resubmitted": ("inbox", "", _seller_answered),
    "request.cancelled": ("x", "", _seller_cancelled),
    "request.info-asked": (
        "mail-question",
        "warn",
        lambda words, facts: words.gettext("The supplier of %(product)s has a question", product=facts["productId"]),
    ),
    "request.approved": (
        "circle-check",
        "ok",
        lambda words, facts: words.gettext("You may sell %(product)s", product=facts["productId"]),
    ),
    "request.rejected": (
        "circle-x",
        "warn",
        lambda words, facts: words.gettext("Your request for %(product)s was rejected", product=facts["productId"]),
    ),
    "authorization.revoked": (
        "ban",
        "bad",
        lambda words, facts: words.gettext("You may no longer sell %(product)s", product=facts["productId"]),
    ),
    "authorization.expired": (
        "calendar-clock",
        "warn",
        lambda words, facts: words.gettext("The approval for %(product)s has run out", product=facts["productId"]),
    ),
    "authorization.expiring": (
        "calendar-clock",
        "warn",
        lambda words, facts: words.gettext("The approval for %(product)s is about to end", product=facts["productId"]),
    ),
    "limit.reached": (
        "gauge",
        "warn",
        lambda words, facts: words.gettext("All %(n)s of your product slots are in use", n=facts["limit"]),
    ),
    "request.unanswered": (
        "clock",
        "warn",
        lambda words, facts: words.gettext(
            "%(seller)s still waits for an answer about %(product)s",
            seller=facts["sellerId"],
            product=facts["productId"],
        ),
    ),
    "inbox.backlog": (
        "inbox",
        "bad",
        lambda words, facts: words.gettext("%(n)s requests wait for you", n=facts["pending"]),
    ),
    "inbox.reminder": (
        "bell",
        "",
        lambda words, facts: words.gettext("A reminder: %(n)s requests wait for you", n=facts["pending"]),
    ),
    "announcement": ("megaphone", "", _announced),
    "cooldown.cleared": (
        "rotate-ccw",
        "ok",
        lambda words, facts: words.gettext("You can ask for %(product)s again", product=facts["productId"]),
    ),
}
"""Icon, colour and sentence of each kind of notice."""


def notifications_view(visit: Visit, page: Page[Inbound]) -> NotificationsView:
    """The page for people."""
    return NotificationsView(
        items=recent_items(visit, page.items),
        next=None if page.next is None else "/notifications?" + urlencode({"after": cursor(page.next)}),
        unread=visit.parts.notifications.unread(visit.actor),
    )


def recent_items(visit: Visit, rows: Sequence[Inbound]) -> list[NotificationItem]:
    """Notifications with the names of whom and what they are about."""
    facts = [row.notice.facts for row in rows]
    names = visit.parts.directory.names(
        sellers=[fact["sellerId"] for fact in facts if "sellerId" in fact],
        products=[fact["productId"] for fact in facts if "productId" in fact],
    )
    return [_item(visit, row, names) for row in rows]


def _named(facts: Mapping[str, Any], names: Names) -> Mapping[str, Any]:
    named = dict(facts)
    if "sellerId" in facts:
        named["sellerId"] = names.sellers.get(facts["sellerId"], facts["sellerId"])
    if "productId" in facts:
        named["productId"] = names.products.get(facts["productId"], facts["productId"])
    return named


def _item(visit: Visit, row: Inbound, names: Names) -> NotificationItem:
    notice, formats = row.notice, visit.formats
    icon, kind, told = KINDS.get(notice.kind, ("bell", "", lambda _words, _facts: notice.kind))
    return NotificationItem(
        id=row.id,
        icon=icon,
        kind=kind,
        text=told(visit.words, _named(notice.facts, names)),
        reason=notice.facts.get("reason"),
        at=formats.moment(notice.at),
        at_iso=formats.iso(notice.at),
        ago=formats.ago(notice.at, visit.parts.now()),
        is_unread=row.read_at is None,
    )
