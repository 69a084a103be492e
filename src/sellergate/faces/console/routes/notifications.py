"""What has happened that somebody should know."""

from starlette.responses import Response

from sellergate.domain.errors import NotFound
from sellergate.domain.identifiers import Role
from sellergate.faces.console.cursors import read_cursor
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.notifications import notifications_view
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import PageRequest

pages = Pages(Role.SUPPLIER, Role.SELLER)

A_PAGE = 25


@pages.get("/notifications")
def notifications(visit: Visit) -> Response:
    """The newest first."""
    after = read_cursor(visit.query.get("after"))
    page = visit.parts.notifications.inbound(visit.actor, PageRequest(A_PAGE, after))
    view = notifications_view(visit, page)
    return visit.answer("notifications/page.html", "notifications/_list.html", view=view)


@pages.post("/notifications/{id:int}/read")
def mark_read(visit: Visit, id: int) -> Response:
    """One has been read."""
    if id > 2**63 - 1:
        raise NotFound("There is no such notification.")
    visit.parts.notifications.mark_read(visit.actor, id)
    return visit.go("/notifications")
