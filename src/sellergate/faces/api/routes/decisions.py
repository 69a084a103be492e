"""What suppliers, and admins in their place, decide about requests."""

from fastapi import APIRouter

from sellergate.domain.authorization import Action
from sellergate.domain.errors import (
    AuthorizationNotFound,
    ConcurrentChange,
    InvalidStatus,
    ProductCapacityReached,
    ProductNotFound,
    ReasonRequired,
)
from sellergate.domain.identifiers import Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.parts import ActorDep, PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.api.schemas.authorizations import (
    ApproveIn,
    AuthorizationOut,
    NoteIn,
    ReasonIn,
    RevokedOut,
)
from sellergate.faces.api.schemas.bulk import BulkIn, BulkOut
from sellergate.faces.wire import Id

router = APIRouter(
    prefix="/api/v1/ds/supplier/authorizations",
    tags=["supplier"],
    route_class=guarded(Role.ADMIN, Role.SUPPLIER),
)

_MOVES = (AuthorizationNotFound, InvalidStatus, ConcurrentChange)


@router.post("/bulk")
def decide_in_bulk(body: BulkIn, by: ActorDep, parts: PartsDep) -> BulkOut:
    """Approve or reject up to 500; each item has its own result, and one bad item spoils no other."""
    return BulkOut.of(parts.bulk.decide(by, Action(body.action), body.ids, body.reason))


@router.post("/{id}/approve", responses=refusals(*_MOVES, ProductCapacityReached, ProductNotFound))
def approve(id: Id, by: ActorDep, parts: PartsDep, body: ApproveIn | None = None) -> AuthorizationOut:
    """The seller may sell from now on, until `expiresAt` if given."""
    record = parts.workflow.approve(by, id, expires_at=body.expires_at if body else None)
    return AuthorizationOut.of(record, by.role, parts.now())


@router.post("/{id}/ask-info", responses=refusals(*_MOVES, ReasonRequired))
def ask_info(id: Id, by: ActorDep, parts: PartsDep, body: NoteIn | None = None) -> AuthorizationOut:
    """Ask the seller for more before deciding."""
    record = parts.workflow.ask_info(by, id, body.note if body else None)
    return AuthorizationOut.of(record, by.role, parts.now())


@router.post("/{id}/reject", responses=refusals(*_MOVES, ReasonRequired))
def reject(id: Id, by: ActorDep, parts: PartsDep, body: ReasonIn | None = None) -> AuthorizationOut:
    """The seller may not sell, and may ask again after the cooldown."""
    record = parts.workflow.reject(by, id, body.reason if body else None)
    return AuthorizationOut.of(record, by.role, parts.now())


@router.post("/{id}/revoke", responses=refusals(*_MOVES, ReasonRequired))
def revoke(id: Id, by: ActorDep, parts: PartsDep, body: ReasonIn | None = None) -> RevokedOut:
    """The approval ends, for good; the receipt says how many gates have heard."""
    revocation = parts.workflow.revoke(by, id, body.reason if body else None)
    return RevokedOut.of_revocation(revocation, by.role, parts.now())
