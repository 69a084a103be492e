"""What the people and goods of a list are called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sellergate.ports.stores import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names by id. Who is not in the directory goes by their id."""

    sellers: Mapping[str, str]
    products: Mapping[str, str]
    suppliers: Mapping[str, str]

    def seller(self, id: str) -> str:
        """The seller's name."""
        return self.sellers.get(id, id)

    def product(self, id: str) -> str:
        """The product's name."""
        return self.products.get(id, id)

    def supplier(self, id: str) -> str:
        """The supplier's name."""
        return self.suppliers.get(id, id)


class Naming:
    """Looks names up, many at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, *, sellers: Iterable[str] = (), products: Iterable[str] = (), suppliers: Iterable[str] = ()) -> Names:
        """The names of these. Raises StoreUnavailable."""
        wanted = set(sellers), set(products), set(suppliers)
        return self._store.read_aside(
            lambda view: Names(
                sellers={id: one.name for id, one in view.directory.sellers_of(wanted[0]).items()},
                products={id: one.name for id, one in view.directory.products_of(wanted[1]).items()},
                suppliers={id: one.name for id, one in view.directory.suppliers_of(wanted[2]).items()},
            )
        )
