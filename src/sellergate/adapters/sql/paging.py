"""Pages by the sort key of the last row, never by counting rows off: a page costs the same wherever it is."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, Row, Select, func, literal, select, tuple_

from sellergate.adapters.sql.session import Session
from sellergate.ports.queries import Page, PageRequest, Position

T = TypeVar("T")


def read_page(
    session: Session,
    query: Select[Any],
    request: PageRequest,
    *,
    order: Sequence[Column[Any]],
    after: Sequence[Any] | None,
    item: Callable[[Row[Any]], T],
    position: Callable[[Row[Any]], Position],
    descending: bool = False,
    total: int | None = None,
) -> Page[T]:
    """The rows of `query` in `order` that come after the values `after`, and how many rows it has in all: `total`, where the
    caller knows without counting.

    All of `order` runs in one direction, so that an index over it serves both directions.
    """
    if total is None and request.counted:
        total = session.number(select(func.count()).select_from(query.subquery()))
    if after is not None:
        query = query.where(_beyond(order, after, descending=descending))
    query = query.order_by(*(column.desc() if descending else column for column in order))
    rows = session.execute(query.limit(request.limit + 1)).all()
    chosen = rows[: request.limit]
    more = len(rows) > len(chosen) > 0
    return Page(
        [item(row) for row in chosen],
        position(chosen[-1]) if more else None,
        total or 0,
        position(chosen[0]) if chosen else None,
    )


def _beyond(order: Sequence[Column[Any]], after: Sequence[Any], *, descending: bool) -> Any:
    key = tuple_(*order)
    last = tuple_(*(literal(value, column.type) for column, value in zip(order, after, strict=True)))
    return key < last if descending else key > last
