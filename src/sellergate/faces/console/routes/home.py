"""The bare address leads to where somebody's work is."""

from starlette.responses import Response

from sellergate.faces.console.addresses import SIGN_IN
from sellergate.faces.console.navigation import landing_of
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.visit import Visit

pages = Pages()


@pages.get("/")
def home(visit: Visit) -> Response:
    """To the landing page of the account, or to sign in."""
    return visit.go(SIGN_IN if visit.session is None else landing_of(visit.session.account.role))
