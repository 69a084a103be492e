"""Many decisions in one call, in and out."""

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sellergate.domain.directory import Tier
from sellergate.domain.low_risk import LowRisk
from sellergate.faces.api.paging import Listing
from sellergate.faces.wire import NUMBER_MAX, Id, Number, Text, TierName, UtcTime, WireIn, WireOut
from sellergate.services.bulk import BULK_MAX, ItemResult
from sellergate.services.low_risk import Candidate, Shown, tiers_of

Hours = Annotated[int, Field(ge=0, le=100_000)]
Ids = Annotated[list[Id], Field(min_length=1, max_length=BULK_MAX)]


class BulkIn(WireIn):
    """Which requests to approve or to reject."""

    action: Literal["approve", "reject"]
    ids: Ids
    reason: Text | None = None


class ItemOut(WireOut):
    """What became of one item."""

    id: str
    ok: bool
    error_code: str | None
    message: str | None

    @classmethod
    def of(cls, result: ItemResult) -> Self:
        """The result as it is sent."""
        error = result.error
        return cls(
            id=result.id,
            ok=result.ok,
            error_code=None if error is None else error.code,
            message=None if error is None else str(error),
        )


class BulkOut(WireOut):
    """What became of all items, each by itself, in the order asked."""

    succeeded: int
    failed: int
    results: list[ItemOut]

    @classmethod
    def of(cls, results: list[ItemResult], **more: Any) -> Self:
        """The results as they are sent."""
        done = sum(result.ok for result in results)
        items = [ItemOut.of(result) for result in results]
        return cls(succeeded=done, failed=len(results) - done, results=items, **more)


class LowRiskIn(WireIn):
    """Which waiting requests are low risk; every given condition must hold."""

    tier: TierName | None = None
    tiers: Annotated[list[TierName] | None, Field(min_length=1, max_length=len(Tier))] = None
    max_tier: TierName | None = None
    max_monthly_orders: Number | None = None
    max_daily_views: Number | None = None
    min_age_hours: Hours | None = None
    supplier_id: Id | None = None

    def low_risk(self) -> LowRisk:
        """The filter as the rules know it."""
        return low_risk_of(self)


class LowRiskQuery(Listing):
    """Which waiting requests are low risk, as in a bulk approval; `limit` is at most what that takes at once."""

    limit: Annotated[int, Field(ge=1, le=BULK_MAX)] = 100
    tier: Tier | None = None
    tiers: Annotated[list[Tier] | None, Field(min_length=1, max_length=len(Tier))] = None
    max_tier: Tier | None = None
    max_monthly_orders: Number | None = None
    max_daily_views: Number | None = None
    min_age_hours: Hours | None = None
    supplier_id: Id | None = None

    def low_risk(self) -> LowRisk:
        """The filter as the rules know it."""
        return low_risk_of(self)


def low_risk_of(asked: LowRiskIn | LowRiskQuery) -> LowRisk:
    """The filter that was asked for."""
    return LowRisk(
        tiers=tiers_of(tier=asked.tier, max_tier=asked.max_tier, tiers=asked.tiers),
        max_monthly_orders=asked.max_monthly_orders,
        max_daily_views=asked.max_daily_views,
        min_age=None if asked.min_age_hours is None else timedelta(hours=asked.min_age_hours),
        supplier_id=asked.supplier_id,
    )


class CandidateOut(WireOut):
    """A waiting request that matches, and what would become of it."""

    id: str
    version: int
    seller_id: str
    seller_tier: Tier
    product_id: str
    product_name: str
    monthly_orders: int | None
    daily_views: int | None
    supplier_id: str
    requested_at: UtcTime
    ok: bool
    error_code: str | None
    message: str | None

    @classmethod
    def of(cls, candidate: Candidate) -> Self:
        """The candidate as it is sent."""
        record, product, obstacle = candidate.authorization, candidate.product, candidate.obstacle
        return cls(
            id=record.id,
            version=record.version,
            seller_id=record.seller_id,
            seller_tier=candidate.seller.tier,
            product_id=record.product_id,
            product_name=product.name,
            monthly_orders=product.monthly_orders,
            daily_views=product.daily_views,
            supplier_id=record.supplier_id,
            requested_at=record.requested_at,
            ok=obstacle is None,
            error_code=None if obstacle is None else obstacle.code,
            message=None if obstacle is None else str(obstacle),
        )


class ShownIn(WireIn):
    """A request as it was shown."""

    id: Id
    version: Annotated[int, Field(ge=1, le=NUMBER_MAX)]


class BulkApproveIn(WireIn):
    """Either the requests themselves, or a filter that finds them; with `dryRun` nothing is approved.

    `shown` beside the filter are requests that a preview has shown: those alone are approved, as far as they still are as shown.
    """

    ids: Ids | None = None
    filter: LowRiskIn | None = None
    shown: Annotated[list[ShownIn] | None, Field(min_length=1, max_length=BULK_MAX)] = None
    limit: Annotated[int, Field(ge=1, le=BULK_MAX)] = BULK_MAX
    dry_run: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give either ids or a filter")
        if self.shown is not None and self.filter is None:
            raise ValueError("give shown with the filter of its preview")
        return self

    def as_shown(self) -> list[Shown] | None:
        """What a preview has shown; None without one."""
        return None if self.shown is None else [Shown(each.id, each.version) for each in self.shown]


class BulkApproveOut(BulkOut):
    """What became of the requests; `matched` are those that were, or would be, approved."""

    dry_run: bool
    matched: list[str]
