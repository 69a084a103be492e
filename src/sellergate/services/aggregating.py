"""Looking at the whole installation every so often, so that whoever shows it need not wait for a database."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.rollout import RolloutAction
from sellergate.ports.aggregates import DECIDED_WITHIN, SUPPLIERS_SHOWN, Aggregates
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.stores import Decisions, Store
from sellergate.services.outages import Outage

log = logging.getLogger(__name__)

DECISIONS_EVERY: Final = timedelta(minutes=5)
"""They are counted, which takes long where a week has had many."""
SHOWN_FOR: Final = timedelta(minutes=5)
"""What is older is not said any more: nobody knows whether it still holds."""


class Aggregating:
    """Keeps what it saw last. `look` is a job's; `current` may be asked by any thread."""

    def __init__(self, store: Store, *, now: Clock = utc_now) -> None:
        self._store = store
        self._now = now
        self._outage = Outage(log, "Inboxes cannot be counted")
        self._decisions_outage = Outage(log, "Suppliers' decisions cannot be counted")
        self._seen: tuple[datetime, Aggregates] | None = None
        self._decided: tuple[datetime | None, Sequence[Decisions]] = (None, ())

    def current(self) -> Aggregates | None:
        """What was seen last; None before the first look, and once that is five minutes old."""
        seen = self._seen
        return None if seen is None or self._now() - seen[0] > SHOWN_FOR else seen[1]

    def look(self) -> None:
        """Look now. Never raises: what cannot be seen grows old."""
        now = self._now()
        try:
            with self._store.view() as view:
                inboxes = view.authorizations.fullest_inboxes(SUPPLIERS_SHOWN)
                rollback = view.rollouts.last(RolloutAction.ROLLBACK)
            found = Aggregates(
                inboxes=inboxes,
                decisions=self._decisions(now),
                rolled_back_at=None if rollback is None else rollback.at,
            )
        except Exception as error:  # noqa: BLE001 - the next look tries again
            self._outage.met(error)
            return
        self._outage.over()
        self._seen = now, found

    def _decisions(self, now: datetime) -> Sequence[Decisions]:
        """Counted apart: where that takes too long the inboxes are known all the same, and the last count stands."""
        counted_at, decisions = self._decided
        if counted_at is not None and now - counted_at < DECISIONS_EVERY:
            return decisions
        try:
            since = now - DECIDED_WITHIN
            decisions = self._store.read_aside(lambda view: view.events.decisions(since, SUPPLIERS_SHOWN))
        except Exception as error:  # noqa: BLE001 - the next one tries again
            self._decisions_outage.met(error)
        else:
            self._decisions_outage.over()
        self._decided = now, decisions
        return decisions
