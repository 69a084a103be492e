"""The store in dictionaries."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeVar

from sellergate.adapters.memory.announcements import MemoryAnnouncements
from sellergate.adapters.memory.authorizations import MemoryAuthorizations
from sellergate.adapters.memory.bulk_jobs import MemoryBulkJobs
from sellergate.adapters.memory.control import MemorySignOffs, MemoryVerdicts, MemoryWatches
from sellergate.adapters.memory.denials import MemoryDenials
from sellergate.adapters.memory.directory import MemoryDirectory
from sellergate.adapters.memory.events import MemoryEvents
from sellergate.adapters.memory.idempotency import MemoryIdempotencyKeys
from sellergate.adapters.memory.measurements import MemoryMeasurements
from sellergate.adapters.memory.messages import MemoryMessages
from sellergate.adapters.memory.notices import MemoryNotices
from sellergate.adapters.memory.occasions import MemoryOccasions
from sellergate.adapters.memory.processes import MemoryProcesses
from sellergate.adapters.memory.reports import MemoryReports
from sellergate.adapters.memory.rollouts import MemoryRollouts
from sellergate.adapters.memory.scheduling import MemoryScheduledDecisions
from sellergate.adapters.memory.sessions import MemoryPreferences, MemorySessions
from sellergate.adapters.memory.shadow import MemoryShadow
from sellergate.adapters.memory.tables import Tables
from sellergate.adapters.memory.trials import MemoryTrials
from sellergate.domain.authorization import Action, Authorization, Status
from sellergate.domain.directory import Product, Seller
from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.gate import Facts
from sellergate.ports.announcements import Announcements
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.control import SignOffs, Verdicts, Watches
from sellergate.ports.denials import Denials
from sellergate.ports.feed import Change, FeedPosition, Listener, Look
from sellergate.ports.measurements import MeasurementWindows
from sellergate.ports.notices import Messages, Notices, Occasions
from sellergate.ports.reports import Reports
from sellergate.ports.scheduling import BulkJobRecords, ScheduledDecisions
from sellergate.ports.sessions import PreferenceRecords, Sessions
from sellergate.ports.stores import (
    Authorizations,
    Directory,
    Events,
    IdempotencyKeys,
    Processes,
    Rollouts,
    ShadowRecords,
    View,
    Work,
)
from sellergate.ports.trials import TrialRecords

T = TypeVar("T")

LOOK_SECONDS: Final = 0.01


class MemoryWork:
    """All stores, under the store's lock."""

    __slots__ = (
        "_now",
        "_tables",
        "announced",
        "announcements",
        "authorizations",
        "denials",
        "directory",
        "events",
        "idempotency",
        "jobs",
        "messages",
        "moved",
        "notices",
        "occasions",
        "preferences",
        "processes",
        "reports",
        "rollouts",
        "scheduled",
        "sessions",
        "shadow",
        "sign_offs",
        "trials",
        "verdicts",
        "watches",
        "windows",
    )  # fmt: skip

    def __init__(self, tables: Tables, now: Clock) -> None:
        self._tables = tables
        self._now = now
        self.announced: list[Change] = []
        self.moved: list[Action] = []
        self.authorizations: Authorizations = MemoryAuthorizations(tables)
        self.directory: Directory = MemoryDirectory(tables)
        self.events: Events = MemoryEvents(tables)
        self.notices: Notices = MemoryNotices(tables)
        self.messages: Messages = MemoryMessages(tables)
        self.occasions: Occasions = MemoryOccasions(tables)
        self.rollouts: Rollouts = MemoryRollouts(tables)
        self.reports: Reports = MemoryReports(tables)
        self.shadow: ShadowRecords = MemoryShadow(tables)
        self.idempotency: IdempotencyKeys = MemoryIdempotencyKeys(tables)
        self.processes: Processes = MemoryProcesses(tables)
        self.watches: Watches = MemoryWatches(tables)
        self.verdicts: Verdicts = MemoryVerdicts(tables)
        self.sign_offs: SignOffs = MemorySignOffs(tables)
        self.windows: MeasurementWindows = MemoryMeasurements(tables)
        self.denials: Denials = MemoryDenials(tables)
        self.announcements: Announcements = MemoryAnnouncements(tables)
        self.trials: TrialRecords = MemoryTrials(tables)
        self.sessions: Sessions = MemorySessions(tables)
        self.preferences: PreferenceRecords = MemoryPreferences(tables)
        self.scheduled: ScheduledDecisions = MemoryScheduledDecisions(tables)
        self.jobs: BulkJobRecords = MemoryBulkJobs(tables)

    def announce(self, change: Change) -> int:
        """Put a change on the feed, visible with the commit; the answer is its number."""
        sequence = (self._tables.changes_made.get(None) or 0) + 1
        numbered = replace(change, sequence=sequence)
        self._tables.changes_made.put(None, sequence)
        self._tables.changes.put(sequence, (self._now(), numbered))
        self.announced.append(numbered)
        return sequence


class MemoryStore:
    """The whole database in this process's memory: gone when the process ends, and no other process sees it.

    One work or view at a time has the store to itself. A work inside a work of the same thread raises RuntimeError; a
    view or a gate's read inside a work sees what that work has written, which a database would not show.
    """

    def __init__(self, *, now: Clock = utc_now) -> None:
        self._tables = Tables()
        self._now = now
        self._lock = threading.RLock()
        self._working = False
        self._listeners: list[Listener] = []
        self._commits = 1
        self._commits_reported = 0
        self._closed = False

    @contextmanager
    def work(self) -> Iterator[Work]:
        """A transaction: committed when the block ends, undone when it raises."""
        with self._lock:
            self._check_open()
            if self._working:
                raise RuntimeError("A work was begun inside a work of the same thread.")
            self._working = True
            work = MemoryWork(self._tables, self._now)
            try:
                yield work
                self._commits += self._tables.journal.commit()
            finally:
                self._tables.journal.roll_back()
                self._working = False
        if work.announced:
            for listener in self._listeners:
                listener(work.announced)

    @contextmanager
    def view(self) -> Iterator[View]:
        """A consistent read; whatever is written in it is lost."""
        with self._lock:
            self._check_open()
            try:
                yield MemoryWork(self._tables, self._now)
            finally:
                if not self._working:
                    self._tables.journal.roll_back()

    def read_aside(self, read: Callable[[View], T]) -> T:
        """What `read` finds in a view; there is only one memory to read."""
        with self.view() as view:
            return read(view)

    def facts(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:
        """The facts of one seller and each product, in the order asked."""
        with self._lock:
            self._check_open()
            tables = self._tables
            seller = tables.sellers.get(seller_id)
            authorizations = MemoryAuthorizations(tables)
            return [_facts(seller, tables.products.get(id), authorizations.find(seller_id, id)) for id in product_ids]

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with the changes of each transaction, after its commit and outside the store's lock."""
        with self._lock:
            self._listeners = [*self._listeners, listener]

    def look(self, after: FeedPosition | None) -> Look:
        """All changes committed before this call and not covered by `after`; without it, only where the feed stands."""
        with self._lock:
            self._check_open()
            newest = self._tables.changes_made.get(None) or 0
            if after is None or after.upto > newest:
                return Look(FeedPosition(newest), continues=after is None)
            rows = map(self._tables.changes.get, range(after.upto + 1, newest + 1))
            return Look(FeedPosition(newest), [row[1] for row in rows if row is not None])

    def recent(self, within: timedelta) -> list[Change]:
        """The changes made so recently, in order."""
        with self._lock:
            self._check_open()
            return [change for at, change in self._tables.changes if at >= self._now() - within]

    def forget_changes(self, older_than: timedelta) -> int:
        """Delete changes that are older; the answer is how many."""
        with self.work():
            old = [change.sequence for at, change in self._tables.changes if at < self._now() - older_than]
            for sequence in old:
                self._tables.changes.remove(sequence)
        return len(old)

    def may_have_changed(self) -> bool:
        """Whether anything was committed since the last call."""
        with self._lock:
            self._check_open()
            changed = self._commits != self._commits_reported
            self._commits_reported = self._commits
            return changed

    def wait(self, seconds: float) -> None:
        """Until something may have been committed: there is nothing to listen to, and a look costs little."""
        time.sleep(min(seconds, LOOK_SECONDS))

    def health(self) -> Mapping[str, object]:
        """Always reachable, until it is closed."""
        return {"engine": "memory", "reachable": not self._closed}

    def close(self) -> None:
        """Nothing can be read or written any more."""
        with self._lock:
            self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("The store is closed.")


def _facts(seller: Seller | None, product: Product | None, record: Authorization | None) -> Facts:
    if product is None:
        return Facts()
    return Facts(
        product.version,
        product.supplier_id,
        product.active,
        seller.version if seller else 0,
        seller.status if seller else None,
        seller.supplier_id if seller else None,
        record.version if record else 0,
        record.status if record else Status.NONE,
        record.expires_at.timestamp() if record and record.expires_at else None,
    )
