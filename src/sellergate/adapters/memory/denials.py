"""Denials under enforcement in dictionaries."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from sellergate.adapters.memory.counts import add_counts
from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.denials import DenialCount, DenialFacet, DenialSum, DenialTotals, summed


class MemoryDenials:
    """What was denied, minute by minute."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, counts: Iterable[DenialCount]) -> None:
        """Add these counts to the stored ones."""
        those = list(counts)
        check_times(*(count.key.minute for count in those))
        add_counts(self._tables.denials, those)

    def totals(self, since: datetime, until: datetime) -> DenialTotals:
        """The sums over everything in the span."""
        rows = self._between(since, until)
        return DenialTotals(
            all=summed(rows, None),
            pairs=len({(row.key.seller_id, row.key.product_id) for row in rows}),
            sellers=len({row.key.seller_id for row in rows}),
            products=len({row.key.product_id for row in rows}),
        )

    def top(self, since: datetime, until: datetime, facet: DenialFacet, limit: int) -> list[DenialSum]:
        """The sellers, products, stages or codes with the most denials in the span, most first, then by name."""
        sums = _summed_by(facet, self._between(since, until))
        return sorted(sums, key=lambda each: (-each.denials, each.of))[:limit]

    def of_pair(self, seller_id: str, product_id: str, since: datetime, until: datetime) -> list[DenialSum]:
        """What was denied to this pair in the span, by stage."""
        rows = self._between(since, until)
        its = (row for row in rows if (row.key.seller_id, row.key.product_id) == (seller_id, product_id))
        return _summed_by(DenialFacet.STAGE, its)

    def forget(self, before: datetime) -> int:
        """Delete the minutes that began before then; the answer is how many rows."""
        check_times(before)
        old = [row.key for row in self._tables.denials if row.key.minute < before]
        for key in old:
            self._tables.denials.remove(key)
        return len(old)

    def _between(self, since: datetime, until: datetime) -> list[DenialCount]:
        check_times(since, until)
        return [row for row in self._tables.denials if row.first_seen < until and row.last_seen >= since]


def _summed_by(facet: DenialFacet, rows: Iterable[DenialCount]) -> list[DenialSum]:
    def name(row: DenialCount) -> str:
        return str(getattr(row.key, facet.value))

    return [summed(its, of) for of, its in groupby(sorted(rows, key=name), key=name)]
