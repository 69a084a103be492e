"""What a person may set for themselves."""

from starlette.responses import Response

from sellergate.domain.sessions import PEOPLE
from sellergate.faces.console.addresses import SETTINGS
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.visit import Visit

pages = Pages(*PEOPLE)


@pages.get(SETTINGS)
def settings(visit: Visit) -> Response:
    """Language, theme, shortcuts, and signing out everywhere."""
    return visit.page("settings/page.html", preferences=visit.preferences, began_at=visit.signed_in.began_at)
