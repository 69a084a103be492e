"""Routes of pages: who may open them, that forms are ours, and that whatever goes wrong becomes a page."""

from collections.abc import Awaitable, Callable
from typing import Any, BinaryIO, Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sellergate.domain.errors import FeatureNotEnabled, Forbidden, InvalidInput
from sellergate.domain.identifiers import Role
from sellergate.faces.console import csrf, failures
from sellergate.faces.console.visit import Visit, form_of

Handler = Callable[..., Response]

LET_IN: Final = frozenset({Role.SELLER, Role.SUPPLIER})
"""Whom the rollout has to let in first, as it has to over the API."""

UPLOAD_MAX: Final = 64 * 1024 * 1024
UPLOAD_FIELDS: Final = 10


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

    def upload(self, path: str) -> Callable[[Handler], Handler]:
        """Where a form with a `file` is sent to: the handler also takes the file, or None where none was chosen."""

        def take(handler: Handler) -> Handler:
            endpoint = uploading(handler, self._roles)
            self.routes.append(Route(path, endpoint, methods=["POST"], name=handler.__name__))
            return handler

        return take

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


def uploading(handler: Handler, roles: tuple[Role, ...]) -> Callable[[Request], Awaitable[Response]]:
    """Who sends it is known, and may, before anything of the file is read; what is read is kept on the disk, not in memory."""

    async def endpoint(request: Request) -> Response:
        visit = visit_of(request)
        refused = await run_in_threadpool(_why_not_upload, visit, roles)
        if refused is not None:
            return refused
        try:
            async with request.form(max_files=1, max_fields=UPLOAD_FIELDS) as form:
                visit.form = {name: [value] for name, value in form.items() if isinstance(value, str)}
                sent = form.get("file")
                file = sent.file if isinstance(sent, UploadFile) and sent.filename else None
                return await run_in_threadpool(_answer_upload, visit, handler, file)
        except HTTPException as error:
            refusal = InvalidInput("The form could not be read.")
            refusal.__cause__ = error
            return await run_in_threadpool(failures.answer, visit, refusal)

    return endpoint


def _why_not_upload(visit: Visit, roles: tuple[Role, ...]) -> Response | None:
    try:
        visit.recognize()
        _let_in(visit, roles)
        _check_upload(visit)
    except Exception as error:  # noqa: BLE001  as for every page
        return failures.answer(visit, error)
    return None


def _check_upload(visit: Visit) -> None:
    """Raises FormNotOurs and InvalidInput, by what the headers say."""
    if not csrf.comes_from_here(visit.request):
        raise csrf.FormNotOurs
    length = visit.request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > UPLOAD_MAX:
        raise InvalidInput("A file may have at most 64 MiB here. The command line and the API take larger ones.")


def _answer_upload(visit: Visit, handler: Handler, file: BinaryIO | None) -> Response:
    try:
        _check_form(visit)
        return handler(visit, file, **visit.request.path_params)
    except Exception as error:  # noqa: BLE001  as for every page
        return failures.answer(visit, error)


def _take_form(visit: Visit, body: bytes) -> None:
    """Raises FormNotOurs, InvalidInput and RateLimited."""
    if not csrf.comes_from_here(visit.request):
        raise csrf.FormNotOurs
    visit.form = form_of(visit.request, body)
    _check_form(visit)


def _check_form(visit: Visit) -> None:
    if visit.session is None:
        return
    if not csrf.is_token_of(visit.secret, visit.sent(csrf.FIELD)):
        raise csrf.FormNotOurs
    visit.parts.limiter.hit_write(visit.session.person.subject)
