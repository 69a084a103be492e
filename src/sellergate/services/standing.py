"""Where a seller stands: their authorizations, limits and cooldowns, and what they may ask for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sellergate.domain.authorization import Authorization, Status
from sellergate.domain.directory import Product, Seller, Supplier, Tier
from sellergate.domain.eligibility import why_not_request
from sellergate.domain.errors import Forbidden, ProductNotFound, SellergateError, SellerNotFound
from sellergate.domain.gate import GateDecision, decide
from sellergate.domain.identifiers import Actor, SellerId
from sellergate.domain.policy import ProductLimits
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import Page, ProductQuery
from sellergate.ports.stores import Store, View


@dataclass(frozen=True, slots=True)
class Cooldown:
    """A product the seller may ask for again at `until`; `days_remaining` is rounded up."""

    product_id: str
    until: datetime
    days_remaining: int


@dataclass(frozen=True, slots=True)
class LimitsInUse:
    """A seller's slots; `limit` and `remaining` are None when unlimited."""

    used: int
    limit: int | None
    remaining: int | None
    tier: Tier
    cooldowns: list[Cooldown]


@dataclass(frozen=True, slots=True)
class Standing:
    """One seller and one product: the record if there is one, what the gate would decide, and what stands in the way of asking."""

    product: Product
    supplier: Supplier | None
    record: Authorization | None
    decision: GateDecision
    obstacle: SellergateError | None

    @property
    def can_request(self) -> bool:
        """Whether a request would be accepted now."""
        return self.obstacle is None


class SellerDesk:
    """What sellers read. Raises Forbidden for an actor without a seller, SellerNotFound for one not in the directory."""

    def __init__(self, store: Store, limits: ProductLimits, *, now: Clock = utc_now) -> None:
        self._store = store
        self._limits = limits
        self._now = now

    def limits(self, by: Actor) -> LimitsInUse:
        """Slots in use and free, and the running cooldowns, soonest first."""
        now = self._now()
        with self._store.view() as view:
            seller = _seller(view, by)
            used = view.authorizations.slots_in_use(seller.id, now)
            records = view.authorizations.of_seller(seller.id)
        limit = self._limits.of(seller.tier)
        return LimitsInUse(
            used=used,
            limit=limit,
            remaining=None if limit is None else max(0, limit - used),
            tier=seller.tier,
            cooldowns=_cooldowns(records, now),
        )

    def catalog(self, by: Actor, query: ProductQuery) -> Page[Standing]:
        """Products, each with how the seller stands to it."""
        with self._store.view() as view:
            seller = _seller(view, by)
            page = view.directory.products(query)
            return Page(self._standings(view, seller, page.items), page.next, page.total)

    def one(self, by: Actor, product_id: str) -> Standing:
        """How the seller stands to one product. Raises ProductNotFound."""
        with self._store.view() as view:
            seller = _seller(view, by)
            product = view.directory.product(product_id)
            if product is None:
                raise ProductNotFound(product_id)
            return self._standings(view, seller, [product])[0]

    def of(self, by: Actor, product_ids: Iterable[str]) -> list[Standing]:
        """How the seller stands to each of these products, in this order; what the directory does not know is left out."""
        with self._store.view() as view:
            seller = _seller(view, by)
            wanted = list(product_ids)
            known = view.directory.products_of(wanted)
            return self._standings(view, seller, [known[id] for id in wanted if id in known])

    def _standings(self, view: View, seller: Seller, products: list[Product]) -> list[Standing]:
        now = self._now()
        ids = [product.id for product in products]
        records = {record.product_id: record for record in view.authorizations.of_seller(seller.id, ids)}
        suppliers = view.directory.suppliers_of({product.supplier_id for product in products if product.supplier_id})
        slots = view.authorizations.slots_in_use(seller.id, now)
        return [
            Standing(
                product=product,
                supplier=suppliers.get(product.supplier_id or ""),
                record=records.get(product.id),
                decision=decide(facts, now.timestamp()),
                obstacle=why_not_request(
                    seller,
                    product,
                    records.get(product.id),
                    slots_in_use=slots,
                    limit=self._limits.of(seller.tier),
                    now=now,
                ),
            )
            for product, facts in zip(products, self._store.facts(seller.id, ids), strict=True)
        ]


def _seller(view: View, by: Actor) -> Seller:
    if by.seller_id is None:
        raise Forbidden("Only a seller can do this.")
    seller = view.directory.seller(SellerId(by.seller_id))
    if seller is None:
        raise SellerNotFound(by.seller_id)
    return seller


def _cooldowns(records: list[Authorization], now: datetime) -> list[Cooldown]:
    running = [
        Cooldown(record.product_id, record.cooldown_until, -((now - record.cooldown_until) // timedelta(days=1)))
        for record in records
        if record.status is Status.REJECTED and record.cooldown_until is not None and record.cooldown_until > now
    ]
    return sorted(running, key=lambda cooldown: (cooldown.until, cooldown.product_id))
