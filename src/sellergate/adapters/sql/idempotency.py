"""Idempotency keys in SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select, update

from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import idempotency_keys
from sellergate.domain.errors import ConcurrentChange
from sellergate.ports.stores import StoredReply

TRIES: Final = 3
"""A key that is taken may be given back by its holder before it can be read."""

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
        reservation = {"fingerprint": fingerprint, "reserved_at": now}
        for _ in range(TRIES):
            if self._insert(subject, key, reservation) or self._take_over(subject, key, reservation, abandoned):
                return None
            stored = self._stored(subject, key)
            if stored is not None:
                return stored
        raise ConcurrentChange

    def _insert(self, subject: str, key: str, reservation: Mapping[str, Any]) -> bool:
        row = {"subject": subject, "key": key, "status": None, "body": b"", **reservation}
        return self._session.insert_new(idempotency_keys, row)

    def _take_over(self, subject: str, key: str, reservation: Mapping[str, Any], abandoned: datetime) -> bool:
        left_behind = (*_names(subject, key), _c.status.is_(None), _c.reserved_at < abandoned)
        return self._session.execute(update(idempotency_keys).where(*left_behind).values(reservation)).rowcount == 1

    def _stored(self, subject: str, key: str) -> StoredReply | None:
        stored = select(_c.fingerprint, _c.reserved_at, _c.status, _c.body).where(*_names(subject, key))
        row = self._session.execute(stored).mappings().one_or_none()
        return None if row is None else StoredReply(**row)

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
