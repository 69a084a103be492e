"""The plan's announcements: what is due when, what was sent, and the dates that steps begin on."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field

from sellergate.domain.errors import AnnouncementNotFound, ConcurrentChange, InvalidStatus
from sellergate.domain.identifiers import Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.paging import Filters, Listing, ListOut
from sellergate.faces.api.parts import ActorDep, PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.api.schemas.announcements import (
    AgendaOut,
    AnnouncedOut,
    DateIn,
    DateOut,
    PreviewOut,
    SendIn,
    StepName,
)

router = APIRouter(
    prefix="/api/admin/dropshipping/announcements",
    tags=["announcements"],
    route_class=guarded(Role.OPERATOR, Role.ADMIN),
)

NAME_MAX = 40
Name = Annotated[str, Path(max_length=NAME_MAX)]


class SentList(Listing):
    """Which page."""


class AboutStep(Filters):
    """Of an announcement about each step: which step; the next one without."""

    step: Annotated[StepName | None, Field()] = None


@router.get("")
def list_announcements(parts: PartsDep) -> AgendaOut:
    """What is to be announced, when it is due and why then, and whom it reaches."""
    return AgendaOut.of(parts.announcing.agenda(), parts.announcing.people())


@router.get("/promotion")
def list_of_promotion(parts: PartsDep) -> AgendaOut:
    """What a promotion to the next step, made now, would have announced that is not announced without it."""
    return AgendaOut.of(parts.announcing.of_promotion(), parts.announcing.people())


@router.get("/history", response_model=ListOut[AnnouncedOut])
def announced(query: Annotated[SentList, Query()], parts: PartsDep) -> Any:
    """What was announced, newest first."""
    return query.answer(parts.announcing.history(query.page), AnnouncedOut.of)


@router.put("/dates/{step}", responses=refusals(InvalidStatus, ConcurrentChange))
def schedule_step(
    step: Annotated[str, Path(max_length=NAME_MAX)], body: DateIn, by: ActorDep, parts: PartsDep
) -> DateOut:
    """Set when a step is to begin, so that what is announced before it has a date. The step itself is not begun by it."""
    return DateOut.of(step, parts.announcing.schedule(by, step, body.begins_at))


@router.get("/{name}/preview", responses=refusals(AnnouncementNotFound, InvalidStatus))
def preview_announcement(name: Name, query: Annotated[AboutStep, Query()], parts: PartsDep) -> PreviewOut:
    """An announcement as it would be sent now; nothing is sent."""
    return PreviewOut.of(parts.announcing.preview(name, query.step))


@router.post("/{name}/send", responses=refusals(AnnouncementNotFound, InvalidStatus, ConcurrentChange))
def send_announcement(name: Name, by: ActorDep, parts: PartsDep, body: SendIn | None = None) -> AnnouncedOut:
    """Send an announcement now, whatever its date. It is not sent a second time by itself."""
    said = body or SendIn()
    return AnnouncedOut.of(parts.announcing.send(by, name, said.step, again=said.again))
