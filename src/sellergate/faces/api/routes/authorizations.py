"""What admins read and do about all authorizations."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from sellergate.domain.authorization import Action, Status
from sellergate.domain.directory import Tier
from sellergate.domain.errors import AuthorizationNotFound, ConcurrentChange, InvalidStatus, ReasonRequired
from sellergate.domain.identifiers import Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.paging import Listing, ListOut
from sellergate.faces.api.parts import ActorDep, PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.api.schemas.authorizations import (
    AuthorizationOut,
    EventOut,
    Nothing,
    ReasonIn,
    RevokedOut,
    RowOut,
)
from sellergate.faces.api.schemas.bulk import BulkApproveIn, BulkApproveOut, CandidateOut, LowRiskQuery
from sellergate.faces.api.schemas.numbers import StatsOut, StatsQuery
from sellergate.faces.wire import Id, UtcTime
from sellergate.ports.queries import AuthorizationQuery, EventQuery, PageRequest, Sort
from sellergate.services.low_risk import Shown

router = APIRouter(
    prefix="/api/admin/dropshipping/authorizations", tags=["authorizations"], route_class=guarded(Role.ADMIN)
)


class AllAuthorizations(Listing):
    """Which authorizations."""

    status: Status | None = None
    seller_id: Id | None = None
    supplier_id: Id | None = None
    product_id: Id | None = None
    tier: Tier | None = None
    sort: Sort = Sort.OLDEST


class AuditQuery(Listing):
    """Which events."""

    authorization_id: Id | None = None
    seller_id: Id | None = None
    supplier_id: Id | None = None
    product_id: Id | None = None
    actor_id: Annotated[str | None, Query(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")] = None
    action: Annotated[str | None, Query(pattern=r"^[a-z-]{1,40}$")] = None
    refused: bool | None = None
    since: UtcTime | None = None
    until: UtcTime | None = None


@router.get("", response_model=ListOut[RowOut])
def all_authorizations(query: Annotated[AllAuthorizations, Query()], by: ActorDep, parts: PartsDep) -> Any:
    """Everybody's authorizations, by the time of the request."""
    asked = AuthorizationQuery(
        statuses=frozenset({query.status} if query.status else ()),
        seller_id=query.seller_id,
        supplier_id=query.supplier_id,
        product_id=query.product_id,
        tier=query.tier,
        sort=query.sort,
        page=query.page,
    )
    now = parts.now()
    return query.answer(parts.records.search(by, asked), lambda row: RowOut.of_row(row, by.role, now))


@router.get("/stats")
def stats(query: Annotated[StatsQuery, Query()], parts: PartsDep) -> StatsOut:
    """How records stand, and what was done in the last hours, days or weeks."""
    return StatsOut.of(parts.records.stats(query.duration), query.period)


@router.get("/audit", response_model=ListOut[EventOut])
def audit(query: Annotated[AuditQuery, Query()], parts: PartsDep) -> Any:
    """Audit events, newest first."""
    filters = {name: getattr(query, name) for name in AuditQuery.model_fields if name not in ("limit", "cursor")}
    return query.answer(parts.records.audit(EventQuery(**filters, page=query.page)), EventOut.of)


@router.get("/low-risk", response_model=ListOut[CandidateOut])
def low_risk(query: Annotated[LowRiskQuery, Query()], parts: PartsDep) -> Any:
    """The waiting requests a filter finds, oldest first, and what would become of each: a preview of the bulk approval."""
    return query.answer(parts.low_risk.preview(query.low_risk(), query.page), CandidateOut.of)


@router.post("/bulk-approve")
def bulk_approve(body: BulkApproveIn, by: ActorDep, parts: PartsDep) -> BulkApproveOut:
    """Approve the given requests, or the waiting ones of low risk, oldest first; those of a preview if it is given back."""
    if body.filter is None:
        ids = body.ids or []
        done = [] if body.dry_run else parts.bulk.decide(by, Action.APPROVE, ids)
        return BulkApproveOut.of(done, dry_run=body.dry_run, matched=ids)
    filter, shown = body.filter.low_risk(), body.as_shown()
    if shown is None:
        found = parts.low_risk.preview(filter, PageRequest(body.limit, counted=False)).items
        shown = [Shown(candidate.authorization.id) for candidate in found]
    done = [] if body.dry_run or not shown else parts.low_risk.approve(by, filter, shown)
    return BulkApproveOut.of(done, dry_run=body.dry_run, matched=[each.id for each in shown])


@router.post("/{id}/revoke", responses=refusals(AuthorizationNotFound, InvalidStatus, ReasonRequired, ConcurrentChange))
def admin_revoke(id: Id, by: ActorDep, parts: PartsDep, body: ReasonIn | None = None) -> RevokedOut:
    """The approval ends, for good; the receipt says how many gates have heard."""
    revocation = parts.workflow.revoke(by, id, body.reason if body else None)
    return RevokedOut.of_revocation(revocation, by.role, parts.now())


@router.post("/{id}/clear-cooldown", responses=refusals(AuthorizationNotFound, InvalidStatus, ConcurrentChange))
def clear_cooldown(
    id: Id,
    by: ActorDep,
    parts: PartsDep,
    body: Nothing | None = None,  # noqa: ARG001  so that unknown fields are refused
) -> AuthorizationOut:
    """The seller may ask again now."""
    return AuthorizationOut.of(parts.workflow.clear_cooldown(by, id), by.role, parts.now())
