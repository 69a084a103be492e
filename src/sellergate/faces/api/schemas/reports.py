"""The reports as they are sent: the columns of their tables under the same names."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Generic, Literal, Self, TypeVar

from pydantic import Field

from sellergate.domain.cache_advice import Advice
from sellergate.domain.directory import Tier
from sellergate.faces.api.paging import Filters
from sellergate.faces.problems import invalid
from sellergate.faces.report_tables import CACHE, COOLDOWNS, SUPPLIERS, TIERS, Cell
from sellergate.faces.wire import UtcTime, WireOut

DAYS_MAX = 3660

Row = TypeVar("Row", bound="RowOut")


class ReportFilters(Filters):
    """Which span: so many `days` up to `until`, or up to now."""

    days: Annotated[int, Field(ge=1, le=DAYS_MAX)] = 30
    until: UtcTime | None = None

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """Its beginning, which is in it, and its end, which is not. Raises InvalidInput where it would begin before the year 1."""
        until = self.until or now
        try:
            return until - timedelta(days=self.days), until
        except OverflowError:
            raise invalid([("until", "must be later")]) from None


class TableFilters(ReportFilters):
    """Which span, and as what; without `format` the Accept header decides."""

    format: Literal["json", "csv"] | None = None


class RowOut(WireOut):
    """A line of a report, which has these `columns`. Rates are shares from 0 to 1; null is not known, never 0."""

    columns: ClassVar[Sequence[str]] = ()

    @classmethod
    def of(cls, row: Sequence[Cell]) -> Self:
        """The line with these cells."""
        return cls.model_validate(dict(zip(cls.columns, row, strict=True)), by_alias=True)


class SpanOut(WireOut):
    """What the figures are of: what happened at `since` or later and before `until`."""

    since: UtcTime
    until: UtcTime


class AnsweringOut(RowOut):
    """Requests and decisions of a span, and how soon people answered; times are in seconds."""

    requests: int
    approved: int
    automatic: int
    rejected: int
    approval_rate: float | None
    answers: int
    median_response_seconds: float | None
    p90_response_seconds: Annotated[float | None, Field(alias="p90ResponseSeconds")]
    answered_in_time: float | None
    standing: int
    revoked: int
    revocation_rate: float | None


class SupplierRowOut(AnsweringOut):
    """One supplier."""

    columns = SUPPLIERS

    supplier: str
    name: str


class TierRowOut(RowOut):
    """Sellers of one tier, and how often the product limit refused them."""

    columns = TIERS

    tier: Tier
    asked: int
    limited: int
    limit_hit_rate: float | None
    sellers_limited: int


class CooldownRowOut(RowOut):
    """What became of the rejections whose cooldown ended in the span."""

    columns = COOLDOWNS

    ended: int
    asked_again: int
    return_rate: float | None
    approved: int
    rejected: int
    open: int
    success_rate: float | None
    cleared: int
    refused: int


class CacheRowOut(RowOut):
    """What is advised about the life of cached answers, and what it was judged by; the advised hit rate is the least to expect."""

    columns = CACHE

    advice: Advice
    ttl_seconds: float
    advised_ttl_seconds: float
    checks: int
    hit_rate: float | None
    advised_hit_rate: float | None
    misses: int
    ran_out: int
    sentence: str


class SummaryOut(SpanOut, AnsweringOut):
    """Everybody together."""

    limit_hit_rate: float | None
    cooldowns_ended: int
    after_cooldown_return_rate: float | None
    after_cooldown_success_rate: float | None
    cooldown_refusals: int


class TableOut(SpanOut, Generic[Row]):
    """The lines of a report."""

    items: list[Row]
