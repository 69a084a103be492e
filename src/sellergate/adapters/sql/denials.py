"""Denials under enforcement in SQL."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, delete, distinct, func, select

from sellergate.adapters.sql.columns import ExactTotal
from sellergate.adapters.sql.counts import add_counts
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import enforced_denials
from sellergate.domain.denials import DenialCount, DenialFacet, DenialSum, DenialTotals
from sellergate.domain.measurements import MINUTE_SECONDS, aligned

_c = enforced_denials.c
_DENIALS: Final = func.sum(_c.count)
_SUMS: Final = (
    func.coalesce(_DENIALS, 0).label("denials"),
    ExactTotal(_c.value).label("value"),
    func.min(_c.first_seen).label("first_seen"),
    func.max(_c.last_seen).label("last_seen"),
)


class SqlDenials:
    """What was denied, minute by minute."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, counts: Iterable[DenialCount]) -> None:
        """Add these counts to the stored ones."""
        add_counts(self._session, enforced_denials, counts)

    def totals(self, since: datetime, until: datetime) -> DenialTotals:
        """The sums over everything in the span."""
        wanted = _between(since, until)
        row = self._session.execute(select(*_SUMS).where(*wanted)).one()
        pairs = select(_c.seller_id, _c.product_id).where(*wanted).distinct().subquery()
        of_pairs = select(
            func.count(),
            func.count(distinct(pairs.c.seller_id)),
            func.count(distinct(pairs.c.product_id)),
        ).select_from(pairs)
        number, sellers, products = tuple(self._session.execute(of_pairs).one())
        return DenialTotals(all=_sum(row, None), pairs=number, sellers=sellers, products=products)

    def top(self, since: datetime, until: datetime, facet: DenialFacet, limit: int) -> list[DenialSum]:
        """The sellers, products, stages or codes with the most denials in the span, most first, then by name."""
        column = _c[facet.value]
        wanted = select(column.label("of"), *_SUMS).where(*_between(since, until)).group_by(column)
        rows = self._session.execute(wanted.order_by(_DENIALS.desc(), column).limit(limit))
        return [_sum(row, str(row.of)) for row in rows]

    def of_pair(self, seller_id: str, product_id: str, since: datetime, until: datetime) -> list[DenialSum]:
        """What was denied to this pair in the span, by stage."""
        its = _c.seller_id == seller_id, _c.product_id == product_id
        sums = select(_c.stage, *_SUMS).where(*its, *_between(since, until)).group_by(_c.stage)
        return [_sum(row, row.stage.value) for row in self._session.execute(sums.order_by(_c.stage))]

    def forget(self, before: datetime) -> int:
        """Delete the minutes that began before then; the answer is how many rows."""
        return self._session.execute(delete(enforced_denials).where(_c.minute < before)).rowcount


def _between(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    minutes = _c.minute >= aligned(since, MINUTE_SECONDS), _c.minute < until
    return *minutes, _c.first_seen < until, _c.last_seen >= since


def _sum(row: Row[Any], of: str | None) -> DenialSum:
    value = Decimal(0) if row.value is None else row.value
    return DenialSum(of=of, denials=int(row.denials), value=value, first_seen=row.first_seen, last_seen=row.last_seen)
