"""In-app notifications as they are sent."""

from typing import Annotated, Any, Self

from pydantic import Field

from sellergate.domain.messages import Channel, Message, MessageState
from sellergate.domain.notices import Audience
from sellergate.domain.preferences import PERSONAL, Digest, Locale, Preferences
from sellergate.faces.wire import Text, UtcTime, WireIn, WireOut, wire_value
from sellergate.ports.notices import Inbound


class NotificationOut(WireOut):
    """Something the recipient should know; `readAt` is null until it was read."""

    id: int
    kind: str
    facts: dict[str, Any]
    at: UtcTime
    read_at: UtcTime | None

    @classmethod
    def of(cls, inbound: Inbound) -> Self:
        """The notification as it is sent."""
        notice = inbound.notice
        return cls(
            id=inbound.id, kind=notice.kind, facts=wire_value(notice.facts), at=notice.at, read_at=inbound.read_at
        )


MOST_MUTED = 100


class PreferencesIn(WireIn):
    """The whole of somebody's preferences: what is left out is set to what a seller has who never said anything.

    `muted` are kinds they are not mailed about; `locale` null: the one in the directory; `zone` null: the marketplace's.
    """

    email: bool = True
    digest: Annotated[Digest, Field(strict=False)] = Digest.IMMEDIATE
    muted: Annotated[list[Annotated[Text, Field(max_length=64)]], Field(max_length=MOST_MUTED, default_factory=list)]
    locale: Annotated[Locale | None, Field(strict=False)] = None
    zone: Annotated[Text | None, Field(max_length=64)] = None

    def preferences(self) -> Preferences:
        """The preferences as the rules know them."""
        return Preferences(
            email=self.email, digest=self.digest, muted=frozenset(self.muted), locale=self.locale, zone=self.zone
        )


class PreferencesOut(WireOut):
    """How somebody is told, and all kinds of things they are told of: those that `muted` may name."""

    email: bool
    digest: Digest
    muted: list[str]
    locale: Locale | None
    zone: str | None
    kinds: list[str]

    @classmethod
    def of(cls, preferences: Preferences, audience: Audience) -> Self:
        """The preferences as they are sent."""
        return cls(
            email=preferences.email,
            digest=preferences.digest,
            muted=sorted(preferences.muted),
            locale=preferences.locale,
            zone=preferences.zone,
            kinds=[kind.value for kind in PERSONAL[audience]],
        )


class MessageOut(WireOut):
    """A message and what became of it; `dueAt` is when it is tried next, `doneAt` when it was sent or given up."""

    id: int
    key: str
    channel: Channel
    address: str
    recipient: str
    locale: Locale
    state: MessageState
    attempts: int
    error: str | None
    created_at: UtcTime
    due_at: UtcTime
    done_at: UtcTime | None

    @classmethod
    def of(cls, message: Message) -> Self:
        """The message as it is sent."""
        return cls.model_validate(message)
