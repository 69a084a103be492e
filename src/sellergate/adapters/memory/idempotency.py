"""Idempotency keys in dictionaries."""

from dataclasses import replace
from datetime import datetime

from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.ports.stores import StoredReply


class MemoryIdempotencyKeys:
    """Requests that must not be carried out twice."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def reserve(
        self, subject: str, key: str, fingerprint: str, now: datetime, abandoned: datetime
    ) -> StoredReply | None:
        """None if this call reserved the key; otherwise what is stored under it."""
        check_times(now, abandoned)
        stored = self._tables.replies.get((subject, key))
        if stored is not None and (stored.status is not None or stored.reserved_at >= abandoned):
            return stored
        self._tables.replies.put((subject, key), StoredReply(fingerprint=fingerprint, reserved_at=now))
        return None

    def complete(self, subject: str, key: str, status: int, body: bytes) -> None:
        """Store the answer."""
        stored = self._tables.replies.get((subject, key))
        if stored is not None:
            self._tables.replies.put((subject, key), replace(stored, status=status, body=body))

    def release(self, subject: str, key: str) -> None:
        """Give the reservation back."""
        self._tables.replies.remove((subject, key))

    def forget(self, before: datetime) -> int:
        """Delete what was reserved before then; the answer is how many."""
        old = [key for key in self._tables.replies.all_keys() if self._is_older(key, before)]
        for key in old:
            self._tables.replies.remove(key)
        return len(old)

    def _is_older(self, key: tuple[str, str], before: datetime) -> bool:
        stored = self._tables.replies.get(key)
        return stored is not None and stored.reserved_at < before
