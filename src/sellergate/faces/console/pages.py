"""Routes of pages: who may open them, that forms are ours, and that whatever goes wrong becomes a page."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sellergate.domain.errors import FeatureNotEnabled, Forbidden
from sellergate.domain.identifiers import Role
from sellergate.faces.console import csrf, failures
from sellergate.faces.console.visit import Visit, form_of

Handler = Callable[..., Response]

LET_IN: Final = frozenset({Role.SELLER, Role.SUPPLIER})
"""Whom the rollout has to let in first, as it has to over the API."""


class Pages:
    """The routes of one file: for people in one of these roles; without roles, for everybody, signed in or not.

    A handler is a plain function: it takes the visit and what its address names, and runs in a thread of its own.
    """

    def __init__(self, *roles: Role) -> None:
        self.routes: list[Route] = []
        self._roles = roles

    def get(self, path: str) -> Callable[[Handler], Handler]:
        """A page to look at."""
        return self._route(path, "GET")

    def post(self, path: str) -> Callable[[Handler], Handler]:
        """Where a form is sent to: answers with `visit.go(…)`, or with the form and what is wrong with it (422)."""
        return self._route(path, "POST")

    def _route(self, path: str, method: str) -> Callable[[Handler], Handler]:
        def take(handler: Handler) -> Handler:
            self.routes.append(Route(path, _endpoint(handler, self._roles), methods=[method], name=handler.__name__))
            return handler

        return take


def _endpoint(handler: Handler, roles: tuple[Role, ...]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body() if request.method == "POST" else b""
        return await run_in_threadpool(_answer, request, body, handler, roles)

    return endpoint


def _answer(request: Request, body: bytes, handler: Handler, roles: tuple[Role, ...]) -> Response:
    visit = visit_of(request)
    try:
        visit.recognize()
        if roles:
            _let_in(visit, roles)
        if request.method == "POST":
            _take_form(visit, body)
        return handler(visit, **request.path_params)
    except Exception as error:  # noqa: BLE001  whatever it is, people get a page and the log the rest
        return failures.answer(visit, error)


def visit_of(request: Request) -> Visit:
    """The visit of a request, before anybody is recognized."""
    state: Any = request.app.state
    return Visit(request=request, parts=state.parts, templates=state.templates)


def _let_in(visit: Visit, roles: tuple[Role, ...]) -> None:
    """Raises Unauthenticated, Forbidden and FeatureNotEnabled."""
    role = visit.signed_in.account.role
    if role not in roles:
        raise Forbidden("This page is not for the account you act as.")
    if roles and LET_IN.issuperset(roles) and not visit.parts.rollout().endpoints_open:
        raise FeatureNotEnabled


def _take_form(visit: Visit, body: bytes) -> None:
    """Raises FormNotOurs, InvalidInput and RateLimited."""
    if not csrf.comes_from_here(visit.request):
        raise csrf.FormNotOurs
    visit.form = form_of(visit.request, body)
    if visit.session is None:
        return
    if not csrf.is_token_of(visit.secret, visit.sent(csrf.FIELD)):
        raise csrf.FormNotOurs
    visit.parts.limiter.hit_write(visit.session.person.subject)
