"""Why somebody may not ask, or may not be approved, each as the very error they would get."""

from datetime import datetime

from sellergate.domain.authorization import HOLDS_A_SLOT, Authorization, Status
from sellergate.domain.directory import Product, Seller, SellerStatus
from sellergate.domain.errors import (
    AuthorizationRevoked,
    CooldownActive,
    DuplicateAuthorization,
    InvalidInput,
    ProductCapacityReached,
    ProductLimitReached,
    SellergateError,
    SellerNotAuthorized,
)


def why_not_request(
    seller: Seller,
    product: Product,
    record: Authorization | None,
    *,
    slots_in_use: int,
    limit: int | None,
    now: datetime,
) -> SellergateError | None:
    """None if the seller may ask for the product now; otherwise the first rule in the way."""
    return (
        _why_not_this_seller(seller)
        or _why_not_this_product(seller, product)
        or _why_not_again(record, now)
        or _why_no_slot(slots_in_use, limit)
    )


def _why_not_this_seller(seller: Seller) -> SellergateError | None:
    if seller.status is SellerStatus.ACTIVE:
        return None
    return SellerNotAuthorized(f"The seller is {seller.status}.", sellerStatus=seller.status.value)


def _why_not_this_product(seller: Seller, product: Product) -> SellergateError | None:
    if product.supplier_id is None:
        return InvalidInput("This product has no supplier: it needs no authorization.", problem="no-supplier")
    if product.supplier_id == seller.supplier_id:
        return InvalidInput("This is the seller's own product: it needs no authorization.", problem="own-product")
    if not product.active:
        return InvalidInput("This product is not active.", problem="inactive")
    return None


def _why_not_again(record: Authorization | None, now: datetime) -> SellergateError | None:
    if record is None or record.has_lapsed(now):
        return None
    if record.status is Status.REVOKED:
        return AuthorizationRevoked(record.id)
    if record.status in HOLDS_A_SLOT:
        return DuplicateAuthorization(record.id)
    if record.cooldown_until is not None and record.cooldown_until > now:
        return CooldownActive(record.cooldown_until)
    return None


def _why_no_slot(slots_in_use: int, limit: int | None) -> SellergateError | None:
    if limit is None or slots_in_use < limit:
        return None
    return ProductLimitReached(limit, slots_in_use)


def why_not_approve(approved_sellers: int, capacity: int | None) -> SellergateError | None:
    """None if one more seller fits the product's capacity."""
    if capacity is None or approved_sellers < capacity:
        return None
    return ProductCapacityReached(capacity, approved_sellers)
