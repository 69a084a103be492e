"""The store: the truth about people, goods, authorizations and the rollout."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from sellergate.domain.audit import Event
from sellergate.domain.authorization import Action, Authorization, Status
from sellergate.domain.denials import DenialSum
from sellergate.domain.directory import Product, Seller, SellerStatus, Supplier
from sellergate.domain.gate import Facts
from sellergate.domain.policy import SupplierPolicy
from sellergate.domain.rollout import RolloutAction, RolloutChange, RolloutState
from sellergate.domain.shadow import ShadowCount, ShadowFacet, ShadowKey
from sellergate.ports.announcements import Announcements
from sellergate.ports.control import SignOffs, Verdicts, Watches
from sellergate.ports.denials import Denials
from sellergate.ports.feed import Change, ChangeSource
from sellergate.ports.measurements import MeasurementWindows
from sellergate.ports.notices import Messages, Notices, Occasions
from sellergate.ports.queries import (
    AuthorizationQuery,
    EventQuery,
    Page,
    PageRequest,
    ProductQuery,
    SellerQuery,
    ShadowQuery,
    SupplierQuery,
)
from sellergate.ports.reports import Reports
from sellergate.ports.scheduling import BulkJobRecords, ScheduledDecisions
from sellergate.ports.sessions import PreferenceRecords, Sessions
from sellergate.ports.trials import TrialRecords

T = TypeVar("T")


class FactsReader(Protocol):
    """What the gate reads on a miss."""

    def facts(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:
        """The facts of one seller and each product, in the order asked, by one query.

        Unknown products give `Facts()`. Raises StoreUnavailable, and nothing else, when it cannot know.
        """


@dataclass(frozen=True, slots=True)
class Inbox:
    """How many requests wait for a supplier's answer."""

    supplier_id: str
    pending: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """How a supplier has decided on requests, those that its policy has approved included."""

    supplier_id: str
    approved: int
    rejected: int


class Authorizations(Protocol):
    """The records, one per seller and product."""

    def find(self, seller_id: str, product_id: str, *, lock: bool = False) -> Authorization | None:
        """The one record of this pair, or None. With `lock`, no other work moves it until this one ends."""

    def get(self, id: str, *, lock: bool = False) -> Authorization | None:
        """The record of this id, or None. With `lock`, no other work moves it until this one ends."""

    def add(self, record: Authorization) -> None:
        """Keep a new record. Raises DuplicateAuthorization when the pair already has one."""

    def replace(self, before: Authorization, after: Authorization) -> None:
        """Compare and set: raises ConcurrentChange, and writes nothing, unless `before.version` is still the stored one."""

    def slots_in_use(self, seller_id: str, now: datetime) -> int:
        """How many of the seller's records hold a slot: open requests, and approvals that have not lapsed."""

    def slots_by_seller(self, seller_ids: Iterable[str], now: datetime) -> Mapping[str, int]:
        """`slots_in_use` of each of these sellers; who holds none is left out."""

    def approved_sellers(self, product_id: str, now: datetime) -> int:
        """How many approvals of the product have not lapsed."""

    def search(self, query: AuthorizationQuery) -> Page[Authorization]:
        """A page of the records that match."""

    def count(self, query: AuthorizationQuery) -> int:
        """How many records match, on all pages."""

    def of_seller(self, seller_id: str, product_ids: Iterable[str] | None = None) -> list[Authorization]:
        """All records of a seller, or those for the given products, by product id."""

    def lapsed(self, now: datetime, limit: int) -> list[Authorization]:
        """APPROVED records past their expiry, longest first."""

    def follow_product(self, product_id: str, supplier_id: str) -> None:
        """The product has a new supplier: its records are that supplier's from now on."""

    def count_by_status(self) -> dict[Status, int]:
        """How many records stand where; statuses without any are left out."""

    def fullest_inboxes(self, limit: int) -> list[Inbox]:
        """Suppliers with REQUESTED records: at most `limit`, those with the most first, then by id."""

    def all_after(self, id: str, limit: int) -> list[Authorization]:
        """Records with an id greater than `id`, in order of id: for walking over all of them."""


class Directory(Protocol):
    """Suppliers, sellers and products. `put_*` stores the object whole, as it is, version included.

    A lock holds for what is not there yet as well: no other work that locks it enters it meanwhile. Works lock sellers before
    products and products before records, or they may end in each other's way (ConcurrentChange).
    """

    def supplier(self, id: str, *, lock: bool = False) -> Supplier | None:
        """The supplier, or None. With `lock`, whoever else wants to lock this supplier waits until this work ends."""

    def seller(self, id: str, *, lock: bool = False) -> Seller | None:
        """The seller, or None. With `lock`, no other work changes this seller or counts their slots until this one ends."""

    def product(self, id: str, *, lock: bool = False) -> Product | None:
        """The product, or None. With `lock`, no other work approves for this product until this one ends."""

    def seller_of_user(self, user_id: str) -> Seller | None:
        """The seller with this `user_id`, or None."""

    def put_supplier(self, supplier: Supplier) -> None:
        """Store it."""

    def put_seller(self, seller: Seller) -> None:
        """Store it. Raises InvalidInput when another seller has the same `user_id`."""

    def put_product(self, product: Product) -> None:
        """Store it."""

    def products(self, query: ProductQuery) -> Page[Product]:
        """A page of products that match, by id."""

    def suppliers(self, query: SupplierQuery) -> Page[Supplier]:
        """A page of suppliers that match, by id."""

    def sellers(self, query: SellerQuery) -> Page[Seller]:
        """A page of sellers that match, by id."""

    def suppliers_of(self, ids: Iterable[str]) -> dict[str, Supplier]:
        """The suppliers with these ids; unknown ones are left out."""

    def sellers_of(self, ids: Iterable[str]) -> dict[str, Seller]:
        """The sellers with these ids; unknown ones are left out."""

    def products_of(self, ids: Iterable[str]) -> dict[str, Product]:
        """The products with these ids; unknown ones are left out."""

    def products_after(self, id: str, limit: int) -> list[Product]:
        """Products with an id greater than `id`, in order of id: for walking over all of them."""

    def sellers_after(self, id: str, limit: int) -> list[Seller]:
        """Sellers with an id greater than `id`, in order of id: for walking over all of them."""

    def suppliers_after(self, id: str, limit: int) -> list[Supplier]:
        """Suppliers with an id greater than `id`, in order of id: for walking over all of them."""

    def policy(self, supplier_id: str) -> SupplierPolicy:
        """The supplier's policy; the default one, of version 0, when none was stored."""

    def put_policy(self, supplier_id: str, policy: SupplierPolicy) -> SupplierPolicy:
        """Store it whole in the place of the one with its version; the answer is the policy as stored, one version on.

        Raises ConcurrentChange when another one is in force, and InvalidInput for a supplier nobody knows.
        """


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """An event as stored: with the content hash stored beside it, and its seal once it has one."""

    event: Event
    content_hash: str
    seal: str | None


class Events(Protocol):
    """The audit trail. Nothing in it can be changed or deleted: the database itself refuses."""

    def append(self, event: Event) -> int:
        """Store the event and its content hash; the answer is its sequence number."""

    def of_authorization(self, authorization_id: str) -> list[Event]:
        """Every event of one authorization, oldest first."""

    def search(self, query: EventQuery) -> Page[Event]:
        """A page of events that match, newest first."""

    def record_at(self, seller_id: str, product_id: str, at: datetime) -> Event | None:
        """The last event not refused of this pair with `event.at <= at`, or None."""

    def seller_status_at(self, seller_id: str, at: datetime) -> SellerStatus | None:
        """The seller's status after their last seller event with `event.at <= at`; None without one."""

    def last_of(self, authorization_ids: Iterable[str]) -> dict[str, Event]:
        """The last event not refused of each of these authorizations."""

    def after(self, sequence: int, limit: int) -> list[SealedEvent]:
        """Events with a greater sequence number, in order: for walking over all of them."""

    def settled_after(self, sequence: int, limit: int) -> list[SealedEvent]:
        """As `after`, but only up to where no event with a smaller number can appear any more: what may be sealed.

        For works that have locked the last seal.
        """

    def last_seal(self, *, lock: bool = False) -> tuple[int, str] | None:
        """Sequence number and seal of the newest sealed event. With `lock`, no other work seals until this one ends."""

    def add_seals(self, seals: Sequence[tuple[int, str]]) -> None:
        """Store seals by sequence number. Raises ConcurrentChange when one of them already has one."""

    def count_by_action(self, since: datetime, until: datetime | None = None) -> dict[str, int]:
        """How many events not refused each action has had since then, and before `until`."""

    def decisions(self, since: datetime, limit: int) -> list[Decisions]:
        """What suppliers have decided since then: at most `limit`, those who decided the most first, then by id."""

    def busiest_sellers(self, limit: int, *, among: int) -> list[str]:
        """At most `limit` sellers, those with the most of the newest `among` events first, then by id."""


class Rollouts(Protocol):
    """The managed rollout and its history."""

    def current(self) -> RolloutState | None:
        """The managed state, or None when nobody has managed the rollout yet."""

    def save(self, before_version: int, state: RolloutState, change: RolloutChange) -> None:
        """Compare and set by version (0: there is none yet); `change` goes into the history. Raises ConcurrentChange."""

    def history(self, page: PageRequest) -> Page[RolloutChange]:
        """The changes, newest first."""

    def last(self, action: RolloutAction) -> RolloutChange | None:
        """The newest change by this action, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowRow:
    """One line of the shadow report, with the product's supplier if it has one."""

    count: ShadowCount
    supplier_id: str | None


class ShadowRecords(Protocol):
    """What would have been denied."""

    def add(self, counts: Iterable[ShadowCount]) -> None:
        """Add these counts to the stored ones."""

    def search(self, query: ShadowQuery) -> Page[ShadowRow]:
        """A page of counts that match, most frequent first."""

    def totals(self, query: ShadowQuery) -> Mapping[str, int]:
        """`denials`, `pairs`, `sellers`, `products` and `suppliers` of all that match, whatever the page."""

    def groups(self, query: ShadowQuery, facet: ShadowFacet) -> list[DenialSum]:
        """What matches, summed up: at most as many as a page has, those with the most denials first, then by name.

        Products without a supplier are one group, `of` None.
        """

    def all_after(self, key: ShadowKey | None, limit: int) -> list[ShadowCount]:
        """Counts with a greater key, in order of it; from the first one without: for walking over all of them."""

    def clear(self) -> None:
        """Forget all of it: a new rollout begins with an empty report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReply:
    """The answer once given to a request with an Idempotency-Key; `status` is None while there is none."""

    fingerprint: str
    reserved_at: datetime
    status: int | None = None
    body: bytes = b""


class IdempotencyKeys(Protocol):
    """Requests that must not be carried out twice."""

    def reserve(
        self, subject: str, key: str, fingerprint: str, now: datetime, abandoned: datetime
    ) -> StoredReply | None:
        """None if this call reserved the key; otherwise what is stored under it.

        A reservation without an answer from before `abandoned` belongs to a process that died, and is taken over.
        """

    def complete(self, subject: str, key: str, status: int, body: bytes) -> None:
        """Store the answer."""

    def release(self, subject: str, key: str) -> None:
        """Give the reservation back: the request may be tried again."""

    def forget(self, before: datetime) -> int:
        """Delete what was reserved before then; the answer is how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessReport:
    """What one live process with a gate says of itself. `rollout_version` counts the kill switch as -1.

    It has applied the feed up to `applied_sequence`, but for `open_sequences`: those works had not ended when it looked.
    """

    id: str
    started_at: datetime
    seen_at: datetime
    applied_sequence: int
    rollout_version: int
    open_sequences: frozenset[int] = frozenset()

    def has_applied(self, sequence: int) -> bool:
        """Whether the change of this number has been applied."""
        return sequence <= self.applied_sequence and sequence not in self.open_sequences


class Processes(Protocol):
    """Which processes hold a gate, and how far each has followed the feed."""

    def report(self, report: ProcessReport) -> None:
        """Store or renew the report of one process."""

    def live(self, since: datetime) -> list[ProcessReport]:
        """Reports seen since then."""

    def leave(self, id: str) -> None:
        """The process ends; forget it."""


class View(Protocol):
    """All stores at one moment, for reading."""

    authorizations: Authorizations
    directory: Directory
    events: Events
    notices: Notices
    messages: Messages
    occasions: Occasions
    rollouts: Rollouts
    reports: Reports
    shadow: ShadowRecords
    idempotency: IdempotencyKeys
    processes: Processes
    watches: Watches
    verdicts: Verdicts
    sign_offs: SignOffs
    windows: MeasurementWindows
    denials: Denials
    trials: TrialRecords
    announcements: Announcements
    sessions: Sessions
    preferences: PreferenceRecords
    scheduled: ScheduledDecisions
    jobs: BulkJobRecords


class Work(View, Protocol):
    """One transaction over all stores. Whoever commits it counts `moved`: what was done to authorizations, in order."""

    moved: list[Action]

    def announce(self, change: Change) -> int:
        """Put a change on the feed, visible with the commit; the answer is its number, which a position then covers."""


class Store(FactsReader, ChangeSource, Protocol):
    """The database. Everything raises StoreUnavailable when it cannot be reached or does not answer in time."""

    def work(self) -> AbstractContextManager[Work]:
        """A transaction: committed when the block ends, undone when it raises.

        Whatever is done in it may raise ConcurrentChange, when works are in each other's way and the database has undone this
        one: then all of it can be tried again.
        """

    def view(self) -> AbstractContextManager[View]:
        """A consistent read; whatever is written in it raises or is lost."""

    def read_aside(self, read: Callable[[View], T]) -> T:
        """What `read` finds in a consistent view that may be somewhat old: for lists and reports, never for what decides.

        It is not older than what this process has committed, nor than what it has heard of on the feed, nor than a few seconds.
        `read` may run a second time, on another view.
        """

    def health(self) -> Mapping[str, object]:
        """`reachable`, and what else there is to say: `engine`, `pool` (`size`, `inUse`), `migrations` (`current`, `head`)."""

    def close(self) -> None:
        """Let go of all connections."""
