"""Questions put to a store, and pages of answers."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from sellergate.domain.authorization import Status
from sellergate.domain.directory import Tier

T = TypeVar("T")

Position = tuple[str | int, ...]
"""Where a page ended: the sort key of its last row. Only the store that made one can read it."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How many rows, and after which. `limit` is 1 to 100. Not `counted`, a page need not say how many there are in all."""

    limit: int = 20
    after: Position | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of the rows, where the next page begins (None at the end), and how many there are in all.

    `first` is where this page begins: after it, in the opposite order, come the rows before this page.
    """

    items: list[T] = field(default_factory=list)
    next: Position | None = None
    total: int = 0
    first: Position | None = None


class Sort(StrEnum):
    """Order of a list of authorizations, by the time of the request."""

    OLDEST = "oldest"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationQuery:
    """Which authorizations; every given condition must hold. `tier` is the seller's.

    `tiers`, `max_monthly_orders`, `max_daily_views` and `requested_before` make the low-risk filter: sellers of these tiers,
    products with at most so many orders a month and views a day (an unknown number is not low), requests at least that old. `requested_since` is the
    other end: requests at most that old. `search` matches part of the seller's or product's id or name, or of the product's SKU,
    whatever the case of A to Z. `undecided` leaves out records with a pending scheduled decision.
    """

    seller_id: str | None = None
    supplier_id: str | None = None
    product_id: str | None = None
    statuses: frozenset[Status] = frozenset()
    tier: Tier | None = None
    tiers: frozenset[Tier] | None = None
    max_monthly_orders: int | None = None
    max_daily_views: int | None = None
    requested_before: datetime | None = None
    requested_since: datetime | None = None
    search: str | None = None
    undecided: bool = False
    sort: Sort = Sort.OLDEST
    page: PageRequest = PageRequest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductQuery:
    """Which products, ordered by id. `search` matches part of id, name or SKU, without regard to case.

    With `seller_id`, `authorization` narrows to products with which that seller stands so (NONE: no record).
    """

    search: str | None = None
    supplier_id: str | None = None
    seller_id: str | None = None
    authorization: Status | None = None
    active_only: bool = False
    page: PageRequest = PageRequest()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery:
    """Which audit events, newest first. An event at `since` is included, one at `until` is not."""

    authorization_id: str | None = None
    seller_id: str | None = None
    supplier_id: str | None = None
    product_id: str | None = None
    actor_id: str | None = None
    action: str | None = None
    refused: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    page: PageRequest = PageRequest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowQuery:
    """Which shadow denials, most frequent first. `supplier_id` is the product's supplier."""

    seller_id: str | None = None
    supplier_id: str | None = None
    product_id: str | None = None
    stage: str | None = None
    since: datetime | None = None
    page: PageRequest = PageRequest()
