"""The marketplace's people and goods: suppliers, sellers, products."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sellergate.domain.identifiers import ProductId, SellerId, SupplierId


class Tier(StrEnum):
    """How far the platform trusts a seller; `rank` orders them."""

    BRONZE = "BRONZE"
    SILVER = "SILVER"
    GOLD = "GOLD"
    PLATINUM = "PLATINUM"

    @property
    def rank(self) -> int:
        """0 for the lowest tier."""
        return _RANKS[self]


_RANKS: Final[Mapping[Tier, int]] = {tier: rank for rank, tier in enumerate(Tier)}


class SellerStatus(StrEnum):
    """Whether the platform lets this person sell at all. REVOKED is for good."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """Who provides products and decides who may sell them."""

    id: SupplierId
    name: str
    email: str | None = None
    locale: str | None = None
    is_test: bool = False
    is_partner: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """Who sells; `supplier_id` is set when the seller also supplies goods of their own."""

    id: SellerId
    name: str
    tier: Tier = Tier.BRONZE
    status: SellerStatus = SellerStatus.ACTIVE
    supplier_id: SupplierId | None = None
    email: str | None = None
    locale: str | None = None
    user_id: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is sold; without a supplier it is not dropshipped and needs no authorization."""

    id: ProductId
    name: str
    supplier_id: SupplierId | None = None
    active: bool = True
    sku: str | None = None
    category: str | None = None
    price: Decimal | None = None
    daily_views: int | None = None
    monthly_orders: int | None = None
    top_seller: bool = False
    version: int = 0

    def snapshot(self) -> dict[str, str | None]:
        """What a commission record needs to remember of the product."""
        return {
            "id": self.id,
            "name": self.name,
            "supplierId": self.supplier_id,
            "sku": self.sku,
            "category": self.category,
            "price": None if self.price is None else str(self.price),
        }
