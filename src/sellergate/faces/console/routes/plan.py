"""The plan, to be read."""

from starlette.responses import Response

from sellergate.domain.identifiers import Role
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.plan import ADDRESS, plan_view
from sellergate.faces.console.visit import Visit

pages = Pages(Role.OPERATOR, Role.ADMIN)


@pages.get(ADDRESS)
def plan(visit: Visit) -> Response:
    """All of it. What can be changed is the plan's file."""
    return visit.page("plan/page.html", view=plan_view(visit))
