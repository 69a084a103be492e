"""A supplier's standing rules."""

from sellergate.domain.errors import Forbidden, InvalidInput
from sellergate.domain.identifiers import Actor
from sellergate.domain.policy import SupplierPolicy
from sellergate.ports.stores import Store, View


class Policies:
    """Reads and sets the policy of the actor's own supplier."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, by: Actor) -> SupplierPolicy:
        """The policy in force; the default one when none was set."""
        with self._store.view() as view:
            return view.directory.policy(_supplier(by))

    def put(self, by: Actor, policy: SupplierPolicy) -> SupplierPolicy:
        """Set the whole policy.

        It decides about requests from now on; what was approved stays approved. Raises InvalidInput when it names a product
        that is not the supplier's.
        """
        supplier_id = _supplier(by)
        with self._store.work() as work:
            _check_products(work, supplier_id, policy)
            work.directory.put_policy(supplier_id, policy)
        return policy


def _supplier(by: Actor) -> str:
    if by.supplier_id is None:
        raise Forbidden("The token names no supplier.")
    return by.supplier_id


def _check_products(view: View, supplier_id: str, policy: SupplierPolicy) -> None:
    if view.directory.supplier(supplier_id) is None:
        raise InvalidInput(f"The directory has no supplier {supplier_id}.", field="supplierId")
    known = view.directory.products_of(policy.products)
    foreign = sorted(id for id in policy.products if id not in known or known[id].supplier_id != supplier_id)
    if foreign:
        raise InvalidInput(f"Not products of this supplier: {', '.join(foreign[:5])}.", field="products")
