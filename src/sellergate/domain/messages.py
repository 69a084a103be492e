"""What waits to be sent, and what becomes of it: a state machine in which nothing is lost and no two send at once.

PENDING ── leased ──► PENDING, nobody else's for a while ── sent ──► SENT
   ▲                        │ failed: later again
   └──── retried ── DEAD ◄──┘ failed for good, or too often
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from sellergate.domain.errors import InvalidStatus
from sellergate.domain.preferences import Locale

ERROR_MAX: Final = 300
"""Characters kept of why a message could not be delivered."""


class Channel(StrEnum):
    """By what a message travels. What is in the app needs no carrying."""

    EMAIL = "email"
    CHAT = "chat"
    """A place of the settings that Apprise reaches: Slack, PagerDuty and many others."""
    WEBHOOK = "webhook"


class MessageState(StrEnum):
    """Whether a message still has to be sent."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing a message tells; a digest has several. `facts` are what its template is filled with."""

    kind: str
    audience: str
    facts: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one address. `key` says what it is about and to whom: there is never a second one of the same.

    `address` is an e-mail address, or the name of a place in the settings; `recipient` names whom it is for, to people.
    `due_at` is when it is to be tried next; while somebody sends it, when it may be taken from them. `lease` counts who has
    taken it, and only the last one's word about it counts. `done_at` is when it was sent, or given up.
    """

    id: int = 0
    key: str
    channel: Channel
    address: str
    recipient: str
    locale: Locale
    zone: str
    created_at: datetime
    due_at: datetime
    state: MessageState = MessageState.PENDING
    attempts: int = 0
    lease: int = 0
    error: str | None = None
    done_at: datetime | None = None

    @property
    def uid(self) -> str:
        """The same at every attempt, so that whoever receives it twice can tell."""
        return sha256(f"{self.key}\n{self.created_at.isoformat()}".encode()).hexdigest()[:32]

    def is_due(self, now: datetime) -> bool:
        """Whether it may be taken and sent."""
        return self.state is MessageState.PENDING and self.due_at <= now

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has begun to send it, so that something can still be added."""
        return self.state is MessageState.PENDING and self.lease == 0

    def leased(self, now: datetime, for_: timedelta) -> "Message":
        """It is sent now, and by nobody else for so long."""
        self._check(MessageState.PENDING, "be sent")
        return replace(self, due_at=now + for_, attempts=self.attempts + 1, lease=self.lease + 1)

    def sent(self, now: datetime) -> "Message":
        """It has been accepted by whoever carries it on."""
        self._check(MessageState.PENDING, "be marked as sent")
        return replace(self, state=MessageState.SENT, done_at=now, error=None)

    def failed(self, now: datetime, error: str, backoff: "Backoff", *, final: bool, dice: float) -> "Message":
        """It was not accepted: once more later, or never when that is `final` or all attempts are used up."""
        self._check(MessageState.PENDING, "fail")
        told = " ".join(error.split())[:ERROR_MAX]
        if final or self.attempts >= backoff.attempts:
            return replace(self, state=MessageState.DEAD, done_at=now, error=told)
        return replace(self, due_at=now + backoff.pause(self.attempts, dice), error=told)

    def retried(self, now: datetime) -> "Message":
        """Somebody wants a dead one sent after all: with all its attempts, from now on. Raises InvalidStatus for another."""
        self._check(MessageState.DEAD, "be tried again")
        return replace(self, state=MessageState.PENDING, due_at=now, attempts=0, done_at=None)

    def _check(self, expected: MessageState, what: str) -> None:
        if self.state is not expected:
            raise InvalidStatus(f"A message that is {self.state} cannot {what}.", state=self.state.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How often a message is tried, and how long between: twice as long each time, never longer than `longest`."""

    attempts: int = 16
    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(hours=1)

    def pause(self, attempts: int, dice: float) -> timedelta:
        """How long to wait after so many attempts. `dice`, 0 to 1, takes up to half away: those who failed together come apart."""
        doubled = min(self.first * (1 << min(attempts - 1, 30)), self.longest)
        return doubled * (1 - dice / 2)
