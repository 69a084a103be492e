"""What waits to be sent to people, what was given up, and sending it after all."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from sellergate.domain.errors import ConcurrentChange, InvalidStatus, MessageNotFound
from sellergate.domain.identifiers import Role
from sellergate.domain.messages import Channel, MessageState
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.paging import Listing, ListOut
from sellergate.faces.api.parts import PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.api.routes.notifications import ID_MAX
from sellergate.faces.api.schemas.authorizations import Nothing
from sellergate.faces.api.schemas.notifications import MessageOut

router = APIRouter(
    prefix="/api/admin/dropshipping/notices", tags=["notifications"], route_class=guarded(Role.OPERATOR, Role.ADMIN)
)


class MessageList(Listing):
    """Which messages; without a state, those that were given up; without a channel, by any."""

    state: MessageState = MessageState.DEAD
    channel: Channel | None = None


@router.get("", response_model=ListOut[MessageOut])
def list_messages(query: Annotated[MessageList, Query()], parts: PartsDep) -> Any:
    """Messages that wait (pending), were sent, or were given up (dead), newest first."""
    return query.answer(parts.outbox.list(query.state, query.page, query.channel), MessageOut.of)


@router.post("/{id}/retry", responses=refusals(MessageNotFound, InvalidStatus, ConcurrentChange))
def retry_message(
    id: Annotated[int, Path(ge=1, le=ID_MAX)],
    parts: PartsDep,
    body: Nothing | None = None,  # noqa: ARG001  so that unknown fields are refused
) -> MessageOut:
    """Send one that was given up after all, with all its attempts."""
    return MessageOut.of(parts.outbox.retry(id))
