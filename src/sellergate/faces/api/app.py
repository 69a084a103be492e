"""The HTTP application: the gate's endpoints first, everything else through FastAPI."""

from importlib.metadata import version
from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from sellergate.faces.api.answers import refusal
from sellergate.faces.api.middleware import Authentication, BodyLimit, ClosedPhase, RequestLog
from sellergate.faces.api.openapi import document
from sellergate.faces.api.parts import Parts
from sellergate.faces.api.routes import (
    alerts,
    announcements,
    authorizations,
    decisions,
    directory,
    health,
    imports,
    messages,
    notifications,
    people,
    previews,
    reports,
    rollout,
    seller,
    shadow,
    supplier,
    verdicts,
)
from sellergate.faces.console.addresses import is_page
from sellergate.faces.gate_http import GateEndpoints
from sellergate.faces.problems import MethodNotAllowed

# In this order: fixed addresses before those with an id in the same place.
ROUTERS = tuple(
    module.router
    for module in (
        seller,
        supplier,
        decisions,
        notifications,
        previews,
        messages,
        announcements,
        people,
        imports,
        directory,
        authorizations,
        rollout,
        verdicts,
        alerts,
        shadow,
        reports,
        health,
    )
)


def create_app(parts: Parts, console: ASGIApp | None = None) -> ASGIApp:
    """The application over these parts, as one ASGI callable, with the console beside the API where there is one.

    Read upwards to follow a request to its route.
    """
    api = _fastapi(parts)
    app: ASGIApp = BodyLimit(api)
    app = Authentication(app, parts.authenticator)
    app = ClosedPhase(app, parts.rollout)
    if console is not None:
        app = _PagesApart(console, app)
    app = RequestLog(app, parts.rollout, parts.tracing)
    return _GateFirst(GateEndpoints(parts.gate, parts.authenticator), app)


class _PagesApart:
    """Leads people with browsers to the console; by the address alone, so that nothing is two things."""

    def __init__(self, console: ASGIApp, others: ASGIApp) -> None:
        self._console = console
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_page(scope["path"]):
            await self._console(scope, receive, send)
        else:
            await self._others(scope, receive, send)


class _GateFirst:
    """Leads checks past everything that is not a check."""

    def __init__(self, gate: GateEndpoints, others: ASGIApp) -> None:
        self._gate = gate
        self._paths = frozenset(gate.paths)
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in self._paths:
            await self._gate(scope, receive, send)
        else:
            await self._others(scope, receive, send)


def _fastapi(parts: Parts) -> FastAPI:
    api = FastAPI(
        title="sellergate",
        version=version("sellergate"),
        description="Seller authorization for marketplaces: who may sell what, and a gate that says so.",
        docs_url=None,  # Swagger's page comes from somebody else's server
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        exception_handlers={HTTPException: _refuse_unrouted, Exception: _refuse_unforeseen},
    )
    api.state.parts = parts
    api.state.imports = CapacityLimiter(imports.AT_ONCE)
    for router in ROUTERS:
        api.include_router(router)
    # FastAPI's documented way of changing the document.
    api.openapi = lambda: document(api)  # type: ignore[method-assign]
    return api


async def _refuse_unrouted(request: Request, error: Any) -> Response:
    """No such address, or not by this method."""
    if error.status_code == 405:
        return refusal(request, MethodNotAllowed(", ".join(_methods_at(request.scope["path"]))))
    return refusal(request, error)


async def _refuse_unforeseen(request: Request, error: Exception) -> Response:
    """What went wrong outside of every route."""
    return refusal(request, error)


def _methods_at(path: str) -> list[str]:
    """Every method something answers to at this address."""
    return sorted(
        {
            method
            for router in ROUTERS
            for route in router.routes
            if getattr(route, "path_regex", None) is not None and route.path_regex.match(path)
            for method in route.methods or ()
        }
    )
