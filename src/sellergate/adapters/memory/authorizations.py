"""Authorizations in dictionaries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from sellergate.adapters.memory.paging import page_of
from sellergate.adapters.memory.tables import Table, Tables, check_times
from sellergate.adapters.positions import checked_position, time_as_text, time_of_text
from sellergate.adapters.searching import folded, searchable
from sellergate.domain.authorization import OPEN, Authorization, Status
from sellergate.domain.directory import Product, Seller
from sellergate.domain.errors import ConcurrentChange, DuplicateAuthorization
from sellergate.domain.identifiers import SupplierId
from sellergate.domain.scheduling import ScheduleState
from sellergate.ports.queries import AuthorizationQuery, Page, Position, Sort
from sellergate.ports.stores import Inbox

_NOBODY: Final[frozenset[str]] = frozenset()


class MemoryAuthorizations:
    """The records by id, with what leads to them from a pair, a seller and a product."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def find(self, seller_id: str, product_id: str, *, lock: bool = False) -> Authorization | None:  # noqa: ARG002
        """The one record of this pair, or None."""
        id = self._tables.pairs.get((seller_id, product_id))
        return None if id is None else self._tables.records.get(id)

    def get(self, id: str, *, lock: bool = False) -> Authorization | None:  # noqa: ARG002
        """The record of this id, or None."""
        return self._tables.records.get(id)

    def add(self, record: Authorization) -> None:
        """Keep a new record. Raises DuplicateAuthorization, and InvalidInput for unknown people or goods."""
        tables = self._tables
        pair = (record.seller_id, record.product_id)
        if pair in tables.pairs or record.id in tables.records:
            raise DuplicateAuthorization
        tables.check_reference(tables.sellers, record.seller_id)
        tables.check_reference(tables.products, record.product_id)
        self._put(record)
        tables.pairs.put(pair, record.id)
        _enter(tables.records_of_seller, record.seller_id, record.id)
        _enter(tables.records_of_product, record.product_id, record.id)

    def replace(self, before: Authorization, after: Authorization) -> None:
        """Compare and set by version. Raises ConcurrentChange."""
        stored = self._tables.records.get(before.id)
        if stored is None or stored.version != before.version:
            raise ConcurrentChange
        self._put(replace(after, id=stored.id, seller_id=stored.seller_id, product_id=stored.product_id))

    def _put(self, record: Authorization) -> None:
        self._tables.check_reference(self._tables.suppliers, record.supplier_id)
        check_times(
            record.requested_at, record.updated_at, record.decided_at,
            record.cooldown_until, record.expires_at, record.approved_at,
        )  # fmt: skip
        self._tables.records.put(record.id, record)

    def slots_in_use(self, seller_id: str, now: datetime) -> int:
        """How many of the seller's records hold a slot."""
        return sum(record.status in OPEN or _is_live(record, now) for record in self._of_seller(seller_id))

    def slots_by_seller(self, seller_ids: Iterable[str], now: datetime) -> dict[str, int]:
        """How many of the records of each of these sellers hold a slot; who holds none is left out."""
        slots = {seller_id: self.slots_in_use(seller_id, now) for seller_id in seller_ids}
        return {seller_id: number for seller_id, number in slots.items() if number}

    def approved_sellers(self, product_id: str, now: datetime) -> int:
        """How many approvals of the product have not lapsed."""
        ids = self._tables.records_of_product.get(product_id) or _NOBODY
        return sum(_is_live(record, now) for record in self._records(ids))

    def search(self, query: AuthorizationQuery) -> Page[Authorization]:
        """A page of the records that match."""
        if query.page.after is not None:
            moment, _ = checked_position(query.page.after, str, str)
            time_of_text(moment)
        candidates = self._tables.records if query.seller_id is None else self._of_seller(query.seller_id)
        rows = [record for record in candidates if self._matches(record, query)]
        return page_of(rows, query.page, _request_order, types=(str, str), descending=query.sort is Sort.NEWEST)

    def count(self, query: AuthorizationQuery) -> int:
        """How many records match, on all pages."""
        return sum(self._matches(record, query) for record in self._tables.records)

    def _matches(self, record: Authorization, query: AuthorizationQuery) -> bool:
        if query.supplier_id not in (None, record.supplier_id) or query.product_id not in (None, record.product_id):
            return False
        if query.statuses and record.status not in query.statuses:
            return False
        if not _was_requested_between(query.requested_since, query.requested_before, record):
            return False
        if query.undecided and self._is_scheduled(record):
            return False
        seller = self._tables.sellers.get(record.seller_id)
        product = self._tables.products.get(record.product_id)
        if query.search and not _mentions(seller, product, folded(query.search)):
            return False
        return _is_seller_wanted(seller, query) and _is_product_wanted(product, query)

    def _is_scheduled(self, record: Authorization) -> bool:
        return any(
            decision.authorization_id == record.id and decision.state is ScheduleState.PENDING
            for decision in self._tables.scheduled
        )

    def of_seller(self, seller_id: str, product_ids: Iterable[str] | None = None) -> list[Authorization]:
        """All records of a seller, or those for the given products, by product id."""
        wanted = None if product_ids is None else set(product_ids)
        rows = (record for record in self._of_seller(seller_id) if wanted is None or record.product_id in wanted)
        return sorted(rows, key=lambda record: record.product_id)

    def lapsed(self, now: datetime, limit: int) -> list[Authorization]:
        """APPROVED records past their expiry, longest first."""
        rows = [(record.expires_at, record.id, record) for record in self._tables.records if record.has_lapsed(now)]
        return [record for _, _, record in sorted(rows)[:limit]]

    def follow_product(self, product_id: str, supplier_id: str) -> None:
        """The product's records are this supplier's from now on."""
        self._tables.check_reference(self._tables.suppliers, supplier_id)
        for id in self._tables.records_of_product.get(product_id) or _NOBODY:
            record = self._tables.records.get(id)
            if record is not None:
                self._tables.records.put(id, replace(record, supplier_id=SupplierId(supplier_id)))

    def count_by_status(self) -> dict[Status, int]:
        """How many records stand where."""
        return dict(Counter(record.status for record in self._tables.records))

    def fullest_inboxes(self, limit: int) -> list[Inbox]:
        """Suppliers with REQUESTED records, those with the most first, then by id."""
        pending = Counter(record.supplier_id for record in self._tables.records if record.status is Status.REQUESTED)
        fullest = sorted(pending.items(), key=lambda item: (-item[1], item[0]))
        return [Inbox(*item) for item in fullest[:limit]]

    def all_after(self, id: str, limit: int) -> list[Authorization]:
        """Records with a greater id, in order."""
        rows = (record for record in self._tables.records if record.id > id)
        return sorted(rows, key=lambda record: record.id)[:limit]

    def _of_seller(self, seller_id: str) -> list[Authorization]:
        return self._records(self._tables.records_of_seller.get(seller_id) or _NOBODY)

    def _records(self, ids: Iterable[str]) -> list[Authorization]:
        records = map(self._tables.records.get, ids)
        return [record for record in records if record is not None]


def _enter(index: Table[str, frozenset[str]], key: str, id: str) -> None:
    index.put(key, (index.get(key) or _NOBODY) | {id})


def _is_live(record: Authorization, now: datetime) -> bool:
    return record.status is Status.APPROVED and not record.has_lapsed(now)


def _request_order(record: Authorization) -> Position:
    return time_as_text(record.requested_at), record.id


def _was_requested_between(since: datetime | None, until: datetime | None, record: Authorization) -> bool:
    return (since is None or record.requested_at >= since) and (until is None or record.requested_at <= until)


def _mentions(seller: Seller | None, product: Product | None, part: str) -> bool:
    about_seller = "" if seller is None else f"{seller.name}\n{seller.id}".lower()
    return part in about_seller or (product is not None and part in searchable(product))


def _is_seller_wanted(seller: Seller | None, query: AuthorizationQuery) -> bool:
    if query.tier is None and query.tiers is None:
        return True
    if seller is None or (query.tier is not None and seller.tier is not query.tier):
        return False
    return query.tiers is None or seller.tier in query.tiers


def _is_product_wanted(product: Product | None, query: AuthorizationQuery) -> bool:
    if query.max_monthly_orders is None and query.max_daily_views is None:
        return True
    return (
        product is not None
        and _is_at_most(product.monthly_orders, query.max_monthly_orders)
        and _is_at_most(product.daily_views, query.max_daily_views)
    )


def _is_at_most(number: int | None, most: int | None) -> bool:
    return most is None or (number is not None and number <= most)
