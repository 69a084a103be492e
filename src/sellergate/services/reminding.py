"""What time brings about is told: approvals that are about to end, requests nobody answers, inboxes that fill up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sellergate.domain.authorization import Authorization, Status
from sellergate.domain.errors import SupplierNotFound
from sellergate.domain.notices import Kind, Notice
from sellergate.domain.occasions import (
    backlog,
    crossings,
    expiring,
    lasts_longer,
    reminder,
    unanswered,
)
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.notices import Mark
from sellergate.ports.queries import AuthorizationQuery, PageRequest
from sellergate.ports.stores import Inbox, Store, Work
from sellergate.services.transactions import in_one_transaction

AT_ONCE: Final = 100
MOST_INBOXES: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRules:
    """How long before an approval ends its seller is told, and after which silence a supplier; None for never."""

    expiring: timedelta | None = timedelta(days=7)
    unanswered: timedelta | None = timedelta(days=3)


class Reminders:
    """Finds what is due and tells it, each thing once whoever looks: the mark and the notice are one work."""

    def __init__(self, store: Store, rules: ReminderRules, *, now: Clock = utc_now) -> None:
        self._store = store
        self._rules = rules
        self._now = now

    def run(self) -> int:
        """Look once; the answer is how many notices came of it. Raises StoreUnavailable."""
        told = self._tell_backlogs()
        if self._rules.expiring is not None:
            told += self.tell_expiring(self._rules.expiring)
        if self._rules.unanswered is not None:
            told += self.tell_unanswered(self._rules.unanswered)
        return told

    def tell_expiring(self, ahead: timedelta) -> int:
        """Tell sellers whose approvals end that soon, unless they were given for no longer; how many. Raises StoreUnavailable."""
        return self._tell_each(
            Kind.EXPIRING,
            lambda work: work.occasions.expiring(self._now(), self._now() + ahead, AT_ONCE),
            lambda record: expiring(record, self._now()) if lasts_longer(record, ahead) else None,
        )

    def tell_unanswered(self, after: timedelta) -> int:
        """Remind suppliers of requests that have waited that long; how many. Raises StoreUnavailable."""
        return self._tell_each(
            Kind.UNANSWERED,
            lambda work: work.occasions.unanswered(self._now() - after, AT_ONCE),
            lambda record: unanswered(record, self._now()),
        )

    def remind(self, supplier_id: str | None = None, *, waited: timedelta = timedelta(0)) -> list[Inbox]:
        """Ask suppliers, or one, to look at their inboxes now, where a request has waited so long; the answer is whom.

        Raises SupplierNotFound.
        """

        def verb(work: Work) -> list[Inbox]:
            if supplier_id is not None and work.directory.supplier(supplier_id) is None:
                raise SupplierNotFound(supplier_id)
            full = work.authorizations.fullest_inboxes(MOST_INBOXES)
            asked = [inbox for inbox in full if supplier_id in (None, inbox.supplier_id)]
            return [inbox for inbox in asked if self._remind(work, inbox, waited)]

        return in_one_transaction(self._store, verb)

    def _remind(self, work: Work, inbox: Inbox, waited: timedelta) -> bool:
        oldest = AuthorizationQuery(
            supplier_id=inbox.supplier_id, statuses=frozenset({Status.REQUESTED}), page=PageRequest(1, counted=False)
        )
        found = work.authorizations.search(oldest).items
        if not found or found[0].requested_at > self._now() - waited:
            return False
        work.notices.put(reminder(inbox.supplier_id, inbox.pending, found[0].requested_at, self._now()))
        return True

    def _tell_each(
        self, kind: Kind, find: Callable[[Work], list[Authorization]], tell: Callable[[Authorization], Notice | None]
    ) -> int:
        def verb(work: Work) -> tuple[int, bool]:
            found = find(work)
            told = 0
            for record in found:
                is_new = work.occasions.settle(Mark(kind.value, record.id, record.version), self._now())
                notice = tell(record) if is_new else None
                if notice is not None:
                    work.notices.put(notice)
                    told += 1
            return told, len(found) == AT_ONCE

        total, more = 0, True
        while more:
            told, more = in_one_transaction(self._store, verb)
            total += told
        return total

    def _tell_backlogs(self) -> int:
        """Tell of inboxes that have become too full; how many notices."""
        with self._store.view() as view:
            full = view.authorizations.fullest_inboxes(MOST_INBOXES)
            known = view.occasions.settled(Kind.BACKLOG.value)
        pending = {inbox.supplier_id: inbox.pending for inbox in full}
        suppliers = sorted({*pending, *(mark.subject for mark in known)})
        return sum(
            self._tell_backlog(supplier, pending.get(supplier, 0), [m.version for m in known if m.subject == supplier])
            for supplier in suppliers
        )

    def _tell_backlog(self, supplier_id: str, pending: int, known: list[int]) -> int:
        found = crossings(pending, known)
        if not (found.crossed or found.cleared):
            return 0

        def verb(work: Work) -> int:
            at = self._now()
            for limit in found.cleared:
                work.occasions.unsettle(Mark(Kind.BACKLOG.value, supplier_id, limit))
            new = {
                limit
                for limit in found.crossed
                if work.occasions.settle(Mark(Kind.BACKLOG.value, supplier_id, limit), at)
            }
            if found.tell not in new or found.tell is None:
                return 0
            notices = backlog(supplier_id, pending, found.tell, at)
            for notice in notices:
                work.notices.put(notice)
            return len(notices)

        return in_one_transaction(self._store, verb)
