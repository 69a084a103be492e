"""Where sessions of browsers and people's preferences are kept."""

from datetime import datetime
from typing import Protocol

from sellergate.domain.sessions import Account, DisplayPreferences, Session


class Sessions(Protocol):
    """The sessions, by id."""

    def find(self, id: str) -> Session | None:
        """The session of this id, however old, or None."""

    def add(self, session: Session) -> None:
        """Keep a new one."""

    def switch(self, id: str, account: Account) -> None:
        """From now on the session acts as this account; nothing happens when there is no such session."""

    def saw(self, id: str, at: datetime) -> None:
        """The session was used then; an earlier moment than the stored one changes nothing."""

    def end(self, id: str) -> None:
        """Forget this one."""

    def end_all(self, subject: str) -> int:
        """Forget every session of this person; the answer is how many."""

    def forget(self, unused_since: datetime, begun_before: datetime) -> int:
        """Delete what was not used since the one moment, and what began before the other; the answer is how many."""


class PreferenceRecords(Protocol):
    """What people like, by subject."""

    def of(self, subject: str) -> DisplayPreferences:
        """The person's preferences; the default ones when nothing was kept."""

    def put(self, subject: str, preferences: DisplayPreferences) -> None:
        """Keep them whole."""
