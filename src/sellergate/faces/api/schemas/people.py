"""The directory's objects as they are sent, and what is said about a seller's role."""

from typing import Self

from sellergate.domain.directory import Product, Seller, SellerStatus, Supplier, Tier
from sellergate.faces.wire import Money, TierName, WireIn, WireOut
from sellergate.services.directory import ImportReport


class TierIn(WireIn):
    """The tier to give; without one a known seller keeps theirs and a new one begins at the lowest."""

    tier: TierName | None = None


class SupplierOut(WireOut):
    """A supplier as stored; the version rises with every change."""

    id: str
    name: str
    email: str | None
    locale: str | None
    is_test: bool
    is_partner: bool
    version: int

    @classmethod
    def of(cls, supplier: Supplier) -> Self:
        """The supplier as it is sent."""
        return cls.model_validate(supplier)


class SellerOut(WireOut):
    """A seller as stored; the version rises with every change."""

    id: str
    name: str
    tier: Tier
    status: SellerStatus
    supplier_id: str | None
    email: str | None
    locale: str | None
    user_id: str | None
    version: int

    @classmethod
    def of(cls, seller: Seller) -> Self:
        """The seller as they are sent."""
        return cls.model_validate(seller)


class ProductOut(WireOut):
    """A product as stored; the version rises with every change."""

    id: str
    name: str
    supplier_id: str | None
    active: bool
    sku: str | None
    category: str | None
    price: Money | None
    daily_views: int | None
    monthly_orders: int | None
    top_seller: bool
    version: int

    @classmethod
    def of(cls, product: Product) -> Self:
        """The product as it is sent."""
        return cls.model_validate(product)


class LineErrorOut(WireOut):
    """Why one line was left out. Lines are counted from 1."""

    line: int
    message: str


class ImportOut(WireOut):
    """What became of an import's lines; at most a thousand errors are listed, all are counted."""

    created: int
    updated: int
    failed: int
    errors: list[LineErrorOut]

    @classmethod
    def of(cls, report: ImportReport) -> Self:
        """The report as it is sent."""
        return cls.model_validate(report)
