"""Messages that could not be delivered, as their list shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from sellergate.domain.messages import Channel, Item, Message, MessageState
from sellergate.domain.notices import Audience, Kind
from sellergate.faces.console.cursors import cursor, read_cursor
from sellergate.faces.console.formats import NOTHING
from sellergate.faces.console.language import Words
from sellergate.faces.console.views.requests import FilterOption
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import PageRequest
from sellergate.services.naming import Names

ADDRESS: Final = "/o/notices"
A_PAGE: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One message. `detail` is the subject of an announcement; a digest tells `more` than its first event."""

    id: int
    to: str
    address: str
    event: str
    detail: str
    more: int
    channel: str
    attempts: int
    at: datetime
    ago: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesView:
    """A page of them. `channel` is the one filtered by; `silent` are those by which this server sends nothing."""

    rows: list[NoticeLine]
    total: int
    channel: str
    channels: list[FilterOption]
    silent: list[str]
    here: str
    next: str | None


def chosen_channel(name: str) -> Channel | None:
    """The channel of this name; None where there is none: then nothing is left out."""
    return Channel(name) if name in set(Channel) else None


def notices_view(visit: Visit, channel: Channel | None, after: str) -> NoticesView:
    """A page of what was given up, by any channel or by this one."""
    outbox, names = visit.parts.outbox, channel_names(visit.words)
    page = outbox.list(MessageState.DEAD, PageRequest(A_PAGE, read_cursor(after)), channel)
    given = {"channel": channel.value} if channel else {}
    return NoticesView(
        rows=_lines(visit, page.items, outbox.told(page.items)),
        total=page.total or 0,
        channel=channel.value if channel else "",
        channels=[
            FilterOption(value=each.value, label=label, is_chosen=each is channel) for each, label in names.items()
        ],
        silent=[names[each] for each in Channel if each not in visit.parts.channels and _is_among(each, page.items)],
        here=_address({**given, **({"after": after} if after else {})}),
        next=None if page.next is None else _address({**given, "after": cursor(page.next)}),
    )


def _is_among(channel: Channel, messages: Sequence[Message]) -> bool:
    return any(message.channel is channel for message in messages)


def _address(given: Mapping[str, str]) -> str:
    return f"{ADDRESS}?{urlencode(given)}" if given else ADDRESS


def channel_names(words: Words) -> dict[Channel, str]:
    """What each channel is called."""
    return {
        Channel.EMAIL: words.pgettext("channel", "E-mail"),
        Channel.CHAT: words.pgettext("channel", "Chat or pager"),
        Channel.WEBHOOK: words.pgettext("channel", "Webhook"),
    }


def event_names(words: Words) -> dict[str, str]:
    """What each kind of notice tells."""
    return {
        Kind.SUBMITTED: words.gettext("Request submitted"),
        Kind.RESUBMITTED: words.gettext("Question answered"),
        Kind.CANCELLED: words.gettext("Request cancelled"),
        Kind.UNANSWERED: words.gettext("Request unanswered"),
        Kind.INFO_ASKED: words.gettext("Question asked"),
        Kind.APPROVED: words.gettext("Request approved"),
        Kind.REJECTED: words.gettext("Request rejected"),
        Kind.REVOKED: words.gettext("Approval revoked"),
        Kind.EXPIRING: words.gettext("Approval ends soon"),
        Kind.EXPIRED: words.gettext("Approval ended"),
        Kind.COOLDOWN_CLEARED: words.gettext("Cooldown ended early"),
        Kind.LIMIT_REACHED: words.gettext("Product limit reached"),
        Kind.BACKLOG: words.gettext("Inbox is filling up"),
        Kind.REMINDER: words.gettext("Reminder of the inbox"),
        Kind.PHASE_CHANGED: words.gettext("Phase changed"),
        Kind.VERDICT_CHANGED: words.gettext("Verdict changed"),
        Kind.ROLLED_BACK: words.gettext("Rolled back"),
        Kind.ANNOUNCEMENT: words.gettext("Announcement"),
    }


def _lines(visit: Visit, messages: Sequence[Message], told: Mapping[int, Sequence[Item]]) -> list[NoticeLine]:
    names, ways, called = event_names(visit.words), channel_names(visit.words), _called(visit, messages)
    now = visit.parts.now()

    def line(message: Message) -> NoticeLine:
        items = told.get(message.id, ())
        kind = items[0].kind if items else NOTHING
        name, at = _name(message, called), message.done_at or message.created_at
        return NoticeLine(
            id=message.id,
            to=name or message.address,
            address=message.address if name else "",
            event=names.get(kind, kind),
            detail=_subject(visit.words, items[0]) if items else "",
            more=max(0, len(items) - 1),
            channel=ways[message.channel],
            attempts=message.attempts,
            at=at,
            ago=visit.formats.ago(at, now),
            error=message.error or NOTHING,
        )

    return [line(message) for message in messages]


def _called(visit: Visit, messages: Sequence[Message]) -> Names:
    ids: dict[str, list[str]] = {}
    for message in messages:
        side, _, id = message.recipient.partition(":")
        ids.setdefault(side, []).append(id)
    return visit.parts.naming.of(sellers=ids.get(Audience.SELLER, ()), suppliers=ids.get(Audience.SUPPLIER, ()))


def _name(message: Message, called: Names) -> str:
    """Whom of the directory it is for; an empty text for a place of the settings."""
    side, _, id = message.recipient.partition(":")
    return {Audience.SELLER.value: called.seller, Audience.SUPPLIER.value: called.supplier}.get(side, lambda _id: "")(
        id
    )


def _subject(words: Words, item: Item) -> str:
    if item.kind != Kind.ANNOUNCEMENT:
        return ""
    subject = item.facts.get("subject", {})
    return str(subject.get(words.language) or next(iter(subject.values()), ""))
