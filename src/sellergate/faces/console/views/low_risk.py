"""Requests of low risk: which a filter finds, what would become of each, and what has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sellergate.domain.directory import Tier
from sellergate.faces.console.failures import sentence
from sellergate.faces.console.views.tiers import TierOption, tier_label, tiers
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import Page
from sellergate.services.bulk import ItemResult
from sellergate.services.low_risk import Candidate

LOW_RISK: Final = "/a/authorizations/low-risk"


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateLine:
    """One request; `obstacle` is why it would not be approved. `token` ties a decision to what is shown."""

    token: str
    address: str
    seller: str
    tier: str
    tier_label: str
    product: str
    orders: str
    asked: str
    asked_iso: str
    asked_moment: str
    obstacle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LowRiskView:
    """The filter, and what it finds; without a filter nothing is looked for."""

    tiers: list[TierOption]
    orders: str
    hours: str
    supplier: str
    error: str
    is_asked: bool
    rows: list[CandidateLine]
    total: int
    approvable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedView:
    """What has become of all that were sent: how many were approved, and why the others were not, by reason."""

    approved: int
    refused: list[tuple[str, int]]


def low_risk_view(
    visit: Visit, given: Mapping[str, str], page: Page[Candidate] | None = None, error: str = ""
) -> LowRiskView:
    """The page for people."""
    rows = [] if page is None else [_line(visit, each) for each in page.items]
    chosen = next((tier for tier in Tier if tier.value == given.get("max_tier")), None)
    return LowRiskView(
        tiers=tiers(visit.words, chosen),
        orders=given.get("orders", ""),
        hours=given.get("hours", ""),
        supplier=given.get("supplier", ""),
        error=error,
        is_asked=page is not None,
        rows=rows,
        total=0 if page is None else page.total,
        approvable=sum(not row.obstacle for row in rows),
    )


def _line(visit: Visit, candidate: Candidate) -> CandidateLine:
    record, formats = candidate.authorization, visit.formats
    return CandidateLine(
        token=f"{record.id}@{record.version}",
        address=f"/a/authorizations/{record.id}",
        seller=candidate.seller.name,
        tier=candidate.seller.tier.value.lower(),
        tier_label=tier_label(visit.words, candidate.seller.tier),
        product=candidate.product.name,
        orders=formats.number(candidate.product.monthly_orders),
        asked=formats.ago(record.requested_at, visit.parts.now()),
        asked_iso=formats.iso(record.requested_at),
        asked_moment=formats.moment(record.requested_at),
        obstacle="" if candidate.obstacle is None else sentence(visit.words, candidate.obstacle),
    )


def approved_view(visit: Visit, results: Sequence[ItemResult]) -> ApprovedView:
    """What has become of them."""
    reasons: dict[str, int] = {}
    for result in results:
        if result.error is not None:
            told = sentence(visit.words, result.error)
            reasons[told] = reasons.get(told, 0) + 1
    return ApprovedView(approved=sum(result.ok for result in results), refused=list(reasons.items()))
