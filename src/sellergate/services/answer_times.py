"""How soon a supplier has answered lately: a line above their requests."""

import threading
from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.errors import Forbidden
from sellergate.domain.identifiers import Actor
from sellergate.domain.reports import Response, response_of
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.stores import Store

LATELY: Final = timedelta(days=30)
AMONG: Final = 5_000
"""Events looked through: of a supplier with more, the newest."""
HELD_FOR: Final = timedelta(minutes=5)
MOST_HELD: Final = 1_000


class AnswerTimes:
    """Works it out at most every five minutes for each supplier, and holds that of so many suppliers."""

    def __init__(self, store: Store, *, now: Clock = utc_now) -> None:
        self._store = store
        self._now = now
        self._held: dict[str, tuple[datetime, Response | None]] = {}
        self._lock = threading.Lock()

    def of(self, by: Actor) -> Response | None:
        """The answers of the actor's supplier within 30 days, as reports count them; None without any. May be five minutes old.

        Raises Forbidden for who acts for no supplier, StoreUnavailable.
        """
        if by.supplier_id is None:
            raise Forbidden("Only a supplier can do this.")
        supplier_id, now = by.supplier_id, self._now()
        with self._lock:
            held = self._held.get(supplier_id)
        if held is not None and now - held[0] < HELD_FOR:
            return held[1]
        found = self._store.read_aside(
            lambda view: response_of(
                [
                    each.at - each.requested_at
                    for each in view.reports.answers_of(supplier_id, now - LATELY, among=AMONG)
                ]
            )
        )
        with self._lock:
            self._held.pop(supplier_id, None)
            self._held[supplier_id] = now, found
            while len(self._held) > MOST_HELD:
                del self._held[next(iter(self._held))]
        return found
