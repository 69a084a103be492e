"""Which waiting requests carry so little risk that an admin approves them in bulk, and why one does not belong to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sellergate.domain.authorization import Authorization
from sellergate.domain.directory import Product, Seller, SellerStatus, Tier
from sellergate.domain.errors import PreviewOutdated, SellergateError, SellerNotAuthorized


@dataclass(frozen=True, slots=True, kw_only=True)
class LowRisk:
    """What a request must be like; every given condition must hold, and an unknown volume is not low.

    `tiers` are those of the seller (None: any), `max_monthly_orders` and `max_daily_views` the product's, `min_age` how long the
    request has waited at least.
    """

    tiers: frozenset[Tier] | None = None
    max_monthly_orders: int | None = None
    max_daily_views: int | None = None
    min_age: timedelta | None = None
    supplier_id: str | None = None

    def matches(self, record: Authorization, seller: Seller, product: Product, now: datetime) -> bool:
        """Whether the request, of this seller for this product, meets every condition now."""
        return (
            (self.tiers is None or seller.tier in self.tiers)
            and (self.max_monthly_orders is None or _is_at_most(product.monthly_orders, self.max_monthly_orders))
            and (self.max_daily_views is None or _is_at_most(product.daily_views, self.max_daily_views))
            and (self.min_age is None or record.requested_at <= now - self.min_age)
            and self.supplier_id in (None, record.supplier_id)
        )

    def facts(self) -> dict[str, object]:
        """The conditions that are given, in wire names, for the audit trail."""
        given: Mapping[str, object] = {
            "tiers": None if self.tiers is None else sorted(self.tiers, key=lambda tier: tier.rank),
            "maxMonthlyOrders": self.max_monthly_orders,
            "maxDailyViews": self.max_daily_views,
            "minAgeSeconds": None if self.min_age is None else int(self.min_age.total_seconds()),
            "supplierId": self.supplier_id,
        }
        return {name: value for name, value in given.items() if value is not None}


def _is_at_most(number: int | None, most: int) -> bool:
    return number is not None and number <= most


def why_not_low_risk(seller: Seller) -> SellergateError | None:
    """None if a request of this seller may be approved without a person looking at it."""
    if seller.status is SellerStatus.ACTIVE:
        return None
    return SellerNotAuthorized(f"The seller is {seller.status}.", sellerStatus=seller.status.value)


@dataclass(frozen=True, slots=True)
class ApprovalTerms:
    """What must still hold for a request to be approved by a filter; `version` is the one that was shown, if any was."""

    low_risk: LowRisk
    version: int | None = None

    def why_not(self, record: Authorization, seller: Seller, product: Product, now: datetime) -> SellergateError | None:
        """None if the request is as it was shown, still matches, and may be approved without a person looking at it."""
        if self.version not in (None, record.version) or not self.low_risk.matches(record, seller, product, now):
            return PreviewOutdated(record.id)
        return why_not_low_risk(seller)

    def facts(self) -> dict[str, object]:
        """What the audit trail says about how the request was found."""
        return {"bulk": "low-risk", "filter": self.low_risk.facts()}
