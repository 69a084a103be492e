"""Approved sellers as their list shows them, and what a revocation has done."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from sellergate.domain.authorization import Status
from sellergate.domain.directory import Product
from sellergate.faces.console.cursors import cursor
from sellergate.faces.console.views.requests import FilterOption
from sellergate.faces.console.views.tiers import TierOption, tier_label, tiers
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import AuthorizationQuery, Page
from sellergate.services.propagation import Receipt
from sellergate.services.records import Row

ADDRESS: Final = "/s/sellers"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalLine:
    """One approval. `until` is empty where it does not end by itself; `has_ended`: it has."""

    id: str
    revoke: str
    impact: str
    name: str
    tier: str
    tier_label: str
    product: str
    sku: str
    since: str
    since_iso: str
    by: str
    until: str
    has_ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SellersView:
    """The list, with its filters and the address of the next page."""

    rows: list[ApprovalLine]
    total: int
    search: str
    products: list[FilterOption]
    tiers: list[TierOption]
    is_filtered: bool
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedView:
    """How far the news of a revocation has got."""

    name: str
    product: str
    receipt: str
    is_complete: bool


def sellers_view(visit: Visit, query: AuthorizationQuery, page: Page[Row], products: list[Product]) -> SellersView:
    """The page for people."""
    filters = {"q": query.search, "product": query.product_id, "tier": query.tier and query.tier.value}
    given = {name: value for name, value in filters.items() if value}
    after = None if page.next is None else f"{ADDRESS}?{urlencode({**given, 'after': cursor(page.next)})}"
    return SellersView(
        rows=[approval_view(visit, row) for row in page.items],
        total=page.total,
        search=query.search or "",
        products=[
            FilterOption(value=each.id, label=each.name, is_chosen=each.id == query.product_id) for each in products
        ],
        tiers=tiers(visit.words, query.tier),
        is_filtered=bool(given),
        next=after,
    )


def approval_view(visit: Visit, row: Row) -> ApprovalLine:
    """One of them."""
    record, formats = row.authorization, visit.formats
    since = record.approved_at or record.updated_at
    return ApprovalLine(
        id=record.id,
        revoke=f"{ADDRESS}/{record.id}/revoke",
        impact=f"{ADDRESS}/{record.id}/impact",
        name=row.seller.name if row.seller else record.seller_id,
        tier=row.seller.tier.value.lower() if row.seller else "",
        tier_label=tier_label(visit.words, row.seller.tier) if row.seller else "",
        product=row.product.name if row.product else record.product_id,
        sku=(row.product.sku if row.product else None) or record.product_id,
        since=formats.date(since),
        since_iso=formats.iso(since),
        by=record.approved_by or "",
        until=formats.date(record.expires_at) if record.expires_at else "",
        has_ended=row.status is not Status.APPROVED,
    )


def revoked_view(visit: Visit, row: Row, receipt: Receipt) -> RevokedView:
    """What the receipt says."""
    words, number, line = visit.words, visit.formats.number, approval_view(visit, row)
    return RevokedView(
        name=line.name,
        product=line.product,
        receipt=words.gettext(
            "%(n)s of %(m)s processes denied it after %(t)s ms.",
            n=number(receipt.applied),
            m=number(receipt.processes),
            t=number(receipt.milliseconds),
        ),
        is_complete=receipt.complete,
    )
