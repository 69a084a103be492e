"""Proposing a canary: two walks over the catalog, and what came of them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from sellergate.domain.canary import CanaryCriteria, Census, Choice, Miss, Outside, Pick
from sellergate.domain.directory import Product, Supplier
from sellergate.ports.queries import PageRequest, ProductQuery
from sellergate.ports.stores import Store, View

A_BATCH: Final = 1_000
WALKS: Final = 2


@dataclass(slots=True)
class Suggestion:
    """The products proposed, those that would do instead, and why all the others are neither. `done` counts what was looked at."""

    criteria: CanaryCriteria
    done: int = 0
    products: int = 0
    """Active ones with a supplier: what the share is a share of."""
    wanted: int = 0
    qualifying: int = 0
    picks: list[Pick] = field(default_factory=list)
    next_best: list[Pick] = field(default_factory=list)
    missed: Mapping[Miss, int] = field(default_factory=Counter)
    outside: Mapping[Outside, int] = field(default_factory=Counter)

    @property
    def short_by(self) -> int:
        """How many more would have to qualify."""
        return max(0, self.wanted - self.qualifying)

    @property
    def is_enough(self) -> bool:
        """Whether the share is reached by products that meet every criterion; a catalog without products has no canary."""
        return self.wanted > 0 and self.short_by == 0

    @property
    def share_reached(self) -> float:
        """The share of the products that qualify and were chosen, in percent."""
        return 100 * len(self.picks) / self.products if self.products else 0.0


class CanarySuggestions:
    """Chooses canary products from the directory; the same catalog always gives the same choice."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def steps(self) -> int:
        """How many products `suggest` will look at, each walk counted."""
        with self._store.view() as view:
            return WALKS * view.directory.products(ProductQuery(page=PageRequest(1))).total

    def suggest(self, criteria: CanaryCriteria) -> Iterator[Suggestion]:
        """Look at every product twice, a batch at a time; the suggestion so far after each, complete after the last.

        Memory is that of the suppliers and the products chosen, however large the catalog is.
        """
        suggestion = Suggestion(criteria)
        with self._store.view() as view:  # one moment for both walks
            census = Census(criteria)
            for product, supplier in _walk(view, suggestion):
                census.count(product, supplier)
                if suggestion.done % A_BATCH == 0:
                    yield suggestion
            choice = Choice(criteria, census.quotas())
            for product, supplier in _walk(view, suggestion):
                choice.consider(product, supplier)
                if suggestion.done % A_BATCH == 0:
                    yield suggestion
        suggestion.products, suggestion.wanted = census.products, census.wanted
        suggestion.qualifying, suggestion.missed, suggestion.outside = census.qualifying, census.missed, census.outside
        suggestion.picks, suggestion.next_best = choice.picks()
        yield suggestion


def _walk(view: View, suggestion: Suggestion) -> Iterator[tuple[Product, Supplier | None]]:
    last = ""
    while batch := view.directory.products_after(last, A_BATCH):
        suppliers = view.directory.suppliers_of({p.supplier_id for p in batch if p.supplier_id is not None})
        for product in batch:
            suggestion.done += 1
            yield product, suppliers.get(product.supplier_id or "")
        last = batch[-1].id
