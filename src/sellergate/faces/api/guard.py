"""What stands before every route: the role, the rate of writing, and answers already given under an Idempotency-Key.

It stands before FastAPI reads the body, so that nobody learns what is wrong with a body they may not send.
"""

import re
from collections.abc import Awaitable, Callable, Coroutine
from hashlib import sha256
from typing import Any, ClassVar, Final

import structlog
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from sellergate.domain.errors import Forbidden, InvalidInput, StoreUnavailable
from sellergate.domain.identifiers import Actor, Role
from sellergate.faces.api.answers import refusal
from sellergate.faces.api.parts import Parts
from sellergate.faces.problems import MEDIA_TYPE, invalid
from sellergate.faces.tokens import Principal
from sellergate.ports.stores import StoredReply

log = structlog.get_logger()

KEY_HEADER: Final = "Idempotency-Key"
WRITES: Final = ("POST", "PUT")
_IS_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}").fullmatch

Answer = Callable[[Request], Awaitable[Response]]


class GuardedRoute(APIRoute):
    """A route for some roles; without roles, for everybody. One that `streams` reads its body while it arrives."""

    roles: ClassVar[tuple[Role, ...]] = ()
    streams: ClassVar[bool] = False

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, guarded; every error becomes a problem response here."""
        answer = super().get_route_handler()
        takes_query = bool(self.dependant.query_params)

        async def handle(request: Request) -> Response:
            try:
                if self.roles:
                    request.state.actor = actor_of(request.state.principal, self.roles)
                if not takes_query:
                    _refuse_query(request)
                if not self.roles or self.streams or request.method not in WRITES:
                    return await answer(request)
                return await _write(request, answer)
            except Exception as error:  # noqa: BLE001  whatever it is, the caller gets a problem and the log the rest
                return refusal(request, error)

        return handle


def guarded(*allowed: Role, streaming: bool = False) -> type[GuardedRoute]:
    """The class of routes for any of these roles; who has several acts in the first of them that they can act in."""

    class Guarded(GuardedRoute):
        roles = allowed
        streams = streaming

    return Guarded


def actor_of(principal: Principal, roles: tuple[Role, ...]) -> Actor:
    """The caller in the first of the roles they have and can act in. Raises Forbidden when there is none."""
    why: Forbidden | None = None
    for role in roles:
        try:
            return principal.acting_as(role)
        except Forbidden as refusal:
            why = refusal if role in principal.roles else why
    raise why or Forbidden(f"This needs the role {' or '.join(roles)}.")


def _refuse_query(request: Request) -> None:
    if request.url.query:
        names = list(request.query_params) or [""]
        raise invalid([(name, "is not known here") for name in names])


async def _write(request: Request, answer: Answer) -> Response:
    parts: Parts = request.app.state.parts
    subject = request.state.principal.subject
    await run_in_threadpool(parts.limiter.hit_write, subject)
    key = request.headers.get(KEY_HEADER)
    if key is None or request.method != "POST":
        return await answer(request)
    if not _IS_KEY(key):
        raise InvalidInput(f"{KEY_HEADER} must be 1 to 255 visible characters.", field=KEY_HEADER)
    return await _once(request, answer, parts, subject=subject, key=key)


async def _once(request: Request, answer: Answer, parts: Parts, *, subject: str, key: str) -> Response:
    fingerprint = _fingerprint(request.method, request.scope["path"], await request.body())
    stored = await run_in_threadpool(parts.idempotency.begin, subject, key, fingerprint)
    if stored is not None:
        return _replayed(stored)
    try:
        response = await answer(request)
    except Exception as error:  # noqa: BLE001  a refusal is an answer as well, and the key must not stay reserved
        response = refusal(request, error)
    try:
        await run_in_threadpool(parts.idempotency.finish, subject, key, response.status_code, bytes(response.body))
    except StoreUnavailable:
        log.warning("idempotency.not-kept", path=request.scope["path"])
    return response


def _fingerprint(method: str, path: str, body: bytes) -> str:
    return sha256(b"\0".join((method.encode(), path.encode(errors="replace"), body))).hexdigest()


def _replayed(stored: StoredReply) -> Response:
    status = stored.status or 500
    media_type = "application/json" if status < 400 else MEDIA_TYPE
    return Response(stored.body, status_code=status, headers={"Idempotency-Replayed": "true"}, media_type=media_type)
