"""The platform's own approval of sellers, each by their user id; one without a user id is known by the seller id."""

from fastapi import APIRouter

from sellergate.domain.errors import ConcurrentChange, InvalidStatus, ReasonRequired, SellerNotFound
from sellergate.domain.identifiers import Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.parts import ActorDep, PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.api.schemas.authorizations import Nothing, ReasonIn
from sellergate.faces.api.schemas.people import SellerOut, TierIn
from sellergate.faces.wire import Id
from sellergate.services.people import OfUser

router = APIRouter(prefix="/api/admin/dropshipping/sellers/{userId}", tags=["people"], route_class=guarded(Role.ADMIN))

_SWITCHES = refusals(SellerNotFound, InvalidStatus, ReasonRequired, ConcurrentChange)


@router.post("/approve-role", responses=refusals(SellerNotFound, InvalidStatus, ConcurrentChange))
def approve_role(
    userId: Id,  # noqa: N803  the wire name
    by: ActorDep,
    parts: PartsDep,
    body: TierIn | None = None,
) -> SellerOut:
    """This user is a seller; one the directory does not know yet is entered, unless a seller with another user has that id."""
    return SellerOut.of(parts.people.approve_role(by, userId, body.tier if body else None))


@router.post("/revoke-role", responses=_SWITCHES)
def revoke_role(
    userId: Id,  # noqa: N803  the wire name
    by: ActorDep,
    parts: PartsDep,
    body: ReasonIn | None = None,
) -> SellerOut:
    """This person is no seller any more, for good."""
    return SellerOut.of(parts.people.revoke_role(by, OfUser(userId), body.reason if body else None))


@router.post("/suspend", responses=_SWITCHES)
def suspend(
    userId: Id,  # noqa: N803  the wire name
    by: ActorDep,
    parts: PartsDep,
    body: ReasonIn | None = None,
) -> SellerOut:
    """Every gate denies this seller from the next check on, until they are reactivated."""
    return SellerOut.of(parts.people.suspend(by, OfUser(userId), body.reason if body else None))


@router.post("/reactivate", responses=_SWITCHES)
def reactivate(
    userId: Id,  # noqa: N803  the wire name
    by: ActorDep,
    parts: PartsDep,
    body: Nothing | None = None,  # noqa: ARG001  so that unknown fields are refused
) -> SellerOut:
    """The suspension ends; the authorizations work again."""
    return SellerOut.of(parts.people.reactivate(by, OfUser(userId)))
