"""What a seller looks through: the catalog with the places each product has left, and how they stand to all of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sellergate.domain.authorization import OPEN, Authorization, Status
from sellergate.domain.directory import Product
from sellergate.domain.errors import Forbidden
from sellergate.domain.identifiers import Actor
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import Page, PageRequest, ProductQuery
from sellergate.ports.stores import Store, View
from sellergate.services.standing import LimitsInUse, SellerDesk, Standing

RECENT: Final = 50


@dataclass(frozen=True, slots=True)
class Places:
    """How many sellers a product has, and how many it may have; None: any number."""

    approved: int
    capacity: int | None

    @property
    def are_taken(self) -> bool:
        """Whether nobody more could be approved now."""
        return self.capacity is not None and self.approved >= self.capacity


@dataclass(frozen=True, slots=True)
class Shelved:
    """One product as its seller sees it."""

    standing: Standing
    places: Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A seller's records by the status to show now, and how many products there are."""

    by_status: Mapping[Status, int]
    products: int

    def of(self, status: Status | None) -> int:
        """How many stand so; for None all products, for NONE those without a record."""
        if status is None:
            return self.products
        if status is Status.NONE:
            return self.products - sum(self.by_status.values())
        return self.by_status.get(status, 0)

    @property
    def open(self) -> int:
        """How many requests have no answer yet."""
        return sum(self.of(status) for status in OPEN)


@dataclass(frozen=True, slots=True)
class Usage:
    """A seller's slots, and how many of those in use are requests without an answer."""

    limits: LimitsInUse
    waiting: int

    @property
    def approved(self) -> int:
        """How many of the slots in use are approvals."""
        return max(0, self.limits.used - self.waiting)  # read one after the other


class SellerShelf:
    """Reads for the seller an actor acts for. Raises Forbidden for anybody else, SellerNotFound for one unknown."""

    def __init__(self, store: Store, desk: SellerDesk, *, now: Clock = utc_now) -> None:
        self._store = store
        self._desk = desk
        self._now = now

    def page(self, by: Actor, query: ProductQuery) -> Page[Shelved]:
        """A page of the catalog, by product id."""
        page = self._desk.catalog(by, query)
        return Page(self._shelved(page.items), page.next, page.total)

    def one(self, by: Actor, product_id: str) -> Shelved:
        """One product. Raises ProductNotFound."""
        return self._shelved([self._desk.one(by, product_id)])[0]

    def of(self, by: Actor, product_ids: Iterable[str]) -> list[Shelved]:
        """These products, in this order; what the directory does not know is left out."""
        return self._shelved(self._desk.of(by, product_ids))

    def recent(self, by: Actor, limit: int = RECENT) -> list[Shelved]:
        """The products whose records have changed last, the newest first: what a page may have to show anew."""
        seller_id, now = _seller_id(by), self._now()

        def read(view: View) -> list[str]:
            records = sorted(
                view.authorizations.of_seller(seller_id), key=lambda one: _changed_at(one, now), reverse=True
            )
            return [record.product_id for record in records[:limit]]

        return self.of(by, self._store.read_aside(read))

    def tally(self, by: Actor) -> Tally:
        """How many products stand how."""
        seller_id, now = _seller_id(by), self._now()

        def read(view: View) -> Tally:
            records = view.authorizations.of_seller(seller_id)
            return Tally(
                by_status=Counter(record.status_at(now) for record in records),
                products=view.directory.products(ProductQuery(page=PageRequest(1))).total,
            )

        return self._store.read_aside(read)

    def usage(self, by: Actor) -> Usage:
        """The seller's slots."""
        return Usage(self._desk.limits(by), self.waiting(by))

    def waiting(self, by: Actor) -> int:
        """How many of the seller's requests have no answer yet."""
        return self._number(by, OPEN)

    def approved(self, by: Actor) -> int:
        """How many products the seller may sell now."""
        return self._number(by, frozenset({Status.APPROVED}))

    def _number(self, by: Actor, statuses: frozenset[Status]) -> int:
        seller_id, now = _seller_id(by), self._now()
        return self._store.read_aside(
            lambda view: sum(record.status_at(now) in statuses for record in view.authorizations.of_seller(seller_id))
        )

    def _shelved(self, standings: Iterable[Standing]) -> list[Shelved]:
        standings, now = list(standings), self._now()
        places = self._store.read_aside(lambda view: _places(view, [each.product for each in standings], now))
        return [Shelved(each, places[each.product.id]) for each in standings]


def _places(view: View, products: list[Product], now: datetime) -> dict[str, Places]:
    policies = {id: view.directory.policy(id) for id in {each.supplier_id for each in products} if id is not None}
    return {
        product.id: Places(
            view.authorizations.approved_sellers(product.id, now),
            None if product.supplier_id is None else policies[product.supplier_id].capacity(product.id),
        )
        for product in products
    }


def _changed_at(record: Authorization, now: datetime) -> datetime:
    """What has run out has changed by that, swept or not."""
    ended = record.expires_at if record.has_lapsed(now) else None
    return max(record.updated_at, ended or record.updated_at)


def _seller_id(by: Actor) -> str:
    if by.seller_id is None:
        raise Forbidden("Only a seller can do this.")
    return by.seller_id
