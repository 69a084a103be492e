"""A supplier's standing rules."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from sellergate.domain.authorization import Status
from sellergate.domain.errors import Forbidden, InvalidInput, PolicyOutdated, ProductNotFound
from sellergate.domain.identifiers import Actor
from sellergate.domain.policy import SupplierPolicy
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import AuthorizationQuery, PageRequest
from sellergate.ports.stores import Store, View, Work
from sellergate.services.transactions import in_one_transaction

PLACES_MAX: Final = 1_000_000
PAGE: Final = 100
TRIED_MAX: Final = 2_000
"""As many of the oldest requests are looked at: somebody waits for the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """How many of the requests looked at a policy would approve, and how many wait in all."""

    would_approve: int
    looked_at: int
    waiting: int


class Policies:
    """Reads and sets the policy of the actor's own supplier."""

    def __init__(self, store: Store, *, now: Clock = utc_now) -> None:
        self._store = store
        self._now = now

    def get(self, by: Actor) -> SupplierPolicy:
        """The policy in force; the default one when none was set."""
        with self._store.view() as view:
            return view.directory.policy(_supplier(by))

    def put(self, by: Actor, policy: SupplierPolicy, *, known: int | None = None) -> SupplierPolicy:
        """Set the whole policy; the answer has its version. `known` is the version it was made from; None: whatever is in force.

        It decides about requests from now on; what was approved stays approved. Raises PolicyOutdated when the policy has been
        set since `known`, and InvalidInput when it names a product that is not the supplier's.
        """
        supplier_id = _supplier(by)

        def verb(work: Work) -> SupplierPolicy:
            before = _locked(work, supplier_id)
            if known not in (None, before.version):
                raise PolicyOutdated(before.version, known=known)
            _check_products(work, supplier_id, policy)
            return work.directory.put_policy(supplier_id, replace(policy, version=before.version))

        return in_one_transaction(self._store, verb)

    def set_capacity(self, by: Actor, product_id: str, places: int | None) -> SupplierPolicy:
        """How many sellers one product may have at once; None: as many as the supplier's other products.

        Who is approved already stays so. Raises InvalidInput, and ProductNotFound for what is not the supplier's.
        """
        supplier_id = _supplier(by)
        if places is not None and not 1 <= places <= PLACES_MAX:
            raise InvalidInput(f"A product has 1 to {PLACES_MAX} places.", field="places")

        def verb(work: Work) -> SupplierPolicy:
            product = work.directory.product(product_id, lock=True)
            if product is None or product.supplier_id != supplier_id:
                raise ProductNotFound(product_id)
            policy = _locked(work, supplier_id).with_capacity(product.id, places)
            return work.directory.put_policy(supplier_id, policy)

        return in_one_transaction(self._store, verb)

    def try_out(self, by: Actor, policy: SupplierPolicy) -> DryRun:
        """What a policy would do with the requests that wait now, the oldest first. Nothing is changed."""
        supplier_id, now = _supplier(by), self._now()

        def read(view: View) -> DryRun:
            _check_products(view, supplier_id, policy)
            waiting = AuthorizationQuery(supplier_id=supplier_id, statuses=frozenset({Status.REQUESTED}))
            return _tried(view, policy, waiting, now)

        return self._store.read_aside(read)


def _tried(view: View, policy: SupplierPolicy, waiting: AuthorizationQuery, now: datetime) -> DryRun:
    approved: dict[str, int] = {}
    would, looked_at, page = 0, 0, PageRequest(PAGE)
    total = view.authorizations.count(waiting)
    while looked_at < TRIED_MAX:
        answer = view.authorizations.search(replace(waiting, page=page))
        sellers = view.directory.sellers_of({record.seller_id for record in answer.items})
        for record in answer.items:
            id = record.product_id
            if id not in approved:
                approved[id] = view.authorizations.approved_sellers(id, now)
            seller = sellers.get(record.seller_id)
            if seller is not None and policy.admits(seller, id, approved_sellers=partial(approved.__getitem__, id)):
                would, approved[id] = would + 1, approved[id] + 1
        looked_at += len(answer.items)
        if answer.next is None:
            break
        page = PageRequest(PAGE, answer.next, counted=False)
    return DryRun(would_approve=would, looked_at=looked_at, waiting=total)


def _supplier(by: Actor) -> str:
    if by.supplier_id is None:
        raise Forbidden("The token names no supplier.")
    return by.supplier_id


def _locked(work: Work, supplier_id: str) -> SupplierPolicy:
    """The policy in force, which nobody else sets until this work ends: those who wait for each other are not refused."""
    work.directory.supplier(supplier_id, lock=True)
    return work.directory.policy(supplier_id)


def _check_products(view: View, supplier_id: str, policy: SupplierPolicy) -> None:
    if view.directory.supplier(supplier_id) is None:
        raise InvalidInput(f"The directory has no supplier {supplier_id}.", field="supplierId")
    known = view.directory.products_of(policy.products)
    foreign = sorted(id for id in policy.products if id not in known or known[id].supplier_id != supplier_id)
    if foreign:
        raise InvalidInput(f"Not products of this supplier: {', '.join(foreign[:5])}.", field="products")
