"""What is kept of what people are told: the in-app list, the outbox, the messages, and what time has brought about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sellergate.domain.authorization import Authorization
from sellergate.domain.messages import Channel, Item, Message, MessageState
from sellergate.domain.notices import Audience, Notice
from sellergate.domain.preferences import Preferences, Said
from sellergate.ports.queries import Page, PageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A notice in somebody's in-app list."""

    id: int
    notice: Notice
    read_at: datetime | None


class Notices(Protocol):
    """Who is to be told what: the in-app list, and the outbox of what has not been turned into messages yet."""

    def put(self, notice: Notice) -> None:
        """Into the recipient's in-app list and into the outbox, both or neither."""

    def inbound(self, audience: Audience, recipient_id: str, page: PageRequest) -> Page[Inbound]:
        """A recipient's in-app list, newest first."""

    def mark_read(self, id: int, audience: Audience, recipient_id: str, at: datetime) -> Inbound | None:
        """Mark one read, unless it was; None when the recipient has no such notice."""

    def unread(self, audience: Audience, recipient_id: str) -> int:
        """How many notices in the recipient's list have not been read."""

    def outbox_size(self) -> int:
        """How many notices wait in the outbox."""

    def waits(self) -> bool:
        """Whether a notice waits in the outbox."""

    def take(self, limit: int) -> list[Inbound]:
        """Out of the outbox, oldest first; what another work takes at the same time is left to it."""

    def said(self, thread: str) -> Said | None:
        """What was last said in this thread, or None."""

    def say(self, thread: str, said: Said) -> None:
        """Remember what was said last."""

    def preferences(self, audience: Audience, recipient_id: str) -> Preferences | None:
        """The recipient's choices, or None when they never made any."""

    def put_preferences(self, audience: Audience, recipient_id: str, preferences: Preferences) -> None:
        """Store them whole."""

    def forget(self, before: datetime) -> int:
        """Delete in-app notices of before then that are not in the outbox, and what was said then; how many notices."""


class Messages(Protocol):
    """What waits to be sent, and what became of it."""

    def put(self, message: Message, items: Sequence[Item]) -> int | None:
        """Store a new message; the answer is its id. None, and nothing is stored, when there is one of this key."""

    def join(self, key: str, items: Sequence[Item]) -> bool:
        """Add to the message of this key; False when there is none, or it is being sent, or was."""

    def is_due(self, channel: Channel, now: datetime) -> bool:
        """Whether a message waits for this channel."""

    def take(self, channel: Channel, now: datetime, until: datetime) -> Message | None:
        """The message that has been due for longest, leased: nobody else gets it before `until`. None when none is due."""

    def items(self, id: int) -> list[Item]:
        """What a message tells, oldest first."""

    def items_of(self, ids: Iterable[int]) -> Mapping[int, list[Item]]:
        """What each of these messages tells, oldest first; ids of no message are left out."""

    def save(self, before: Message, after: Message) -> bool:
        """Compare and set by state and lease; False, and nothing is written, when `before` is not true any more."""

    def get(self, id: int) -> Message | None:
        """The message of this id, or None."""

    def list(self, state: MessageState, page: PageRequest, channel: Channel | None = None) -> Page[Message]:
        """A page of the messages that stand so, by any channel or by this one, newest first."""

    def counts(self) -> Mapping[MessageState, int]:
        """How many are PENDING and how many DEAD."""

    def forget(self, sent_before: datetime, dead_before: datetime) -> int:
        """Delete those sent, and those given up, before then; the answer is how many."""


@dataclass(frozen=True, slots=True)
class Mark:
    """That something has been told: of which kind, about what, and of which version of it."""

    kind: str
    subject: str
    version: int


class Occasions(Protocol):
    """What time brings about. It is told once: whoever settles the mark tells it, in the same work."""

    def settle(self, mark: Mark, at: datetime) -> bool:
        """True if this call made the mark, False if it was there."""

    def unsettle(self, mark: Mark) -> bool:
        """Take a mark back: it may be told again. False if it was not there."""

    def settled(self, kind: str) -> list[Mark]:
        """Every mark of a kind, by subject and version."""

    def expiring(self, now: datetime, until: datetime, limit: int) -> list[Authorization]:
        """Approvals that end after `now` and not after `until`, soonest first, without a mark AUTHORIZATION_EXPIRING."""

    def unanswered(self, since: datetime, limit: int) -> list[Authorization]:
        """Requests that have waited since then or longer, longest first, without a mark REQUEST_UNANSWERED."""

    def forget(self, before: datetime) -> int:
        """Delete marks of before then; the answer is how many."""
