"""Whom an announcement reaches: the addresses and chats that the settings have for its audience, or everybody in the directory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sellergate.domain.communication import Announcement
from sellergate.domain.communication import Channel as Way
from sellergate.domain.messages import Channel
from sellergate.domain.notices import Audience
from sellergate.domain.preferences import Locale
from sellergate.services.outbox import Address

IN_DIRECTORY: Final[Mapping[str, Audience]] = {"sellers": Audience.SELLER, "suppliers": Audience.SUPPLIER}
"""Who is told one by one: in the app, and by e-mail as each has chosen."""
OUTSIDE: Final = frozenset({*IN_DIRECTORY, "partners"})
"""Who is told in the marketplace's language; all others are told in the operators'."""
_PERSONAL: Final = frozenset({Way.EMAIL, Way.IN_APP, Way.DASHBOARD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What the settings say: e-mail addresses by audience, the names of chats, whether there is a mail server, and languages."""

    mails: Mapping[str, Sequence[str]] = field(default_factory=dict)
    chats: frozenset[str] = frozenset()
    mail: bool = False
    inside: Locale = Locale.EN
    outside: Locale = Locale.KO


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Where an announcement goes: addresses, and one side of the directory. `missing` says what the settings lack, and where."""

    addresses: tuple[Address, ...] = ()
    everybody: Audience | None = None
    missing: tuple[str, ...] = ()

    @property
    def is_somebody(self) -> bool:
        """Whether anybody is told."""
        return bool(self.addresses) or self.everybody is not None

    def reach(self, people: Mapping[Audience, int]) -> int:
        """How many recipients that is, when so many people are on each side of the directory."""
        return len(self.addresses) + (0 if self.everybody is None else people[self.everybody])

    @property
    def places(self) -> tuple[str, ...]:
        """The places by name."""
        named = tuple(f"{one.channel}:{one.address}" for one in self.addresses)
        return named if self.everybody is None else (*named, f"every {self.everybody}")


def audience_name(audience: str) -> str:
    """An audience as the settings name it: `Engineering Team` is engineering-team."""
    return "-".join(audience.lower().split())


def whom(one: Announcement, to: Places, zone: str) -> Whom:
    """Where this announcement goes; `zone` is the plan's."""
    name = audience_name(one.audience)
    locale = to.outside if name in OUTSIDE else to.inside
    everybody = IN_DIRECTORY.get(name) if _PERSONAL.intersection(one.channels) else None
    addresses: list[Address] = []
    missing: list[str] = []
    for way in one.channels:
        if way in _PERSONAL and everybody is not None:
            continue
        found = list(_addresses(one, way, to))
        addresses += [Address(channel=by, address=at, locale=locale, zone=zone) for by, at in found]
        if not found:
            missing.append(_missing(one, way, to))
    return Whom(addresses=tuple(addresses), everybody=everybody, missing=tuple(missing))


def _addresses(one: Announcement, way: Way, to: Places) -> Iterator[tuple[Channel, str]]:
    if way is Way.EMAIL and to.mail:
        listed = [one.to] if one.to and "@" in one.to else to.mails.get(audience_name(one.audience), ())
        yield from ((Channel.EMAIL, address) for address in listed)
    elif way in (Way.SLACK, Way.PAGERDUTY) and _chat(one) in to.chats:
        yield Channel.CHAT, _chat(one)


def _chat(one: Announcement) -> str:
    """`#phase9-rollout` is the chat of that name; without a place it is the audience's."""
    return (one.to or audience_name(one.audience)).lower().removeprefix("#")


def _missing(one: Announcement, way: Way, to: Places) -> str:
    name = audience_name(one.audience)
    if way is Way.EMAIL:
        if not to.mail:
            return "There is no mail server: set SELLERGATE_SMTP_URL."
        return f"There is no e-mail address of {name}: add {name}=ADDRESS to SELLERGATE_ANNOUNCE_EMAILS."
    if way in (Way.SLACK, Way.PAGERDUTY):
        return f"There is no chat {_chat(one)}: add {_chat(one)}=URL to SELLERGATE_ANNOUNCE_CHAT_URLS."
    return f"{one.audience} have nothing in the app: only sellers and suppliers do."
