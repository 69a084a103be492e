"""The marketplace's directory: suppliers, sellers and products, one by one or as a stream."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final, TypeVar

from sellergate.domain.directory import Product, Seller, SellerStatus, Supplier
from sellergate.domain.errors import (
    ConcurrentChange,
    InvalidInput,
    InvalidStatus,
    ProductNotFound,
    SellergateError,
    SellerNotFound,
    StoreUnavailable,
    SupplierNotFound,
)
from sellergate.domain.identifiers import Actor
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.feed import Change, ChangeKind
from sellergate.ports.queries import Page, ProductQuery, SellerQuery, SupplierQuery
from sellergate.ports.stores import Store, Work
from sellergate.services.people import save_seller
from sellergate.services.transactions import CountVerb, in_one_transaction, uncounted

T = TypeVar("T", Supplier, Seller, Product)

LINES_A_TRANSACTION: Final = 500
ERRORS_KEPT: Final = 1000
"""An import of a million bad lines is answered with the first thousand; all are counted."""


@dataclass(frozen=True, slots=True)
class SellerEntry:
    """A seller as the directory is told of them; without a `status` a known seller keeps theirs."""

    seller: Seller
    status: SellerStatus | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as stored, and whether it is new."""

    object: Supplier | Seller | Product
    created: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What sellers and products are called, by id; what the directory does not know is left out."""

    sellers: Mapping[str, str]
    products: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LineError:
    """Why one line of an import was left out. Lines are counted from 1."""

    line: int
    message: str


@dataclass(slots=True)
class ImportReport:
    """What became of an import's lines."""

    created: int = 0
    updated: int = 0
    failed: int = 0
    errors: list[LineError] = field(default_factory=list)

    def fail(self, error: LineError) -> None:
        """Count a line that could not be taken."""
        self.failed += 1
        if len(self.errors) < ERRORS_KEPT:
            self.errors.append(error)

    def took(self, stored: Stored) -> None:
        """Count a line that was stored."""
        if stored.created:
            self.created += 1
        else:
            self.updated += 1


Entry = Supplier | SellerEntry | Product


class DirectoryService:
    """Stores and finds the people and goods that authorizations are about."""

    def __init__(self, store: Store, *, count: CountVerb = uncounted, now: Clock = utc_now) -> None:
        self._store = store
        self._count = count  # of what becomes of the authorizations of sellers who are entered as revoked
        self._now = now

    def put(self, by: Actor, entry: Entry) -> Stored:
        """Store one object whole.

        Raises InvalidInput when it names a supplier that does not exist or another seller's user, InvalidStatus when it
        would bring a revoked seller back.
        """
        return in_one_transaction(self._store, lambda work: self._put(work, by, entry), count=self._count)

    def _put(self, work: Work, by: Actor, entry: Entry) -> Stored:
        if isinstance(entry, SellerEntry):
            return self._put_seller(work, by, entry)
        if isinstance(entry, Product):
            return _put_product(work, entry)
        return _put_supplier(work, entry)

    def _put_seller(self, work: Work, by: Actor, entry: SellerEntry) -> Stored:
        before = work.directory.seller(entry.seller.id, lock=True)
        kept = before.status if before else SellerStatus.ACTIVE
        status = entry.status or kept
        if before and before.status is SellerStatus.REVOKED and status is not SellerStatus.REVOKED:
            raise InvalidStatus("The seller's role was revoked. That is permanent.", status=before.status.value)
        _check_supplier(work, entry.seller.supplier_id)
        after = replace(entry.seller, status=status, version=before.version if before else 0)
        return Stored(
            save_seller(work, before, after, action="directory", by=by, at=self._now()), created=before is None
        )

    def suppliers(self, query: SupplierQuery) -> Page[Supplier]:
        """A page of suppliers that match, by id."""
        return self._store.read_aside(lambda view: view.directory.suppliers(query))

    def sellers(self, query: SellerQuery) -> Page[Seller]:
        """A page of sellers that match, by id."""
        return self._store.read_aside(lambda view: view.directory.sellers(query))

    def products(self, query: ProductQuery) -> Page[Product]:
        """A page of products that match, by id."""
        return self._store.read_aside(lambda view: view.directory.products(query))

    def names(self, *, sellers: Iterable[str], products: Iterable[str]) -> Names:
        """What these are called."""
        return self._store.read_aside(
            lambda view: Names(
                {id: seller.name for id, seller in view.directory.sellers_of(sellers).items()},
                {id: product.name for id, product in view.directory.products_of(products).items()},
            )
        )

    def supplier(self, id: str) -> Supplier:
        """The supplier. Raises SupplierNotFound."""
        with self._store.view() as view:
            return _found(view.directory.supplier(id), SupplierNotFound, id)

    def seller(self, id: str) -> Seller:
        """The seller. Raises SellerNotFound."""
        with self._store.view() as view:
            return _found(view.directory.seller(id), SellerNotFound, id)

    def product(self, id: str) -> Product:
        """The product. Raises ProductNotFound."""
        with self._store.view() as view:
            return _found(view.directory.product(id), ProductNotFound, id)

    def import_lines(
        self, by: Actor, lines: Iterable[bytes], parse: Callable[[bytes], Entry], report: ImportReport | None = None
    ) -> Iterator[ImportReport]:
        """Store one object per line, some hundred lines a transaction; the report so far after each.

        `parse` raises InvalidInput for a line it cannot read. A bad line spoils no other; blank lines are passed over.
        """
        report = report or ImportReport()
        numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
        while batch := list(islice(numbered, LINES_A_TRANSACTION)):
            self._import_batch(by, batch, parse, report)
            yield report

    def _import_batch(
        self, by: Actor, batch: list[tuple[int, bytes]], parse: Callable[[bytes], Entry], report: ImportReport
    ) -> None:
        def verb(work: Work) -> list[Stored | LineError]:
            return [self._import_line(work, by, number, line, parse) for number, line in batch]

        for result in in_one_transaction(self._store, verb, count=self._count):
            if isinstance(result, LineError):
                report.fail(result)
            else:
                report.took(result)

    def _import_line(
        self, work: Work, by: Actor, number: int, line: bytes, parse: Callable[[bytes], Entry]
    ) -> Stored | LineError:
        try:
            return self._put(work, by, parse(line))
        except (StoreUnavailable, ConcurrentChange):
            raise  # says nothing about the line
        except SellergateError as refusal:
            return LineError(number, str(refusal))


def _put_supplier(work: Work, supplier: Supplier) -> Stored:
    before = work.directory.supplier(supplier.id)
    after = replace(supplier, version=before.version if before else 0)
    if before != after:
        after = replace(after, version=after.version + 1)
        work.directory.put_supplier(after)
    return Stored(after, created=before is None)


def _put_product(work: Work, product: Product) -> Stored:
    before = work.directory.product(product.id, lock=True)
    _check_supplier(work, product.supplier_id)
    after = replace(product, version=before.version if before else 0)
    if before != after:
        after = replace(after, version=after.version + 1)
        work.directory.put_product(after)
        if before and after.supplier_id and before.supplier_id != after.supplier_id:
            work.authorizations.follow_product(after.id, after.supplier_id)
        work.announce(Change(kind=ChangeKind.PRODUCT, version=after.version, product_id=after.id))
    return Stored(after, created=before is None)


def _check_supplier(work: Work, supplier_id: str | None) -> None:
    if supplier_id is not None and work.directory.supplier(supplier_id) is None:
        raise InvalidInput(
            f"supplierId names a supplier that does not exist: {supplier_id}. Enter the supplier first.",
            field="supplierId",
        )


def _found(object: T | None, error: Callable[[str], SellergateError], id: str) -> T:
    if object is None:
        raise error(id)
    return object
