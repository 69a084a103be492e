"""Shadow denials in SQL."""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, case, delete, func, literal, select, tuple_

from sellergate.adapters.positions import checked_position
from sellergate.adapters.sql.columns import ExactSum
from sellergate.adapters.sql.paging import read_page
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import products, shadow_denials
from sellergate.domain.shadow import ShadowCount, ShadowKey
from sellergate.ports.queries import Page, Position, ShadowQuery
from sellergate.ports.stores import ShadowRow

_c = shadow_denials.c
_KEY: Final = (_c.seller_id, _c.product_id, _c.stage, _c.error_code)
_ROWS: Final = select(shadow_denials, products.c.supplier_id).outerjoin(products, products.c.id == _c.product_id)
_BY_PAIR: Final = _ROWS.with_only_columns(
    _c.seller_id, _c.product_id, products.c.supplier_id, func.sum(_c.count).label("denials")
).group_by(_c.seller_id, _c.product_id, products.c.supplier_id)

_in_order = attrgetter("key.seller_id", "key.product_id", "key.stage", "key.error_code")


class SqlShadow:
    """What would have been denied, folded together."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, counts: Iterable[ShadowCount]) -> None:
        """Add these counts to the stored ones."""
        # In one order for everybody: two that add to the same counts would otherwise wait for each other.
        rows = [_row_of(count) for count in sorted(counts, key=_in_order)]
        if not rows:
            return
        insert = self._session.insert_or(shadow_denials)
        new = insert.excluded
        statement = insert.on_conflict_do_update(
            index_elements=_KEY,
            set_={
                "count": _c.count + new.count,
                "first_seen": case((_c.first_seen <= new.first_seen, _c.first_seen), else_=new.first_seen),
                "last_seen": case((_c.last_seen >= new.last_seen, _c.last_seen), else_=new.last_seen),
                "value": ExactSum(_c.value, new.value),
            },
        )
        self._session.execute(statement, rows)

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

    def all_after(self, key: ShadowKey | None, limit: int) -> list[ShadowCount]:
        """Counts with a greater key, in order."""
        walk = select(shadow_denials).order_by(*_KEY).limit(limit)
        if key is not None:
            last = (key.seller_id, key.product_id, key.stage, key.error_code)
            values = (literal(value, column.type) for column, value in zip(_KEY, last, strict=True))
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
        )
        if value is not None
    ]
    if query.since is not None:
        wanted.append(_c.last_seen >= query.since)
    return wanted


def _row_of(count: ShadowCount) -> dict[str, Any]:
    return {
        "seller_id": count.key.seller_id,
        "product_id": count.key.product_id,
        "stage": count.key.stage,
        "error_code": count.key.error_code,
        "count": count.count,
        "first_seen": count.first_seen,
        "last_seen": count.last_seen,
        "value": count.value,
    }


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
