"""What a supplier has before them: requests that wait for an answer, with what there is to know of each."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sellergate.domain.answering import ANSWER_WITHIN, DUE_SOON, due_at
from sellergate.domain.audit import Event
from sellergate.domain.authorization import OPEN, Action, Authorization, Status, actions_open
from sellergate.domain.directory import Product, Seller, Tier
from sellergate.domain.eligibility import why_not_approve
from sellergate.domain.errors import AuthorizationNotFound, Forbidden, SellergateError
from sellergate.domain.identifiers import Actor
from sellergate.domain.policy import ProductLimits, SupplierPolicy
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import AuthorizationQuery, Page, PageRequest, Position, ProductQuery, ShadowQuery, Sort
from sellergate.ports.stores import Store, View
from sellergate.services.workflow import may_see

ANSWERED: Final = (Status.APPROVED, Status.REJECTED, Status.REVOKED)


class InboxView(StrEnum):
    """Which of the requests to look at."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    DUE_SOON = "due-soon"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxQuery:
    """What to list, on which page. With `backwards`, the page that ends before `after` instead of beginning behind it."""

    view: InboxView = InboxView.WAITING
    search: str | None = None
    product_id: str | None = None
    tier: Tier | None = None
    newest_first: bool = False
    limit: int = 25
    after: Position | None = None
    backwards: bool = False

    def as_texts(self) -> dict[str, str]:
        """Which requests, as it can be kept or sent: without the order and the page."""
        given = {"view": self.view.value, "q": self.search, "product": self.product_id, "tier": self.tier}
        return {name: str(value) for name, value in given.items() if value}

    @classmethod
    def of_texts(cls, texts: Mapping[str, str]) -> "InboxQuery":
        """What `as_texts` gave."""
        tier = texts.get("tier")
        return cls(
            view=InboxView(texts["view"]),
            search=texts.get("q"),
            product_id=texts.get("product"),
            tier=None if tier is None else Tier(tier),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One request. `slots` and `slot_limit` are the seller's, `approved` and `capacity` the product's; None is no limit.

    `obstacle` is why it could not be approved now. `due_at` is when an answer is due; None while the seller is to answer.
    """

    record: Authorization
    seller: Seller | None
    product: Product | None
    slots: int
    slot_limit: int | None
    approved: int
    capacity: int | None
    due_at: datetime | None
    obstacle: SellergateError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """A page of requests, where the pages around it are, and how many requests each view has."""

    rows: list[InboxRow]
    total: int
    before: Position | None
    after: Position | None
    counts: Mapping[InboxView, int]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxDetail:
    """One request with its events, oldest first, and what is known of its seller.

    `answered` is how this supplier has answered them so far, `elsewhere` how all other suppliers have; `denials` is how many of
    their checks the gate would have denied in shadow. `actions` are the moves open to who asks.
    """

    row: InboxRow
    events: list[Event]
    answered: Mapping[Status, int]
    elsewhere: Mapping[Status, int]
    denials: int
    actions: list[Action]
    now: datetime


class SupplierInbox:
    """Reads for the supplier an actor acts for. Raises Forbidden for anybody else."""

    def __init__(self, store: Store, limits: ProductLimits, *, now: Clock = utc_now) -> None:
        self._store = store
        self._limits = limits
        self._now = now

    def page(self, by: Actor, query: InboxQuery) -> InboxPage:
        """A page of the supplier's requests."""
        supplier_id, now = _supplier(by), self._now()
        asked = matching(supplier_id, query, now)

        def read(view: View) -> InboxPage:
            page = view.authorizations.search(asked)
            records = page.items[::-1] if query.backwards else page.items
            ends = (page.next, page.first) if query.backwards else (page.first if query.after else None, page.next)
            counts = _counts(view, supplier_id, now)
            rows = self._rows(view, supplier_id, records, now)
            return InboxPage(rows=rows, total=page.total, before=ends[0], after=ends[1], counts=counts, now=now)

        return self._store.read_aside(read)

    def rows(self, by: Actor, query: InboxQuery) -> Page[InboxRow]:
        """The rows of a page alone, without what is around it: for who walks over all of them."""
        supplier_id, now = _supplier(by), self._now()
        asked = matching(supplier_id, query, now)
        asked = replace(asked, page=replace(asked.page, counted=False))

        def read(view: View) -> Page[InboxRow]:
            page = view.authorizations.search(asked)
            return Page(self._rows(view, supplier_id, page.items, now), page.next)

        return self._store.read_aside(read)

    def count(self, by: Actor, which: InboxView) -> int:
        """How many of the supplier's requests a view has."""
        asked = matching(_supplier(by), InboxQuery(view=which), self._now())
        return self._store.read_aside(lambda view: view.authorizations.count(asked))

    def counts(self, by: Actor) -> Mapping[InboxView, int]:
        """How many of the supplier's requests each view has."""
        supplier_id, now = _supplier(by), self._now()
        return self._store.read_aside(lambda view: _counts(view, supplier_id, now))

    def approvals(self, by: Actor) -> int:
        """How many approvals the supplier has given that stand."""
        standing = AuthorizationQuery(supplier_id=_supplier(by), statuses=frozenset({Status.APPROVED}))
        return self._store.read_aside(lambda view: view.authorizations.count(standing))

    def news(self, by: Actor, query: InboxQuery, since: datetime) -> int:
        """How many requests match the query that were asked after `since`."""
        asked = matching(_supplier(by), query, self._now())
        after = since + timedelta(microseconds=1)
        first = after if asked.requested_since is None else max(after, asked.requested_since)
        return self._store.read_aside(lambda view: view.authorizations.count(replace(asked, requested_since=first)))

    def newest(self, by: Actor) -> datetime | None:
        """When the newest of the supplier's requests was asked; None without any."""
        asked = matching(_supplier(by), InboxQuery(newest_first=True), self._now())
        asked = replace(asked, page=PageRequest(1, counted=False))
        items = self._store.read_aside(lambda view: view.authorizations.search(asked).items)
        return items[0].requested_at if items else None

    def one(self, by: Actor, id: str) -> InboxDetail:
        """One of the supplier's requests, whatever has become of it. Raises AuthorizationNotFound."""
        supplier_id, now = _supplier(by), self._now()
        with self._store.view() as view:
            record = view.authorizations.get(id)
            if record is None or not may_see(record, by):
                raise AuthorizationNotFound
            (row,) = self._rows(view, supplier_id, [record], now)
            others = view.authorizations.of_seller(record.seller_id)
            theirs = Counter(other.status for other in others if other.supplier_id == supplier_id)
            all_of_them = Counter(other.status for other in others)
            return InboxDetail(
                row=row,
                events=view.events.of_authorization(id),
                answered={status: theirs[status] for status in ANSWERED},
                elsewhere={status: all_of_them[status] - theirs[status] for status in ANSWERED},
                denials=view.shadow.totals(ShadowQuery(seller_id=record.seller_id))["denials"],
                actions=actions_open(record.status, by.role),
                now=now,
            )

    def products(self, by: Actor, limit: int = 100) -> list[Product]:
        """The supplier's products by id, at most `limit` of them: what a list can be narrowed to."""
        asked = ProductQuery(supplier_id=_supplier(by), page=PageRequest(limit, counted=False))
        return self._store.read_aside(lambda view: view.directory.products(asked).items)

    def _rows(self, view: View, supplier_id: str, records: Iterable[Authorization], now: datetime) -> list[InboxRow]:
        records = list(records)
        sellers = view.directory.sellers_of({record.seller_id for record in records})
        products = view.directory.products_of({record.product_id for record in records})
        policy = view.directory.policy(supplier_id)
        slots = view.authorizations.slots_by_seller(sellers, now)
        approved = {id: view.authorizations.approved_sellers(id, now) for id in products}
        return [
            _row(
                record,
                sellers.get(record.seller_id),
                products.get(record.product_id),
                slots=slots.get(record.seller_id, 0),
                limits=self._limits,
                approved=approved.get(record.product_id, 0),
                policy=policy,
            )
            for record in records
        ]


def _supplier(by: Actor) -> str:
    if by.supplier_id is None:
        raise Forbidden("Only a supplier can do this.")
    return by.supplier_id


def _counts(view: View, supplier_id: str, now: datetime) -> Mapping[InboxView, int]:
    return {each: view.authorizations.count(matching(supplier_id, InboxQuery(view=each), now)) for each in InboxView}


def matching(supplier_id: str, query: InboxQuery, now: datetime) -> AuthorizationQuery:
    """The query of a view with its filters, of what nobody has decided; what is asked to run backwards runs in the opposite order."""
    asked = AuthorizationQuery(
        supplier_id=supplier_id,
        statuses=frozenset({Status.INFO_REQUESTED if query.view is InboxView.ASKED else Status.REQUESTED}),
        product_id=query.product_id,
        tier=query.tier,
        search=query.search,
        undecided=True,
        sort=Sort.NEWEST if query.newest_first is not query.backwards else Sort.OLDEST,
        page=PageRequest(query.limit, query.after),
    )
    if query.view is InboxView.OVERDUE:
        return replace(asked, requested_before=now - ANSWER_WITHIN)
    if query.view is InboxView.DUE_SOON:
        return replace(asked, requested_since=now - ANSWER_WITHIN, requested_before=now - ANSWER_WITHIN + DUE_SOON)
    return asked


def _row(
    record: Authorization,
    seller: Seller | None,
    product: Product | None,
    *,
    slots: int,
    limits: ProductLimits,
    approved: int,
    policy: SupplierPolicy,
) -> InboxRow:
    capacity = policy.capacity(record.product_id)
    return InboxRow(
        record=record,
        seller=seller,
        product=product,
        slots=slots,
        slot_limit=None if seller is None else limits.of(seller.tier),
        approved=approved,
        capacity=capacity,
        due_at=due_at(record),
        obstacle=why_not_approve(approved, capacity) if record.status in OPEN else None,
    )
