"""Shadow denials in dictionaries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from heapq import nsmallest

from sellergate.adapters.memory.counts import add_counts
from sellergate.adapters.memory.paging import page_of
from sellergate.adapters.memory.tables import Tables
from sellergate.domain.denials import DenialSum
from sellergate.domain.shadow import ShadowCount, ShadowFacet, ShadowKey
from sellergate.ports.queries import Page, Position, ShadowQuery
from sellergate.ports.stores import ShadowRow


class MemoryShadow:
    """What would have been denied, folded together."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, counts: Iterable[ShadowCount]) -> None:
        """Add these counts to the stored ones."""
        add_counts(self._tables.shadow, counts)

    def search(self, query: ShadowQuery) -> Page[ShadowRow]:
        """A page of counts that match, most frequent first."""
        return page_of(self._matching(query), query.page, _frequency, types=(int, str, str, str, str), descending=True)

    def totals(self, query: ShadowQuery) -> Mapping[str, int]:
        """Sums over all that match, whatever the page."""
        rows = self._matching(query)
        keys = [row.count.key for row in rows]
        return {
            "denials": sum(row.count.count for row in rows),
            "pairs": len({(key.seller_id, key.product_id) for key in keys}),
            "sellers": len({key.seller_id for key in keys}),
            "products": len({key.product_id for key in keys}),
            "suppliers": len({row.supplier_id for row in rows} - {None}),
        }

    def groups(self, query: ShadowQuery, facet: ShadowFacet) -> list[DenialSum]:
        """What matches, summed up by one of its facts, those with the most denials first."""
        groups: defaultdict[str | None, list[ShadowCount]] = defaultdict(list)
        for row in self._matching(query):
            key = row.count.key
            names = {ShadowFacet.SELLER: key.seller_id, ShadowFacet.PRODUCT: key.product_id}
            groups[names.get(facet, row.supplier_id)].append(row.count)
        sums = [_summed(of, counts) for of, counts in groups.items()]
        return sorted(sums, key=lambda each: (-each.denials, each.of or ""))[: query.page.limit]

    def all_after(self, key: ShadowKey | None, limit: int) -> list[ShadowCount]:
        """Counts with a greater key, in order."""
        counts = self._tables.shadow
        beyond = (count for count in counts if key is None or count.key > key)
        return nsmallest(limit, beyond, key=lambda count: count.key)

    def clear(self) -> None:
        """Forget all of it."""
        self._tables.shadow.clear()

    def _matching(self, query: ShadowQuery) -> list[ShadowRow]:
        rows = (ShadowRow(count=count, supplier_id=self._supplier(count)) for count in self._tables.shadow)
        return [row for row in rows if _matches(row, query)]

    def _supplier(self, count: ShadowCount) -> str | None:
        product = self._tables.products.get(count.key.product_id)
        return None if product is None else product.supplier_id


def _summed(of: str | None, counts: list[ShadowCount]) -> DenialSum:
    return DenialSum(
        of=of,
        denials=sum(count.count for count in counts),
        value=sum((count.value for count in counts), Decimal(0)),
        first_seen=min(count.first_seen for count in counts),
        last_seen=max(count.last_seen for count in counts),
    )


def _matches(row: ShadowRow, query: ShadowQuery) -> bool:
    key = row.count.key
    wanted = (
        (query.seller_id, key.seller_id),
        (query.supplier_id, row.supplier_id),
        (query.product_id, key.product_id),
        (query.stage, key.stage),
        (query.error_code, key.error_code),
    )
    if any(condition is not None and condition != value for condition, value in wanted):
        return False
    return query.since is None or row.count.last_seen >= query.since


def _frequency(row: ShadowRow) -> Position:
    key = row.count.key
    return row.count.count, key.seller_id, key.product_id, key.stage, key.error_code
