"""Suppliers, sellers and products as callers write them: one JSON object each, or one a line."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

from pydantic import Field, ValidationError

from sellergate.domain.directory import Product, Seller, Supplier, Tier
from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import ProductId, SellerId, SupplierId
from sellergate.faces.ndjson import LINE_MAX
from sellergate.faces.validation import wrong_fields
from sellergate.faces.wire import Amount, Id, Name, Number, SellerStatusName, TierName, WireIn
from sellergate.services.directory import Entry, SellerEntry

Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$")]
Locale = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")]


class SupplierIn(WireIn):
    """A supplier, whole."""

    id: Id
    name: Name
    email: Email | None = None
    locale: Locale | None = None
    is_test: bool = False
    is_partner: bool = False

    def entry(self) -> Supplier:
        """The supplier as the directory takes it."""
        return Supplier(
            id=SupplierId(self.id),
            name=self.name,
            email=self.email,
            locale=self.locale,
            is_test=self.is_test,
            is_partner=self.is_partner,
        )


class SellerIn(WireIn):
    """A seller, whole; without a status a known seller keeps theirs."""

    id: Id
    name: Name
    tier: TierName = Tier.BRONZE
    status: SellerStatusName | None = None
    supplier_id: Id | None = None
    email: Email | None = None
    locale: Locale | None = None
    user_id: Id | None = None

    def entry(self) -> SellerEntry:
        """The seller as the directory takes them."""
        seller = Seller(
            id=SellerId(self.id),
            name=self.name,
            tier=self.tier,
            supplier_id=None if self.supplier_id is None else SupplierId(self.supplier_id),
            email=self.email,
            locale=self.locale,
            user_id=self.user_id,
        )
        return SellerEntry(seller, self.status)


class ProductIn(WireIn):
    """A product, whole; without a supplier it is not dropshipped and needs no authorization."""

    id: Id
    name: Name
    supplier_id: Id | None = None
    active: bool = True
    sku: Name | None = None
    category: Name | None = None
    price: Amount | None = None
    daily_views: Number | None = None
    monthly_orders: Number | None = None
    top_seller: bool = False

    def entry(self) -> Product:
        """The product as the directory takes it."""
        return Product(
            id=ProductId(self.id),
            name=self.name,
            supplier_id=None if self.supplier_id is None else SupplierId(self.supplier_id),
            active=self.active,
            sku=self.sku,
            category=self.category,
            price=self.price,
            daily_views=self.daily_views,
            monthly_orders=self.monthly_orders,
            top_seller=self.top_seller,
        )


ObjectIn = type[SupplierIn] | type[SellerIn] | type[ProductIn]


def _line_reader(kind: ObjectIn) -> Callable[[bytes], Entry]:
    def read(line: bytes) -> Entry:
        if len(line) > LINE_MAX:
            raise InvalidInput("The line is longer than 1 MiB.")
        try:
            return kind.model_validate_json(line).entry()
        except ValidationError as error:
            fields = [
                f"{field}: {message}" if field else message
                for field, message in wrong_fields(error.errors(include_url=False, include_input=False))
            ]
            raise InvalidInput("; ".join(fields[:3])) from None

    return read


PARSERS: Final[Mapping[str, Callable[[bytes], Entry]]] = {
    "suppliers": _line_reader(SupplierIn),
    "sellers": _line_reader(SellerIn),
    "products": _line_reader(ProductIn),
}
"""Reads one line of an import, by kind. Each raises InvalidInput for a line that is no such object."""
