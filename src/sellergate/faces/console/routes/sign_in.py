"""Signing in: by the provider that is set, or in the demo as somebody made up."""

from dataclasses import dataclass

import structlog
from starlette.responses import RedirectResponse, Response

from sellergate.domain.errors import Forbidden
from sellergate.domain.identifiers import Role
from sellergate.domain.sessions import Person
from sellergate.faces.console import cookies
from sellergate.faces.console.addresses import SIGN_IN, local, role_of
from sellergate.faces.console.navigation import landing_of
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.shell import role_label
from sellergate.faces.console.visit import SEE_OTHER, Visit
from sellergate.ports.identity import ProviderUnavailable, SignInFailed

log = structlog.get_logger()

pages = Pages()

ICONS = {Role.SUPPLIER: "building-2", Role.SELLER: "store", Role.OPERATOR: "gauge", Role.ADMIN: "shield"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoEntry:
    """Somebody one can be in the demo."""

    who: str
    name: str
    role: str
    icon: str


CALLBACK = f"{SIGN_IN}/callback"
START = f"{SIGN_IN}/start"


@pages.get(SIGN_IN)
def sign_in(visit: Visit) -> Response:
    """The ways in; whoever is signed in already is sent on."""
    wanted = local(visit.query.get("return")) or ""
    if visit.session is not None:
        return visit.go(wanted or landing_of(visit.session.account.role))
    return _page(visit, wanted)


def _page(visit: Visit, wanted: str = "", *, problem: str = "", status: int = 200) -> Response:
    return visit.page(
        "sign_in/page.html",
        status=status,
        wanted=wanted,
        problem=problem,
        has_provider=visit.parts.sign_in is not None,
        demo=[_demo(visit, who, person) for who, person in visit.parts.demo.items()],
    )


def _demo(visit: Visit, who: str, person: Person) -> DemoEntry:
    role = person.accounts[0].role
    return DemoEntry(who=who, name=person.name or who, role=role_label(visit.words, role), icon=ICONS[role])


@pages.get(START)
def start(visit: Visit) -> Response:
    """Off to the provider."""
    provider = visit.parts.sign_in
    if provider is None:
        return visit.go(SIGN_IN)
    try:
        url, departure = provider.depart(visit.base + CALLBACK, local(visit.query.get("return")) or "")
    except ProviderUnavailable as error:
        return _unavailable(visit, error)
    response = RedirectResponse(url, SEE_OTHER)
    cookies.keep_departure(response, departure, secure=visit.secure)
    return response


@pages.get(CALLBACK)
def callback(visit: Visit) -> Response:
    """Back from the provider."""
    provider = visit.parts.sign_in
    if provider is None:
        return visit.go(SIGN_IN)
    departure = cookies.departure_of(visit.request)
    wanted = departure.return_to if departure else ""
    try:
        response = begin(visit, provider.arrive(visit.request.query_params, departure, visit.base + CALLBACK), wanted)
    except SignInFailed as error:
        log.warning("sign-in.failed", reason=str(error))
        problem = visit.words.gettext(
            "You have not been signed in. Try again; if it happens again, tell whoever runs this."
        )
        response = _page(visit, wanted, problem=problem, status=400)
    except Forbidden:
        problem = visit.words.gettext("Your account has no role here. Whoever runs this can give you one.")
        response = _page(visit, wanted, problem=problem, status=403)
    except ProviderUnavailable as error:
        response = _unavailable(visit, error)
    cookies.drop_departure(response, secure=visit.secure)
    return response


def _unavailable(visit: Visit, error: ProviderUnavailable) -> Response:
    log.error("sign-in.provider-unavailable", reason=str(error))
    problem = visit.words.gettext("The sign-in service cannot be reached at the moment. Try again in a minute.")
    return _page(visit, problem=problem, status=503)


def begin(visit: Visit, person: Person, wanted: str = "") -> Response:
    """Sign this person in and send them where they wanted to go, as the account that may. Raises Forbidden without any."""
    sessions = visit.parts.sessions
    if visit.session is not None:
        sessions.end(visit.session)
    secret, session = sessions.begin(person)
    account = session.account
    wanted = local(wanted) or ""
    role = role_of(wanted) if wanted else None
    if role is not None and role is not account.role:
        fitting = [other for other in person.accounts if other.role is role]
        account = sessions.switch(session, fitting[0].key) if fitting else account
    response = visit.go(wanted or landing_of(account.role))
    cookies.keep_session(response, secret, secure=visit.secure)
    return response
