"""What every page of a seller shows besides its list, and how a form sent from a list is answered in place."""

from typing import Any, Final

from starlette.responses import Response

from sellergate.faces.console.addresses import local
from sellergate.faces.console.views.notifications import NotificationItem, recent_items
from sellergate.faces.console.views.standing import REQUESTS, state_view
from sellergate.faces.console.views.usage import usage_view
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import PageRequest

RECENT: Final = PageRequest(5, counted=False)


def beside(visit: Visit) -> dict[str, Any]:
    """The seller's slots, and what has happened last."""
    return {"usage": usage_view(visit, visit.parts.shelf.usage(visit.actor)), "recent": recent(visit)}


def recent(visit: Visit) -> list[NotificationItem]:
    """The newest notifications."""
    return recent_items(visit, visit.parts.notifications.inbound(visit.actor, RECENT).items)


def changed(visit: Visit, product_id: str, told: str) -> Response:
    """Something was done about a product: its cells anew, and what to say; without a script, the page it was done on."""
    if not visit.is_fragment:
        return visit.go(local(visit.sent("return")) or REQUESTS)
    state = state_view(visit, visit.parts.shelf.one(visit.actor, product_id))
    usage = usage_view(visit, visit.parts.shelf.usage(visit.actor))
    return visit.html(visit.render("catalog/changed.html", state=state, usage=usage, told=told))
