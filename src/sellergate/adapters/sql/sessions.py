"""Sessions and preferences in SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, or_, select, update

from sellergate.adapters.sql.session import Session as Connected
from sellergate.adapters.sql.tables import console_preferences, console_sessions
from sellergate.domain.identifiers import Role
from sellergate.domain.sessions import Account, DisplayPreferences, Person, Session

_c = console_sessions.c
_p = console_preferences.c


class SqlSessions:
    """The sessions, by id."""

    __slots__ = ("_session",)

    def __init__(self, session: Connected) -> None:
        self._session = session

    def find(self, id: str) -> Session | None:
        """The session of this id, however old, or None."""
        row = self._session.execute(select(console_sessions).where(_c.id == id)).one_or_none()
        return None if row is None else _session_of(row)

    def add(self, session: Session) -> None:
        """Keep a new one."""
        self._session.insert(console_sessions, _row_of(session))

    def switch(self, id: str, account: Account) -> None:
        """From now on the session acts as this account."""
        self._session.execute(update(console_sessions).where(_c.id == id).values(account=_written(account)))

    def saw(self, id: str, at: datetime) -> None:
        """The session was used then."""
        self._session.execute(update(console_sessions).where(_c.id == id, _c.seen_at < at).values(seen_at=at))

    def end(self, id: str) -> None:
        """Forget this one."""
        self._session.execute(delete(console_sessions).where(_c.id == id))

    def end_all(self, subject: str) -> int:
        """Forget every session of this person; the answer is how many."""
        return self._session.execute(delete(console_sessions).where(_c.subject == subject)).rowcount

    def forget(self, unused_since: datetime, begun_before: datetime) -> int:
        """Delete what was not used since the one moment, and what began before the other; the answer is how many."""
        old = or_(_c.seen_at < unused_since, _c.began_at < begun_before)
        return self._session.execute(delete(console_sessions).where(old)).rowcount


class SqlPreferences:
    """What people like, by subject."""

    __slots__ = ("_session",)

    def __init__(self, session: Connected) -> None:
        self._session = session

    def of(self, subject: str) -> DisplayPreferences:
        """The person's preferences; the default ones when nothing was kept."""
        kept = select(_p.language, _p.theme, _p.single_keys).where(_p.subject == subject)
        row = self._session.execute(kept).mappings().one_or_none()
        return DisplayPreferences() if row is None else DisplayPreferences(**row)

    def put(self, subject: str, preferences: DisplayPreferences) -> None:
        """Keep them whole."""
        self._session.put(
            console_preferences,
            {
                "subject": subject,
                "language": preferences.language,
                "theme": preferences.theme,
                "single_keys": preferences.single_keys,
            },
        )


def _row_of(session: Session) -> Mapping[str, Any]:
    return {
        "id": session.id,
        "subject": session.person.subject,
        "name": session.person.name,
        "accounts": [_written(account) for account in session.person.accounts],
        "account": _written(session.account),
        "began_at": session.began_at,
        "seen_at": session.seen_at,
    }


def _session_of(row: Row[Any]) -> Session:
    accounts = tuple(map(_read, row.accounts))
    return Session(
        id=row.id,
        person=Person(subject=row.subject, name=row.name, accounts=accounts),
        account=_read(row.account),
        began_at=row.began_at,
        seen_at=row.seen_at,
    )


def _written(account: Account) -> list[str | None]:
    return [account.role.value, account.id]


def _read(written: list[str]) -> Account:
    role, id = written
    return Account(Role(role), id)
