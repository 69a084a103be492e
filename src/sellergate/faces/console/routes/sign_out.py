"""Signing out, here or everywhere, and acting as another of one's accounts."""

from starlette.responses import Response

from sellergate.domain.sessions import PEOPLE
from sellergate.faces.console import cookies
from sellergate.faces.console.navigation import landing_of
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.visit import Visit

pages = Pages(*PEOPLE)
strangers = Pages()

SIGNED_OUT = "/signed-out"


@pages.post("/sign-out")
def sign_out(visit: Visit) -> Response:
    """End this session."""
    visit.parts.sessions.end(visit.signed_in)
    return _gone(visit)


@pages.post("/sign-out/everywhere")
def sign_out_everywhere(visit: Visit) -> Response:
    """End every session of this person, in all browsers."""
    visit.parts.sessions.end_all(visit.signed_in)
    return _gone(visit)


def _gone(visit: Visit) -> Response:
    response = visit.go(SIGNED_OUT)
    cookies.drop_session(response, secure=visit.secure)
    return response


@pages.post("/account")
def switch(visit: Visit) -> Response:
    """Act as another account from now on, and land where its work is."""
    account = visit.parts.sessions.switch(visit.signed_in, visit.sent("account"))
    return visit.go(landing_of(account.role))


@strangers.get(SIGNED_OUT)
def signed_out(visit: Visit) -> Response:
    """Done. The provider keeps its own session; whoever wants to ends that one too.

    It is a link and no redirect: a form may send nobody to another site under our policy.
    """
    provider = visit.parts.sign_in
    leave = None if provider is None else provider.leave(visit.base + SIGNED_OUT)
    return visit.page("sign_in/signed_out.html", leave=leave)


pages.routes.extend(strangers.routes)
