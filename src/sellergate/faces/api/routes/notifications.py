"""In-app notifications of sellers and suppliers, and how else they want to be told."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from sellergate.domain.errors import NotFound
from sellergate.domain.identifiers import Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.paging import Listing, ListOut
from sellergate.faces.api.parts import ActorDep, PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.api.schemas.authorizations import Nothing
from sellergate.faces.api.schemas.notifications import NotificationOut, PreferencesIn, PreferencesOut
from sellergate.services.notifications import audience_of

router = APIRouter(
    prefix="/api/v1/ds/notifications", tags=["notifications"], route_class=guarded(Role.SELLER, Role.SUPPLIER)
)

ID_MAX = 2**63 - 1


class Inbound(Listing):
    """Which page."""


@router.get("", response_model=ListOut[NotificationOut])
def notifications(query: Annotated[Inbound, Query()], by: ActorDep, parts: PartsDep) -> Any:
    """The caller's notifications, newest first."""
    return query.answer(parts.notifications.inbound(by, query.page), NotificationOut.of)


@router.get("/preferences")
def preferences(by: ActorDep, parts: PartsDep) -> PreferencesOut:
    """How the caller is told by e-mail; the defaults when they have never said."""
    return PreferencesOut.of(parts.notifications.preferences(by), audience_of(by))


@router.put("/preferences")
def set_preferences(body: PreferencesIn, by: ActorDep, parts: PartsDep) -> PreferencesOut:
    """Set the whole of it: it holds for what happens from now on."""
    return PreferencesOut.of(parts.notifications.set_preferences(by, body.preferences()), audience_of(by))


@router.post("/{id}/read", responses=refusals(NotFound))
def mark_read(
    id: Annotated[int, Path(ge=1, le=ID_MAX)],
    by: ActorDep,
    parts: PartsDep,
    body: Nothing | None = None,  # noqa: ARG001  so that unknown fields are refused
) -> NotificationOut:
    """Mark one read; a second call changes nothing."""
    return NotificationOut.of(parts.notifications.mark_read(by, id))
