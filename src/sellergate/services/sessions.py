"""Signing in and out: sessions that a browser holds the secret of, and what their person likes."""

import secrets
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Final

from sellergate.domain.errors import Forbidden
from sellergate.domain.sessions import Account, DisplayPreferences, Person, Session, SessionLimits
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.stores import Store

SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use is known: writing it down with each request would make every page a write."""
SECRET_BYTES: Final = 32


class SessionService:
    """Sessions by the secret that only the browser keeps; the database has its hash."""

    def __init__(self, store: Store, limits: SessionLimits | None = None, *, now: Clock = utc_now) -> None:
        self._store = store
        self.limits = limits or SessionLimits()
        self._now = now

    def begin(self, person: Person) -> tuple[str, Session]:
        """A new session as the first of the person's accounts, and its secret. Raises Forbidden for whoever has none."""
        if not person.accounts:
            raise Forbidden("This account has no role that can use these pages.")
        secret, now = secrets.token_urlsafe(SECRET_BYTES), self._now()
        session = Session(id=_id(secret), person=person, account=person.accounts[0], began_at=now, seen_at=now)
        with self._store.work() as work:
            work.sessions.add(session)
        return secret, session

    def find(self, secret: str) -> tuple[Session, DisplayPreferences] | None:
        """The session of this secret and what its person likes, or None when there is none that still holds."""
        with self._store.view() as view:
            session = view.sessions.find(_id(secret))
            if session is None or not session.holds(self._now(), self.limits):
                return None
            return session, view.preferences.of(session.person.subject)

    def saw(self, session: Session) -> None:
        """The session was used now; written down about once a minute."""
        now = self._now()
        if now - session.seen_at >= SEEN_EVERY:
            with self._store.work() as work:
                work.sessions.saw(session.id, now)

    def still_holds(self, session: Session) -> bool:
        """Whether the session has neither ended nor been ended elsewhere, and still acts as the same account."""
        with self._store.view() as view:
            stored = view.sessions.find(session.id)
        return stored is not None and stored.account == session.account and stored.holds(self._now(), self.limits)

    def switch(self, session: Session, account_key: str) -> Account:
        """Act as another of the person's accounts from now on. Raises Forbidden when it is none of theirs."""
        account = session.acting_as(account_key).account
        with self._store.work() as work:
            work.sessions.switch(session.id, account)
        return account

    def end(self, session: Session) -> None:
        """Sign out of this browser."""
        with self._store.work() as work:
            work.sessions.end(session.id)

    def end_all(self, session: Session) -> int:
        """Sign out everywhere; the answer is how many sessions there were."""
        with self._store.work() as work:
            return work.sessions.end_all(session.person.subject)

    def prefer(self, session: Session, **likes: str | bool | None) -> DisplayPreferences:
        """Keep what the person likes from now on, of what `DisplayPreferences` has; the rest stays."""
        with self._store.work() as work:
            preferences = replace(work.preferences.of(session.person.subject), **likes)  # type: ignore[arg-type]
            work.preferences.put(session.person.subject, preferences)
        return preferences

    def forget_old(self) -> int:
        """Delete sessions that no longer hold; the answer is how many."""
        now = self._now()
        with self._store.work() as work:
            return work.sessions.forget(now - self.limits.idle, now - self.limits.absolute)


def _id(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
