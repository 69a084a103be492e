"""How much waits for each supplier, how much of it too long, and since when."""

from dataclasses import dataclass
from datetime import datetime

from sellergate.domain.answering import ANSWER_WITHIN
from sellergate.domain.authorization import Status
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import AuthorizationQuery, PageRequest
from sellergate.ports.stores import Inbox, Store, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits for one supplier: requests in all, those that are overdue, and when the oldest was made."""

    supplier_id: str
    name: str | None
    pending: int
    overdue: int
    oldest: datetime | None


class Backlogs:
    """Reads for whoever looks after all inboxes."""

    def __init__(self, store: Store, *, now: Clock = utc_now) -> None:
        self._store = store
        self._now = now

    def fullest(self, limit: int) -> list[Backlog]:
        """Suppliers for whom requests wait: at most `limit`, those with the most first. Raises StoreUnavailable."""

        def read(view: View) -> list[Backlog]:
            inboxes = view.authorizations.fullest_inboxes(limit)
            suppliers = view.directory.suppliers_of(inbox.supplier_id for inbox in inboxes)
            names = {id: supplier.name for id, supplier in suppliers.items()}
            return [self._backlog(view, inbox, names.get(inbox.supplier_id)) for inbox in inboxes]

        return self._store.read_aside(read)

    def _backlog(self, view: View, inbox: Inbox, name: str | None) -> Backlog:
        waiting = frozenset({Status.REQUESTED})
        overdue = AuthorizationQuery(
            supplier_id=inbox.supplier_id, statuses=waiting, requested_before=self._now() - ANSWER_WITHIN
        )
        first = AuthorizationQuery(supplier_id=inbox.supplier_id, statuses=waiting, page=PageRequest(1, counted=False))
        oldest = view.authorizations.search(first).items
        return Backlog(
            supplier_id=inbox.supplier_id,
            name=name,
            pending=inbox.pending,
            overdue=view.authorizations.count(overdue),
            oldest=oldest[0].requested_at if oldest else None,
        )
