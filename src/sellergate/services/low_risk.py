"""Approving requests of low risk in bulk: first what would become of each, then the very ones that were shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sellergate.domain.authorization import Authorization, Status
from sellergate.domain.directory import Product, Seller, Tier
from sellergate.domain.eligibility import why_not_approve
from sellergate.domain.errors import InvalidInput, SellergateError
from sellergate.domain.identifiers import Actor, ProductId
from sellergate.domain.low_risk import ApprovalTerms, LowRisk, why_not_low_risk
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import AuthorizationQuery, Page, PageRequest
from sellergate.ports.stores import Store, View
from sellergate.services.bulk import BULK_MAX, ItemResult, each_by_itself
from sellergate.services.workflow import Workflow

READ_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """A waiting request that matches; `obstacle` is why it would not be approved."""

    authorization: Authorization
    seller: Seller
    product: Product
    obstacle: SellergateError | None

    @property
    def shown(self) -> "Shown":
        """What a decision about it is tied to."""
        return Shown(self.authorization.id, self.authorization.version)


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as somebody has seen it."""

    id: str
    version: int | None = None


class LowRiskRequests:
    """Previews and approves waiting requests by a filter, oldest first."""

    def __init__(self, store: Store, workflow: Workflow, *, now: Clock = utc_now) -> None:
        self._store = store
        self._workflow = workflow
        self._now = now

    def preview(self, low_risk: LowRisk, page: PageRequest) -> Page[Candidate]:
        """A page of at most 500 requests that match, and what would become of each if all of the page were approved."""
        now, seats = self._now(), _Seats()
        found: list[Candidate] = []
        next, total = page.after, None
        while len(found) < page.limit:
            size = min(READ_AT_ONCE, page.limit - len(found))
            some = self._read(low_risk, PageRequest(size, next, counted=page.counted and total is None), seats, now)
            total = some.total if total is None else total
            found += some.items
            next = some.next
            if next is None:
                break
        return Page(found, next, total or 0)

    def all(self, low_risk: LowRisk) -> Iterator[list[Candidate]]:
        """Every request that matches, some at a time, and what would become of each if all were approved in this order."""
        now, seats = self._now(), _Seats()
        page = PageRequest(READ_AT_ONCE, counted=False)
        while True:
            some = self._read(low_risk, page, seats, now)
            yield some.items
            if some.next is None:
                return
            page = PageRequest(READ_AT_ONCE, some.next, counted=False)

    def count(self, low_risk: LowRisk) -> int:
        """How many requests match."""
        query = _query(low_risk, PageRequest(), self._now())
        with self._store.view() as view:
            return view.authorizations.count(query)

    def approve(self, by: Actor, low_risk: LowRisk, shown: Sequence[Shown]) -> list[ItemResult]:
        """Approve these, as far as each still is as it was shown and matches; one result each, in order.

        Raises InvalidInput for none, or more than 500.
        """
        if not 1 <= len(shown) <= BULK_MAX:
            raise InvalidInput(f"shown must hold 1 to {BULK_MAX} authorizations.", field="shown")
        terms = {each.id: ApprovalTerms(low_risk, each.version) for each in shown}
        return each_by_itself([each.id for each in shown], lambda id: self._workflow.approve(by, id, terms=terms[id]))

    def _read(self, low_risk: LowRisk, page: PageRequest, seats: "_Seats", now: datetime) -> Page[Candidate]:
        with self._store.view() as view:
            found = view.authorizations.search(_query(low_risk, page, now))
            sellers = view.directory.sellers_of({record.seller_id for record in found.items})
            products = view.directory.products_of({record.product_id for record in found.items})
            rows = [
                Candidate(record, seller, products[record.product_id], seats.sit(record, seller, view, now))
                for record in found.items
                for seller in (sellers[record.seller_id],)
            ]
            return Page(rows, found.next, found.total)


class _Seats:
    """How many sellers each product would have, while approvals are only thought of."""

    def __init__(self) -> None:
        self._used: dict[ProductId, int] = {}
        self._capacities: dict[ProductId, int | None] = {}

    def sit(self, record: Authorization, seller: Seller, view: View, now: datetime) -> SellergateError | None:
        """None if the request would be approved, and its seat is taken; otherwise why it would not."""
        product_id = record.product_id
        if product_id not in self._capacities:
            capacity = view.directory.policy(record.supplier_id).capacity(product_id)
            self._capacities[product_id] = capacity
            self._used[product_id] = 0 if capacity is None else view.authorizations.approved_sellers(product_id, now)
        obstacle = why_not_low_risk(seller) or why_not_approve(self._used[product_id], self._capacities[product_id])
        if obstacle is None:
            self._used[product_id] += 1
        return obstacle


def _query(low_risk: LowRisk, page: PageRequest, now: datetime) -> AuthorizationQuery:
    return AuthorizationQuery(
        statuses=frozenset({Status.REQUESTED}),
        tiers=low_risk.tiers,
        max_monthly_orders=low_risk.max_monthly_orders,
        max_daily_views=low_risk.max_daily_views,
        requested_before=None if low_risk.min_age is None else now - low_risk.min_age,
        supplier_id=low_risk.supplier_id,
        page=page,
    )


def tiers_of(*, tier: Tier | None, max_tier: Tier | None, tiers: Sequence[Tier] | None) -> frozenset[Tier] | None:
    """The tiers that meet every given condition; None when none is given."""
    if tier is None and max_tier is None and tiers is None:
        return None
    return frozenset(
        each
        for each in Tier
        if tier in (None, each)
        and (max_tier is None or each.rank <= max_tier.rank)
        and (tiers is None or each in tiers)
    )
