"""Idempotency keys in SQL."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update

from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import idempotency_keys
from sellergate.ports.stores import StoredReply

_c = idempotency_keys.c


class SqlIdempotencyKeys:
    """Requests that must not be carried out twice. The primary key decides who was first."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def reserve(
        self, subject: str, key: str, fingerprint: str, now: datetime, abandoned: datetime
    ) -> StoredReply | None:
        """None if this call reserved the key; otherwise what is stored under it."""
        first = self._session.insert_or(idempotency_keys).on_conflict_do_nothing()
        reservation = {"fingerprint": fingerprint, "reserved_at": now}
        row = {"subject": subject, "key": key, "status": None, "body": b"", **reservation}
        if self._session.execute(first, row).rowcount == 1:
            return None
        left_behind = (*_names(subject, key), _c.status.is_(None), _c.reserved_at < abandoned)
        if self._session.execute(update(idempotency_keys).where(*left_behind).values(reservation)).rowcount == 1:
            return None
        return self._stored(subject, key)

    def _stored(self, subject: str, key: str) -> StoredReply:
        stored = select(_c.fingerprint, _c.reserved_at, _c.status, _c.body).where(*_names(subject, key))
        return StoredReply(**self._session.execute(stored).mappings().one())

    def complete(self, subject: str, key: str, status: int, body: bytes) -> None:
        """Store the answer."""
        mine = update(idempotency_keys).where(*_names(subject, key))
        self._session.execute(mine.values(status=status, body=body))

    def release(self, subject: str, key: str) -> None:
        """Give the reservation back."""
        self._session.execute(delete(idempotency_keys).where(*_names(subject, key)))

    def forget(self, before: datetime) -> int:
        """Delete what was reserved before then; the answer is how many."""
        return self._session.execute(delete(idempotency_keys).where(_c.reserved_at < before)).rowcount


def _names(subject: str, key: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _c.subject == subject, _c.key == key
