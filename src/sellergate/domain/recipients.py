"""Where a notice goes: which messages come of it, for whom, in which language, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sellergate.domain.messages import Channel, Item, Message
from sellergate.domain.notices import Audience, Notice
from sellergate.domain.occasions import is_severe
from sellergate.domain.preferences import Locale, Preferences, due_at

SLOTS: Final = 2
"""A digest that is being sent takes nothing more in; then the following one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destinations:
    """What the settings say about sending: whether there is a mail server, and the places and people of the operators.

    `locale` and `zone` are for those who have named none.
    """

    mail: bool = False
    operators: Sequence[str] = ()
    chats: Sequence[str] = ()
    pagers: Sequence[str] = ()
    webhooks: Sequence[str] = ()
    operator_locale: Locale = Locale.EN
    locale: Locale = Locale.KO
    zone: str = "Asia/Seoul"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A seller or supplier as one writes to them."""

    email: str | None
    locale: Locale | None
    preferences: Preferences


@dataclass(frozen=True, slots=True)
class Sending:
    """Something to be sent: the message, its next one where this one cannot take more in, and what it tells.

    `alternatives` has one message unless it is a digest.
    """

    alternatives: tuple[Message, ...]
    item: Item


def sendings(
    notice: Notice, id: int, person: Person | None, to: Destinations, now: datetime, *, repeated: bool, item: Item
) -> list[Sending]:
    """All that comes of a notice with the number `id`, told as `item`. What is only `repeated` is told to programs alone."""
    found = [_to_place(id, Channel.WEBHOOK, name, to, now=now, item=item) for name in to.webhooks]
    if repeated:
        return found
    if notice.audience is Audience.OPERATOR:
        return found + _to_operators(notice, id, to, now=now, item=item)
    if person is None or person.email is None or not to.mail or not person.preferences.wants_mail(notice.kind):
        return found
    return [*found, _to_person(notice, id, person, person.email, to, now=now, item=item)]


def _to_operators(notice: Notice, id: int, to: Destinations, *, now: datetime, item: Item) -> list[Sending]:
    places = [*to.chats, *(to.pagers if is_severe(notice.kind, notice.facts) else ())]
    mails = to.operators if to.mail else ()
    return [
        *(_to_place(id, Channel.EMAIL, address, to, now=now, item=item) for address in mails),
        *(_to_place(id, Channel.CHAT, name, to, now=now, item=item) for name in places),
    ]


def _to_place(id: int, channel: Channel, address: str, to: Destinations, *, now: datetime, item: Item) -> Sending:
    message = Message(
        key=f"notice:{id}:{channel}:{address}",
        channel=channel,
        address=address,
        recipient=address,
        locale=to.operator_locale,
        zone=to.zone,
        created_at=now,
        due_at=now,
    )
    return Sending((message,), item)


def _to_person(
    notice: Notice, id: int, person: Person, address: str, to: Destinations, *, now: datetime, item: Item
) -> Sending:
    choices = person.preferences
    zone = choices.zone or to.zone
    recipient = f"{notice.audience}:{notice.recipient_id}"
    slots = [due_at(notice.kind, choices.digest, now, zone)]
    together = slots[0] != now
    while together and len(slots) < SLOTS:
        slots.append(due_at(notice.kind, choices.digest, slots[-1], zone))
    locale = choices.locale or person.locale or to.locale
    return Sending(
        tuple(
            Message(
                key=f"digest:{recipient}:{address}:{slot.isoformat()}" if together else f"notice:{id}:{Channel.EMAIL}",
                channel=Channel.EMAIL,
                address=address,
                recipient=recipient,
                locale=locale,
                zone=zone,
                created_at=now,
                due_at=slot,
            )
            for slot in slots
        ),
        item,
    )
