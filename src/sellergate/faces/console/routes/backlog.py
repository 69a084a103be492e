"""What waits in suppliers' inboxes."""

from starlette.responses import Response

from sellergate.domain.identifiers import Role
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.backlog import ADDRESS, LATELY, backlog_with_answers
from sellergate.faces.console.visit import Visit

pages = Pages(Role.OPERATOR, Role.ADMIN)


@pages.get(ADDRESS)
def backlog(visit: Visit) -> Response:
    """The fullest inboxes, those with overdue requests first."""
    return visit.page("backlog/page.html", rows=backlog_with_answers(visit), days=LATELY.days)
