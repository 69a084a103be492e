"""The demo's way in: these routes exist only under `sellergate demo`."""

from starlette.responses import PlainTextResponse, Response

from sellergate.faces.console.pages import Pages
from sellergate.faces.console.routes.sign_in import begin
from sellergate.faces.console.visit import Visit
from sellergate.faces.problems import NothingHere

pages = Pages()


@pages.get("/demo/sign-in/{who}")
def demo_sign_in(visit: Visit, who: str) -> Response:
    """Be one of the demo's people."""
    person = visit.parts.demo.get(who)
    if person is None:
        raise NothingHere
    return begin(visit, person)


@pages.post("/demo/breach")
def breach(visit: Visit) -> Response:
    """Begin the fault that this server was started with."""
    if visit.parts.breach is None:
        raise NothingHere
    visit.parts.breach()
    return PlainTextResponse(
        "The gate cannot read its database for a minute. Look at the control room.\n", status_code=202
    )
