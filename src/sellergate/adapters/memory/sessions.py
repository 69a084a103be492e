"""Sessions and preferences in dictionaries."""

from dataclasses import replace
from datetime import datetime

from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.sessions import Account, DisplayPreferences, Session


class MemorySessions:
    """The sessions, by id."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def find(self, id: str) -> Session | None:
        """The session of this id, however old, or None."""
        return self._tables.sessions.get(id)

    def add(self, session: Session) -> None:
        """Keep a new one."""
        check_times(session.began_at, session.seen_at)
        self._tables.sessions.put(session.id, session)

    def switch(self, id: str, account: Account) -> None:
        """From now on the session acts as this account."""
        session = self._tables.sessions.get(id)
        if session is not None:
            self._tables.sessions.put(id, replace(session, account=account))

    def saw(self, id: str, at: datetime) -> None:
        """The session was used then."""
        check_times(at)
        session = self._tables.sessions.get(id)
        if session is not None and session.seen_at < at:
            self._tables.sessions.put(id, replace(session, seen_at=at))

    def end(self, id: str) -> None:
        """Forget this one."""
        self._tables.sessions.remove(id)

    def end_all(self, subject: str) -> int:
        """Forget every session of this person; the answer is how many."""
        return self._remove([session for session in self._tables.sessions if session.person.subject == subject])

    def forget(self, unused_since: datetime, begun_before: datetime) -> int:
        """Delete what was not used since the one moment, and what began before the other; the answer is how many."""
        check_times(unused_since, begun_before)
        return self._remove(
            [
                session
                for session in self._tables.sessions
                if session.seen_at < unused_since or session.began_at < begun_before
            ]
        )

    def _remove(self, sessions: list[Session]) -> int:
        for session in sessions:
            self._tables.sessions.remove(session.id)
        return len(sessions)


class MemoryPreferences:
    """What people like, by subject."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def of(self, subject: str) -> DisplayPreferences:
        """The person's preferences; the default ones when nothing was kept."""
        return self._tables.display_preferences.get(subject) or DisplayPreferences()

    def put(self, subject: str, preferences: DisplayPreferences) -> None:
        """Keep them whole."""
        self._tables.display_preferences.put(subject, preferences)
