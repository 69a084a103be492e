"""Authorizations in SQL."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, update

from sellergate.adapters.positions import checked_position, time_as_text, time_of_text
from sellergate.adapters.searching import folded
from sellergate.adapters.sql.paging import read_page
from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import authorizations, products, scheduled_decisions, sellers
from sellergate.adapters.sql.tallies import fullest_inboxes, tallied, tallies_by_status
from sellergate.domain.authorization import OPEN, Authorization, Status
from sellergate.domain.directory import Tier
from sellergate.domain.errors import ConcurrentChange, DuplicateAuthorization
from sellergate.domain.scheduling import ScheduleState
from sellergate.ports.queries import AuthorizationQuery, Page, Position, Sort
from sellergate.ports.stores import Inbox

_c = authorizations.c
_ALL: Final = select(authorizations)

_row_of = as_row_of(Authorization)
_changes_of = as_row_of(Authorization, "id", "seller_id", "product_id")


class SqlAuthorizations:
    """The records, one per seller and product: the table's unique constraint says so."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, seller_id: str, product_id: str, *, lock: bool = False) -> Authorization | None:
        """The one record of this pair, or None."""
        return self._one(_ALL.where(_c.seller_id == seller_id, _c.product_id == product_id), lock=lock)

    def get(self, id: str, *, lock: bool = False) -> Authorization | None:
        """The record of this id, or None."""
        return self._one(_ALL.where(_c.id == id), lock=lock)

    def add(self, record: Authorization) -> None:
        """Keep a new record. Raises DuplicateAuthorization, and InvalidInput for unknown people or goods."""
        self._session.insert(authorizations, _row_of(record), duplicate=DuplicateAuthorization)

    def replace(self, before: Authorization, after: Authorization) -> None:
        """Compare and set by version; the number of rows decides the race. Raises ConcurrentChange."""
        mine = update(authorizations).where(_c.id == before.id, _c.version == before.version)
        if self._session.execute(mine.values(_changes_of(after))).rowcount != 1:
            raise ConcurrentChange

    def slots_in_use(self, seller_id: str, now: datetime) -> int:
        """How many of the seller's records hold a slot."""
        return self._session.number(_count().where(_c.seller_id == seller_id, _holds_a_slot(now)))

    def slots_by_seller(self, seller_ids: Iterable[str], now: datetime) -> dict[str, int]:
        """How many of the records of each of these sellers hold a slot; who holds none is left out."""
        counted = select(_c.seller_id, func.count().label("slots")).where(_holds_a_slot(now)).group_by(_c.seller_id)
        return {row.seller_id: row.slots for row in self._session.by_ids(counted, _c.seller_id, seller_ids)}

    def approved_sellers(self, product_id: str, now: datetime) -> int:
        """How many approvals of the product have not lapsed."""
        return self._session.number(_count().where(_c.product_id == product_id, _is_live(now)))

    def search(self, query: AuthorizationQuery) -> Page[Authorization]:
        """A page of the records that match."""
        return read_page(
            self._session,
            self._undecided(query, _matching(query)),
            query.page,
            order=(_c.requested_at, _c.id),
            after=None if query.page.after is None else _after(query.page.after),
            descending=query.sort is Sort.NEWEST,
            item=_record,
            position=lambda row: (time_as_text(row.requested_at), row.id),
            total=self.count(query) if query.page.counted else 0,
        )

    def count(self, query: AuthorizationQuery) -> int:
        """How many records match, on all pages."""
        if query.undecided:
            return self._count_undecided(replace(query, undecided=False))
        known = tallied(self._session, query)
        if known is not None:
            return known
        # Without the columns, so that the index alone is read.
        return self._session.number(_matching(query).with_only_columns(func.count(), maintain_column_froms=True))

    def _count_undecided(self, query: AuthorizationQuery) -> int:
        scheduled = self._scheduled()
        if not scheduled:
            return self.count(query)
        theirs = _matching(query).where(_c.id.in_(scheduled))
        return self.count(query) - self._session.number(
            theirs.with_only_columns(func.count(), maintain_column_froms=True)
        )

    def _undecided(self, query: AuthorizationQuery, matching: Select[Any]) -> Select[Any]:
        scheduled = self._scheduled() if query.undecided else []
        return matching.where(_c.id.not_in(scheduled)) if scheduled else matching

    def _scheduled(self) -> list[str]:
        """The records with a pending decision: those of some seconds, so there are few."""
        pending = select(scheduled_decisions.c.authorization_id)
        rows = self._session.execute(pending.where(scheduled_decisions.c.state == ScheduleState.PENDING))
        return [row.authorization_id for row in rows]

    def of_seller(self, seller_id: str, product_ids: Iterable[str] | None = None) -> list[Authorization]:
        """All records of a seller, or those for the given products, by product id."""
        query = _ALL.where(_c.seller_id == seller_id)
        if product_ids is None:
            return self._all(query.order_by(_c.product_id))
        records = map(_record, self._session.by_ids(query, _c.product_id, product_ids))
        return sorted(records, key=lambda record: record.product_id)

    def lapsed(self, now: datetime, limit: int) -> list[Authorization]:
        """APPROVED records past their expiry, longest first."""
        past = _ALL.where(_c.status == Status.APPROVED, _c.expires_at.is_not(None), _c.expires_at <= now)
        return self._all(past.order_by(_c.expires_at, _c.id).limit(limit))

    def follow_product(self, product_id: str, supplier_id: str) -> None:
        """The product's records are this supplier's from now on."""
        its = update(authorizations).where(_c.product_id == product_id)
        self._session.execute(its.values(supplier_id=supplier_id))

    def count_by_status(self) -> dict[Status, int]:
        """How many records stand where."""
        return tallies_by_status(self._session)

    def fullest_inboxes(self, limit: int) -> list[Inbox]:
        """Suppliers with REQUESTED records, those with the most first, then by id."""
        return fullest_inboxes(self._session, limit)

    def all_after(self, id: str, limit: int) -> list[Authorization]:
        """Records with a greater id, in order."""
        return self._all(_ALL.where(_c.id > id).order_by(_c.id).limit(limit))

    def _one(self, query: Select[Any], *, lock: bool) -> Authorization | None:
        row = self._session.execute(query.with_for_update(key_share=True) if lock else query).one_or_none()
        return None if row is None else _record(row)

    def _all(self, query: Select[Any]) -> list[Authorization]:
        return [_record(row) for row in self._session.execute(query)]


def _record(row: Row[Any]) -> Authorization:
    return Authorization(**row._mapping)  # noqa: SLF001  the public name of SQLAlchemy's


def _count() -> Select[Any]:
    return select(func.count()).select_from(authorizations)


def _holds_a_slot(now: datetime) -> ColumnElement[bool]:
    return or_(_c.status.in_(sorted(OPEN)), _is_live(now))


def _is_live(now: datetime) -> ColumnElement[bool]:
    return (_c.status == Status.APPROVED) & or_(_c.expires_at.is_(None), _c.expires_at > now)


def _after(position: Position) -> tuple[datetime, str]:
    moment, id = checked_position(position, str, str)
    return time_of_text(moment), str(id)


def _matching(query: AuthorizationQuery) -> Select[Any]:
    wanted: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (_c.seller_id, query.seller_id),
            (_c.supplier_id, query.supplier_id),
            (_c.product_id, query.product_id),
        )
        if value is not None
    ]
    if query.statuses:
        wanted.append(_c.status.in_(sorted(query.statuses)))
    if query.requested_before is not None:
        wanted.append(_c.requested_at <= query.requested_before)
    if query.requested_since is not None:
        wanted.append(_c.requested_at >= query.requested_since)
    return _about_people_and_goods(_ALL.where(*wanted), query)


def _about_people_and_goods(matching: Select[Any], query: AuthorizationQuery) -> Select[Any]:
    by_tier = query.tier is not None or query.tiers is not None
    if by_tier or query.search:
        matching = matching.join(sellers, sellers.c.id == _c.seller_id)
    by_volume = query.max_monthly_orders is not None or query.max_daily_views is not None
    if by_volume or query.search:
        matching = matching.join(products, products.c.id == _c.product_id)
    if by_tier:
        among = frozenset(Tier) if query.tiers is None else query.tiers
        tiers = sorted(tier for tier in among if query.tier in (None, tier))
        matching = matching.where(sellers.c.tier.in_(tiers))
    if query.max_monthly_orders is not None:
        matching = matching.where(products.c.monthly_orders <= query.max_monthly_orders)
    if query.max_daily_views is not None:
        matching = matching.where(products.c.daily_views <= query.max_daily_views)
    return matching.where(_mentions(query.search)) if query.search else matching


def _mentions(search: str) -> ColumnElement[bool]:
    part = folded(search)
    texts = (products.c.searchable, func.lower(sellers.c.name), func.lower(sellers.c.id))
    return or_(*(text.contains(part, autoescape=True) for text in texts))
