"""Grandfathering: past sales become approvals, so that switching on blocks nobody who sells today."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Final, NamedTuple

from sellergate.domain.authorization import Status
from sellergate.domain.directory import Product, Seller, SellerStatus, Supplier, Tier
from sellergate.domain.identifiers import SYSTEM, ProductId, SellerId, SupplierId, checked_id
from sellergate.domain.policy import ProductLimits
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.feed import Change, ChangeKind
from sellergate.ports.stores import Store, View, Work
from sellergate.services.moves import approve, request
from sellergate.services.people import save_seller
from sellergate.services.transactions import in_one_transaction

PAIRS_A_TRANSACTION: Final = 200


@dataclass(frozen=True, slots=True)
class Sale:
    """One order line of the past."""

    seller_id: str
    product_id: str
    at: datetime | None = None
    value: Decimal = Decimal(0)


@dataclass(slots=True)
class PastSales:
    """What one seller has sold of one product."""

    seller_id: SellerId
    product_id: ProductId
    orders: int = 0
    value: Decimal = Decimal(0)
    first: datetime | None = None
    last: datetime | None = None

    def add(self, sale: Sale) -> None:
        """Count one more order line."""
        self.orders += 1
        self.value += sale.value
        if sale.at is not None:
            self.first = min(self.first or sale.at, sale.at)
            self.last = max(self.last or sale.at, sale.at)


class Outcome(StrEnum):
    """What becomes of one pair. Where a supplier has said no, a backfill does not say yes."""

    GRANTED = "granted"
    ALREADY_APPROVED = "already-approved"
    NEEDS_NONE = "needs-none"
    UNKNOWN = "unknown"
    WAITING_FOR_INFO = "waiting-for-info"
    REJECTED = "rejected"
    REVOKED = "revoked"
    EXPIRED = "expired"


_BY_STATUS: Final = {
    Status.NONE: Outcome.GRANTED,
    Status.REQUESTED: Outcome.GRANTED,
    Status.CANCELLED: Outcome.GRANTED,
    Status.APPROVED: Outcome.ALREADY_APPROVED,
    Status.INFO_REQUESTED: Outcome.WAITING_FOR_INFO,
    Status.REJECTED: Outcome.REJECTED,
    Status.REVOKED: Outcome.REVOKED,
    Status.EXPIRED: Outcome.EXPIRED,
}


@dataclass(slots=True)
class BackfillReport:
    """What a backfill did, or in a dry run would do."""

    sales: int = 0
    pairs: int = 0
    sellers: int = 0
    products: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    sellers_created: int = 0
    products_created: int = 0
    over_limit: list[tuple[str, int, int]] = field(default_factory=list)
    """Sellers with more slots in use than their limit allows: id, used, limit."""


def pairs_of(sales: Iterable[Sale], since: datetime | None = None) -> dict[tuple[str, str], PastSales]:
    """The sales folded together by seller and product, without those before `since`. Raises InvalidInput for a bad id."""
    pairs: dict[tuple[str, str], PastSales] = {}
    for sale in sales:
        if since is not None and (sale.at is None or sale.at < since):
            continue
        key = (sale.seller_id, sale.product_id)
        if key not in pairs:
            seller_id = SellerId(checked_id(sale.seller_id, "seller"))
            pairs[key] = PastSales(seller_id, ProductId(checked_id(sale.product_id, "product")))
        pairs[key].add(sale)
    return pairs


class Backfill:
    """Turns past sales into approvals, by the same moves as everybody's, as the system.

    Run it again and nothing happens twice. The product limit and capacity do not hold it up: it only writes down what is the
    case; sellers beyond their limit are reported. Unknown sellers and products are entered into the directory, the products under
    `supplier_id`, unless that is None: then they are left out and counted.

    Its moves are in no metric: nobody has asked and nobody answered, and a hundred thousand approvals at once would hide for
    days how suppliers decide.
    """

    def __init__(
        self, store: Store, limits: ProductLimits, *, supplier_id: SupplierId | None, now: Clock = utc_now
    ) -> None:
        self._store = store
        self._limits = limits
        self._supplier_id = supplier_id
        self._now = now

    def run(self, pairs: Iterable[PastSales], *, dry_run: bool = False) -> Iterator[BackfillReport]:
        """Work through the pairs, some hundred a transaction; the report so far after each, complete after the last."""
        report = BackfillReport()
        seen = _Seen()
        remaining = iter(sorted(pairs, key=lambda pair: (pair.seller_id, pair.product_id)))
        while batch := list(islice(remaining, PAIRS_A_TRANSACTION)):
            for judged in self._work_through(batch, dry_run=dry_run):
                seen.note(judged)
                report.outcomes[judged.outcome] += 1
                report.sales += judged.pair.orders
                report.pairs += 1
            seen.fill(report)
            yield report
        report.over_limit = self._over_limit(seen.new_slots, planned=dry_run)
        yield report

    def _work_through(self, batch: list[PastSales], *, dry_run: bool) -> list["_Judged"]:
        def verb(work: Work) -> list[_Judged]:
            if not dry_run:
                _lock(work, batch)
            return [self._decide(work, pair, dry_run=dry_run) for pair in batch]

        return in_one_transaction(self._store, verb)

    def _decide(self, work: Work, pair: PastSales, *, dry_run: bool) -> "_Judged":
        outcome, status = self._judge(work, pair)
        granted = outcome is Outcome.GRANTED
        judged = _Judged(
            pair,
            outcome,
            takes_a_slot=granted and status is not Status.REQUESTED,
            new_seller=granted and work.directory.seller(pair.seller_id) is None,
            new_product=granted and work.directory.product(pair.product_id) is None,
        )
        if granted and not dry_run:
            self._grant(work, pair)
        return judged

    def _judge(self, view: View, pair: PastSales) -> tuple[Outcome, Status]:
        seller = view.directory.seller(pair.seller_id)
        product = view.directory.product(pair.product_id)
        if self._supplier_id is None and (seller is None or product is None):
            return Outcome.UNKNOWN, Status.NONE
        if product is not None and _needs_no_authorization(seller, product):
            return Outcome.NEEDS_NONE, Status.NONE
        if seller is not None and seller.status is SellerStatus.REVOKED:
            return Outcome.REVOKED, Status.NONE
        record = view.authorizations.find(pair.seller_id, pair.product_id)
        status = record.status_at(self._now()) if record else Status.NONE
        return _BY_STATUS[status], status

    def _grant(self, work: Work, pair: PastSales) -> None:
        at = self._now()
        self._enter_seller(work, pair.seller_id, at)
        product = self._enter_product(work, pair.product_id)
        record = work.authorizations.find(pair.seller_id, pair.product_id)
        if record is None or record.status is not Status.REQUESTED:
            record = request(
                work,
                record,
                SYSTEM,
                seller_id=pair.seller_id,
                product=product,
                justification=f"Sold before: {pair.orders} order lines.",
                volume=None,
                at=at,
                metadata=_metadata(pair),
            )
        approve(work, record, SYSTEM, at=at, beyond_capacity=True, metadata=_metadata(pair))

    @staticmethod
    def _enter_seller(work: Work, seller_id: SellerId, at: datetime) -> None:
        if work.directory.seller(seller_id, lock=True) is None:
            seller = Seller(id=seller_id, name=seller_id)
            save_seller(work, None, seller, action="backfill", by=SYSTEM, at=at)

    def _enter_product(self, work: Work, product_id: ProductId) -> Product:
        product = work.directory.product(product_id)
        if product is not None:
            return product
        assert self._supplier_id is not None  # noqa: S101  pairs of unknown products were left out
        if work.directory.supplier(self._supplier_id) is None:
            work.directory.put_supplier(Supplier(id=self._supplier_id, name="Unassigned (past orders)", version=1))
        product = Product(id=product_id, name=product_id, supplier_id=self._supplier_id, version=1)
        work.directory.put_product(product)
        work.announce(Change(kind=ChangeKind.PRODUCT, version=product.version, product_id=product.id))
        return product

    def _over_limit(self, new_slots: Counter[str], *, planned: bool) -> list[tuple[str, int, int]]:
        over = []
        now = self._now()
        with self._store.view() as view:
            sellers = view.directory.sellers_of(new_slots)
            slots = view.authorizations.slots_by_seller(new_slots, now)
        for seller_id in sorted(new_slots):
            seller = sellers.get(seller_id)
            limit = self._limits.of(seller.tier if seller else Tier.BRONZE)
            used = slots.get(seller_id, 0) + (new_slots[seller_id] if planned else 0)
            if limit is not None and used > limit:
                over.append((seller_id, used, limit))
        return over


class _Judged(NamedTuple):
    pair: PastSales
    outcome: Outcome
    takes_a_slot: bool
    new_seller: bool
    new_product: bool


class _Seen:
    """Who and what a run has come across, so that nobody is counted twice, in a dry run either."""

    def __init__(self) -> None:
        self.new_slots: Counter[str] = Counter()
        self._sellers: dict[str, bool] = {}
        self._products: dict[str, bool] = {}

    def note(self, judged: _Judged) -> None:
        seller_id, product_id = judged.pair.seller_id, judged.pair.product_id
        self._sellers[seller_id] = self._sellers.get(seller_id, False) or judged.new_seller
        self._products[product_id] = self._products.get(product_id, False) or judged.new_product
        if judged.takes_a_slot:
            self.new_slots[seller_id] += 1

    def fill(self, report: BackfillReport) -> None:
        report.sellers, report.products = len(self._sellers), len(self._products)
        report.sellers_created, report.products_created = sum(self._sellers.values()), sum(self._products.values())


def _lock(work: Work, batch: list[PastSales]) -> None:
    """All sellers, then all products, each in order: two backfills of the same sales wait for each other once."""
    for seller_id in sorted({pair.seller_id for pair in batch}):
        work.directory.seller(seller_id, lock=True)
    for product_id in sorted({pair.product_id for pair in batch}):
        work.directory.product(product_id, lock=True)


def _needs_no_authorization(seller: Seller | None, product: Product) -> bool:
    return product.supplier_id is None or (seller is not None and product.supplier_id == seller.supplier_id)


def _metadata(pair: PastSales) -> dict[str, object]:
    return {
        "backfill": True,
        "orders": pair.orders,
        "value": str(pair.value),
        "firstSale": pair.first and pair.first.isoformat(),
        "lastSale": pair.last and pair.last.isoformat(),
    }
