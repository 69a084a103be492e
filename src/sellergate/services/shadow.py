"""What would have been denied: counted while a shadow phase lets it pass, read as a report."""

from collections.abc import Iterable, Mapping

from sellergate.domain.denials import DenialSum
from sellergate.domain.shadow import ShadowFacet, ShadowKey
from sellergate.ports.queries import Page, ShadowQuery
from sellergate.ports.stores import ShadowRow, Store, Work
from sellergate.services.tallies import OrderValue, Tally, TallyRecorder

Key = tuple[str, str, str, str]


class ShadowRecorder(TallyRecorder[Key]):
    """Counts denials that a shadow phase let pass."""

    name = "shadow"
    trouble = "Shadow denials cannot be written and are kept in memory"

    def record(self, seller_id: str, product_id: str, stage: str, error_code: str, value: OrderValue) -> None:
        """Count one denial. Never raises: a shadow must not harm a sale."""
        self.count((seller_id, product_id, str(stage), error_code), self._now(), value)

    def write(self, work: Work, tallies: Iterable[tuple[Key, Tally]]) -> None:
        """Add these counts to the stored ones."""
        work.shadow.add(tally.of(ShadowKey(*key)) for key, tally in tallies)


class ShadowReport:
    """The shadow report: who would have been denied what, how often, since when."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def search(self, query: ShadowQuery) -> Page[ShadowRow]:
        """A page of the counts that match, most frequent first. Raises StoreUnavailable."""
        return self._store.read_aside(lambda view: view.shadow.search(query))

    def totals(self, query: ShadowQuery) -> Mapping[str, int]:
        """`denials`, `pairs`, `sellers`, `products` and `suppliers` of all that match. Raises StoreUnavailable."""
        return self._store.read_aside(lambda view: view.shadow.totals(query))

    def groups(self, query: ShadowQuery, facet: ShadowFacet) -> list[DenialSum]:
        """What matches, summed up by seller, product or supplier: a page of them, most denials first. Raises StoreUnavailable."""
        return self._store.read_aside(lambda view: view.shadow.groups(query, facet))
