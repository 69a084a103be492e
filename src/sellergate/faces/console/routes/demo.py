"""The demo's way in: these routes exist only under `sellergate demo`."""

from starlette.responses import Response

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
