"""Shadow denials in SQL."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, delete, func, literal, select, tuple_

from sellergate.adapters.positions import checked_position
from sellergate.adapters.sql.columns import ExactTotal
from sellergate.adapters.sql.counts import add_counts
from sellergate.adapters.sql.paging import read_page
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import products, shadow_denials
from sellergate.domain.denials import DenialSum
from sellergate.domain.shadow import ShadowCount, ShadowFacet, ShadowKey
from sellergate.ports.queries import Page, Position, ShadowQuery
from sellergate.ports.stores import ShadowRow

_c = shadow_denials.c
_KEY: Final = (_c.seller_id, _c.product_id, _c.stage, _c.error_code)
_ROWS: Final = select(shadow_denials, products.c.supplier_id).outerjoin(products, products.c.id == _c.product_id)
_BY_PAIR: Final = _ROWS.with_only_columns(
    _c.seller_id, _c.product_id, products.c.supplier_id, func.sum(_c.count).label("denials")
).group_by(_c.seller_id, _c.product_id, products.c.supplier_id)

_FACETS: Final = {
    ShadowFacet.SELLER: _c.seller_id,
    ShadowFacet.PRODUCT: _c.product_id,
    ShadowFacet.SUPPLIER: products.c.supplier_id,
}
_SUMS: Final = (
    func.sum(_c.count).label("denials"),
    ExactTotal(_c.value).label("value"),
    func.min(_c.first_seen).label("first_seen"),
    func.max(_c.last_seen).label("last_seen"),
)


class SqlShadow:
    """What would have been denied, folded together."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, counts: Iterable[ShadowCount]) -> None:
        """Add these counts to the stored ones."""
        add_counts(self._session, shadow_denials, counts)

    def search(self, query: ShadowQuery) -> Page[ShadowRow]:
        """A page of counts that match, most frequent first."""
        return read_page(
            self._session,
            _ROWS.where(*_conditions(query)),
            query.page,
            order=(_c.count, *_KEY),
            after=None if query.page.after is None else checked_position(query.page.after, int, str, str, str, str),
            descending=True,
            item=_shadow_row,
            position=_position,
        )

    def totals(self, query: ShadowQuery) -> Mapping[str, int]:
        """Sums over all that match, whatever the page."""
        pairs = _BY_PAIR.where(*_conditions(query)).subquery()
        sums = select(
            func.coalesce(func.sum(pairs.c.denials), 0).label("denials"),
            func.count().label("pairs"),
            func.count(pairs.c.seller_id.distinct()).label("sellers"),
            func.count(pairs.c.product_id.distinct()).label("products"),
            func.count(pairs.c.supplier_id.distinct()).label("suppliers"),
        )
        return {name: int(value) for name, value in self._session.execute(sums).mappings().one().items()}

    def groups(self, query: ShadowQuery, facet: ShadowFacet) -> list[DenialSum]:
        """What matches, summed up by one of its facts, those with the most denials first."""
        column = _FACETS[facet]
        sums = _ROWS.with_only_columns(column.label("of"), *_SUMS).where(*_conditions(query)).group_by(column)
        most = sums.order_by(func.sum(_c.count).desc(), func.coalesce(column, "")).limit(query.page.limit)
        return [
            DenialSum(
                of=row.of,
                denials=int(row.denials),
                value=row.value or Decimal(0),
                first_seen=row.first_seen,
                last_seen=row.last_seen,
            )
            for row in self._session.execute(most)
        ]

    def all_after(self, key: ShadowKey | None, limit: int) -> list[ShadowCount]:
        """Counts with a greater key, in order."""
        walk = select(shadow_denials).order_by(*_KEY).limit(limit)
        if key is not None:
            values = (literal(value, column.type) for column, value in zip(_KEY, key, strict=True))
            walk = walk.where(tuple_(*_KEY) > tuple_(*values))
        return [_count(row) for row in self._session.execute(walk)]

    def clear(self) -> None:
        """Forget all of it."""
        self._session.execute(delete(shadow_denials))


def _conditions(query: ShadowQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (_c.seller_id, query.seller_id),
            (products.c.supplier_id, query.supplier_id),
            (_c.product_id, query.product_id),
            (_c.stage, query.stage),
            (_c.error_code, query.error_code),
        )
        if value is not None
    ]
    if query.since is not None:
        wanted.append(_c.last_seen >= query.since)
    return wanted


def _shadow_row(row: Row[Any]) -> ShadowRow:
    return ShadowRow(count=_count(row), supplier_id=row.supplier_id)


def _count(row: Row[Any]) -> ShadowCount:
    return ShadowCount(
        key=ShadowKey(row.seller_id, row.product_id, row.stage.value, row.error_code),
        count=row._mapping["count"],  # noqa: SLF001  `count` would name the tuple's method
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        value=row.value,
    )


def _position(row: Row[Any]) -> Position:
    return row._mapping["count"], row.seller_id, row.product_id, row.stage.value, row.error_code  # noqa: SLF001
