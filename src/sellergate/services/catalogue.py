"""What a supplier offers: their products, how many sellers each has, and how many more wait."""

from dataclasses import dataclass
from datetime import datetime

from sellergate.domain.authorization import Status
from sellergate.domain.directory import Product
from sellergate.domain.errors import Forbidden, ProductNotFound
from sellergate.domain.identifiers import Actor
from sellergate.domain.policy import SupplierPolicy
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import AuthorizationQuery, Page, PageRequest, Position, ProductQuery
from sellergate.ports.stores import Store, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One product. `capacity` is how many sellers it may have (None: any number), `own_capacity` what was set for it alone."""

    product: Product
    capacity: int | None
    own_capacity: int | None
    approved: int
    waiting: int

    @property
    def free(self) -> int | None:
        """How many more sellers fit; None: any number."""
        return None if self.capacity is None else max(0, self.capacity - self.approved)

    @property
    def blocked(self) -> int:
        """How many wait and could not be approved now."""
        return 0 if self.free is None else max(0, self.waiting - self.free)


class Catalogue:
    """Reads for the supplier an actor acts for. Raises Forbidden for anybody else."""

    def __init__(self, store: Store, *, now: Clock = utc_now) -> None:
        self._store = store
        self._now = now

    def page(
        self, by: Actor, *, search: str | None = None, after: Position | None = None, limit: int = 25
    ) -> Page[Offer]:
        """A page of the supplier's products, by id."""
        supplier_id, now = _supplier(by), self._now()
        asked = ProductQuery(supplier_id=supplier_id, search=search, page=PageRequest(limit, after))

        def read(view: View) -> Page[Offer]:
            page, policy = view.directory.products(asked), view.directory.policy(supplier_id)
            return Page([_offer(view, product, policy, now) for product in page.items], page.next, page.total)

        return self._store.read_aside(read)

    def one(self, by: Actor, product_id: str) -> Offer:
        """One of the supplier's products as it is now. Raises ProductNotFound for what is not theirs."""
        supplier_id = _supplier(by)
        with self._store.view() as view:
            product = view.directory.product(product_id)
            if product is None or product.supplier_id != supplier_id:
                raise ProductNotFound(product_id)
            return _offer(view, product, view.directory.policy(supplier_id), self._now())


def _supplier(by: Actor) -> str:
    if by.supplier_id is None:
        raise Forbidden("Only a supplier can do this.")
    return by.supplier_id


def _offer(view: View, product: Product, policy: SupplierPolicy, now: datetime) -> Offer:
    waiting = AuthorizationQuery(product_id=product.id, statuses=frozenset({Status.REQUESTED}), undecided=True)
    own = policy.products.get(product.id)
    return Offer(
        product=product,
        capacity=policy.capacity(product.id),
        own_capacity=None if own is None else own.max_sellers,
        approved=view.authorizations.approved_sellers(product.id, now),
        waiting=view.authorizations.count(waiting),
    )
