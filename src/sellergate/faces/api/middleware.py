"""What surrounds every request: an id and a line in the log, closed endpoints, tokens, and a limit on bodies. Plain ASGI."""

import contextlib
import re
import time
from collections.abc import Callable
from typing import Final
from uuid import uuid4

import structlog
from fastapi import Response
from pydantic.alias_generators import to_snake
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sellergate.domain.errors import FeatureNotEnabled, SellergateError
from sellergate.domain.rollout import RolloutState
from sellergate.faces.api.answers import log_failure, problem_response
from sellergate.faces.problems import BODY_MAX, BodyTooLarge, InternalError
from sellergate.faces.tokens import Authenticator, Principal, bearer
from sellergate.ports.tracing import RequestTracing

log = structlog.get_logger()

GUARDED: Final = "/api/"
CLOSABLE: Final = ("/api/v1/ds/seller", "/api/v1/ds/supplier", "/api/v1/ds/notifications")
NOT_LOGGED: Final = ("/health", "/metrics", "/static")
STREAMS: Final = re.compile(r"/api/admin/dropshipping/[a-z]+/import").fullmatch

_IS_REQUEST_ID: Final = re.compile(r"[\x21-\x7e]{1,128}").fullmatch


def request_id_of(given: str | None) -> str:
    """The caller's own id for the request where it is one to print, otherwise a new one."""
    return given if given and _IS_REQUEST_ID(given) else uuid4().hex


def is_under(path: str, prefixes: tuple[str, ...]) -> bool:
    """Whether the path is one of these or below one."""
    return any(path == prefix or path.startswith(prefix + "/") for prefix in prefixes)


async def _refuse(error: SellergateError, scope: Scope, receive: Receive, send: Send) -> None:
    answer: Response = problem_response(error, instance=scope["path"], request_id=scope["state"]["request_id"])
    await answer(scope, receive, send)


class RequestLog:
    """Gives each request an id, sends it back, and writes one line when it is answered: no query, no body, no token.

    The line names who asked, as whom, about what (the ids in the address), and the version of the rollout; with `tracing` the
    trace as well.
    """

    def __init__(
        self, app: ASGIApp, rollout: Callable[[], RolloutState], tracing: RequestTracing | None = None
    ) -> None:
        self._app = app
        self._rollout = rollout
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = request_id_of(headers.get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = request_id
        if self._tracing is None or is_under(scope["path"], NOT_LOGGED):
            await self._served(scope, receive, send, request_id=request_id)
            return
        with self._tracing.request(scope["method"], headers) as span:
            status = await self._served(scope, receive, send, request_id=request_id, trace_id=span.trace_id)
            span.answered(status, getattr(scope.get("route"), "path", None))

    async def _served(self, scope: Scope, receive: Receive, send: Send, **ids: str) -> int:
        """Serve it, and log it under these ids; the answer's status, 0 when there was none."""
        request_id, began, status = ids["request_id"], time.perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(**ids):
            try:
                await self._app(scope, receive, send_with_id)
            except Exception as error:  # noqa: BLE001  whatever it is, the caller gets a problem and the log the rest
                if not status:
                    log_failure(error, method=scope["method"], path=scope["path"])
                    await _refuse(InternalError(), scope, receive, send_with_id)
            finally:
                if not is_under(scope["path"], NOT_LOGGED):
                    milliseconds = round((time.perf_counter() - began) * 1000, 1)
                    log.info(
                        "http.request",
                        method=scope["method"],
                        path=scope["path"],
                        status=status,
                        milliseconds=milliseconds,
                        **_about(scope, self._rollout),
                    )
        return status


def _about(scope: Scope, rollout: Callable[[], RolloutState]) -> dict[str, object]:
    """Who asked, and about what: identifiers alone."""
    about: dict[str, object] = {}
    with contextlib.suppress(Exception):  # a line in the log must not cost an answer
        about["rollout_version"] = rollout().version
    principal: Principal | None = scope["state"].get("principal")
    if principal is not None:
        about |= {
            "subject": principal.subject,
            "roles": sorted(principal.roles),
            "seller": principal.seller_id,
            "supplier": principal.supplier_id,
        }
    in_address = scope.get("path_params", {}).items()
    about |= {to_snake(name): value for name, value in in_address if name.lower().endswith("id")}
    return {name: value for name, value in about.items() if value is not None}


class ClosedPhase:
    """Answers 501 for sellers and suppliers before anything else, while the rollout has not let them in."""

    def __init__(self, app: ASGIApp, rollout: Callable[[], RolloutState]) -> None:
        self._app = app
        self._rollout = rollout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and is_under(scope["path"], CLOSABLE) and not self._rollout().endpoints_open:
            await _refuse(FeatureNotEnabled(), scope, receive, send)
        else:
            await self._app(scope, receive, send)


class Authentication:
    """Finds out who is calling, for everything under /api/: what does not exist is not told to strangers either."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator) -> None:
        self._app = app
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"].startswith(GUARDED):
            try:
                token = bearer(Headers(scope=scope).get("authorization"))
                principal = self._authenticator.remembered(token)
                if principal is None:
                    principal = await run_in_threadpool(self._authenticator.authenticate, token)
            except SellergateError as error:
                await _refuse(error, scope, receive, send)
                return
            scope["state"]["principal"] = principal
        await self._app(scope, receive, send)


class BodyLimit:
    """Refuses bodies above 1 MiB, by their announced length or while they arrive; imports are streams and may be longer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or STREAMS(scope["path"]):
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > BODY_MAX:
            await _refuse(BodyTooLarge(), scope, receive, send)
            return
        received = 0

        async def receive_some() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > BODY_MAX:
                raise BodyTooLarge
            return message

        await self._app(scope, receive_some, send)
