"""Many decisions in one call, in and out."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sellergate.faces.wire import Id, Number, Text, TierName, WireIn, WireOut
from sellergate.services.bulk import BULK_MAX, ItemResult

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
    max_tier: TierName | None = None
    max_monthly_orders: Number | None = None
    min_age_hours: Annotated[int | None, Field(ge=0, le=100_000)] = None
    supplier_id: Id | None = None


class BulkApproveIn(WireIn):
    """Either the requests themselves, or a filter that finds them; with `dryRun` nothing is approved."""

    ids: Ids | None = None
    filter: LowRiskIn | None = None
    limit: Annotated[int, Field(ge=1, le=BULK_MAX)] = BULK_MAX
    dry_run: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give either ids or a filter")
        return self


class BulkApproveOut(BulkOut):
    """What became of the requests; `matched` are those that were, or would be, approved."""

    dry_run: bool
    matched: list[str]
