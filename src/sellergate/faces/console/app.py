"""The console as one ASGI application, read upwards to follow a request to its page."""

import re
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sellergate.domain.errors import Forbidden, Unauthenticated
from sellergate.faces.api.middleware import BodyLimit
from sellergate.faces.console import failures
from sellergate.faces.console.addresses import STATIC, role_of
from sellergate.faces.console.headers import SecurityHeaders
from sellergate.faces.console.live import stream
from sellergate.faces.console.live.hub import Hub
from sellergate.faces.console.pages import visit_of
from sellergate.faces.console.parts import ConsoleParts
from sellergate.faces.console.routes import (
    announcements,
    audit,
    authorizations,
    backlog,
    catalog,
    decisions,
    demo,
    directory,
    history,
    home,
    imports,
    low_risk,
    notices,
    notifications,
    own,
    plan,
    preferences,
    products,
    reports,
    request_export,
    requests,
    roles,
    rollout,
    rules,
    sellers,
    settings,
    shadow,
    sign_in,
    sign_out,
    trials,
    verdicts,
)
from sellergate.faces.console.static_files import StaticFiles
from sellergate.faces.console.templating import Templates
from sellergate.faces.console.visit import Visit, try_to_recognize

PAGES = (home, sign_in, sign_out, preferences, settings, notifications)
SUPPLIER_PAGES = (decisions, request_export, requests, sellers, products, rules, history)
SELLER_PAGES = (catalog, own)
OPERATOR_PAGES = (rollout, shadow, backlog, reports, verdicts, trials, announcements, notices, audit, plan)
ADMIN_PAGES = (roles, imports, directory, low_risk, authorizations)  # in this order: what is more exact comes first
ROUTERS = tuple(module.pages for module in (*PAGES, *SUPPLIER_PAGES, *SELLER_PAGES, *OPERATOR_PAGES, *ADMIN_PAGES))
UPLOADS = re.compile(r"/a/directory/import/[a-z]+")


class Console:
    """The application. `close` ends the streams of its tabs before the server stops."""

    def __init__(self, parts: ConsoleParts) -> None:
        static = StaticFiles()
        self._hub = Hub(parts.pulse)
        pages = _starlette(parts, static, self._hub)
        app: ASGIApp = BodyLimit(pages, UPLOADS)
        self._app: ASGIApp = SecurityHeaders(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self._app(scope, receive, send)

    def close(self) -> None:
        """Nothing new is streamed any more."""
        self._hub.close()


def _starlette(parts: ConsoleParts, static: StaticFiles, hub: Hub) -> Starlette:
    async def file(request: Request) -> Response:
        return static.answer(request, **request.path_params)

    async def favicon(request: Request) -> Response:
        return static.answer(request, "", "favicon.svg")

    routes = [
        Route(f"{STATIC}/{{hash}}/{{name:path}}", file),
        Route("/favicon.ico", favicon),
        Route("/live", stream.stream),
        Route("/live/now", stream.now),
    ]
    for pages in ROUTERS:
        routes.extend(pages.routes)
    if parts.demo or parts.breach is not None:
        routes.extend(demo.pages.routes)
    handlers: Any = {HTTPException: _fail, Exception: _fail}
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    app.state.parts = parts
    app.state.templates = Templates(static)
    app.state.hub = hub
    return app


async def _fail(request: Request, error: Exception) -> Response:
    """No such page, or not by this method, or what went wrong outside of every page."""
    visit = visit_of(request)
    await run_in_threadpool(try_to_recognize, visit)
    return await run_in_threadpool(failures.answer, visit, _of_others(visit) or error)


def _of_others(visit: Visit) -> Exception | None:
    """What is among somebody else's pages is refused whether it exists or not."""
    role = role_of(visit.path)
    if role is None or (visit.session is not None and visit.session.account.role is role):
        return None
    return (
        Unauthenticated("You are not signed in.") if visit.session is None else Forbidden("This page is not for you.")
    )
