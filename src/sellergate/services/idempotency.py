"""Requests with an Idempotency-Key are carried out once; whoever asks again is given the same answer."""

from datetime import timedelta
from typing import Final

from sellergate.domain.errors import InvalidInput, RequestInProgress
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.stores import Store, StoredReply

KEPT_FOR: Final = timedelta(hours=24)
ABANDONED_AFTER: Final = timedelta(seconds=60)
RATE_LIMITED: Final = 429
SERVER_ERRORS: Final = 500


class Idempotency:
    """Remembers answers by who asked and under which key, for 24 hours.

    What a server error or a rate limit answered is not remembered: the same request may succeed later.
    """

    def __init__(self, store: Store, *, now: Clock = utc_now) -> None:
        self._store = store
        self._now = now

    def begin(self, subject: str, key: str, fingerprint: str) -> StoredReply | None:
        """None: carry the request out, then call `finish`. Otherwise the answer it was given before.

        Raises RequestInProgress while the first one is still being carried out, InvalidInput when the key was used for a
        request with another fingerprint.
        """
        now = self._now()
        with self._store.work() as work:
            work.idempotency.forget(now - KEPT_FOR)
            stored = work.idempotency.reserve(subject, key, fingerprint, now, now - ABANDONED_AFTER)
        if stored is None:
            return None
        if stored.fingerprint != fingerprint:
            raise InvalidInput("This Idempotency-Key was used for another request.", field="Idempotency-Key")
        if stored.status is None:
            raise RequestInProgress
        return stored

    def finish(self, subject: str, key: str, status: int, body: bytes) -> None:
        """Keep the answer, or give the key back where the request may be tried again."""
        with self._store.work() as work:
            if status >= SERVER_ERRORS or status == RATE_LIMITED:
                work.idempotency.release(subject, key)
            else:
                work.idempotency.complete(subject, key, status, body)
