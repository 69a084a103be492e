"""Reading what the gate's endpoints are sent and writing what they answer, without a framework."""

import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from traceback import format_exception
from typing import Any, Final, NamedTuple, TypeVar
from uuid import uuid4

import msgspec

from sellergate.domain.errors import SellergateError
from sellergate.faces.problems import (
    BODY_MAX,
    MEDIA_TYPE,
    BodyTooLarge,
    InternalError,
    headers_of,
    invalid,
    problem_bytes,
)

log = logging.getLogger(__name__)

T = TypeVar("T")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CHOICES: Final = {"stage": "must be cart, order or settlement", "consistency": "must be cached or strict"}
"""What msgspec does not say of a wrong choice."""

is_request_id: Final = re.compile(rb"[\x21-\x7e]{1,128}").fullmatch
_FIELD: Final = re.compile(r"field `([^`]*)`")


class Reply(NamedTuple):
    """A response, ready to be sent."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Disconnected(Exception):
    """The caller has gone before the body was complete."""


def reply_with(status: int, media_type: bytes, body: bytes, *more: tuple[bytes, bytes]) -> Reply:
    """A response of this body, with its length and type."""
    headers = ((b"content-type", media_type), (b"content-length", str(len(body)).encode()), *more)
    return Reply(status, headers, body)


def refusal_of(error: Exception, scope: Scope, request_id: bytes | None) -> Reply:
    """The problem response of an error; one that nobody foresaw is logged, and says nothing of our insides."""
    known = error if isinstance(error, SellergateError) else InternalError()
    if known is not error:
        # The traceback as text: a renderer that shows variables would show tokens.
        log.error("A gate request failed: %s\n%s", scope["path"], "".join(format_exception(error)))
    named = request_id is not None and is_request_id(request_id)
    shown = request_id.decode() if request_id is not None and named else uuid4().hex
    body = problem_bytes(known, instance=scope["path"], request_id=shown)
    more = [(name.lower().encode(), value.encode()) for name, value in headers_of(known).items()]
    return reply_with(known.status, MEDIA_TYPE.encode(), body, *more)


async def whole_body(receive: Receive) -> bytes:
    """The whole body. Raises BodyTooLarge above 1 MiB, Disconnected when it will never be complete."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        if len(body) > BODY_MAX:
            raise BodyTooLarge
        message = await receive()
        body += message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise Disconnected
    if len(body) > BODY_MAX:
        raise BodyTooLarge
    return body


def decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """What the body says. Raises InvalidInput, naming the field."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise invalid([_wrong_field(str(error))]) from None
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise invalid([("", "This is not valid JSON.")]) from None


def _wrong_field(text: str) -> tuple[str, str]:
    """Which field, and what it must be; msgspec quotes a wrong choice, which is the caller's own and may be long."""
    message, _, path = text.partition(" - at `$")
    named = _FIELD.search(message)
    prefix = path.strip(".`")
    field = ".".join(part for part in (prefix, named and named.group(1)) if part)
    if message.startswith("Invalid enum value"):
        return field, CHOICES.get(field, "is none of the values it may have")
    return field, message[:1].lower() + message[1:]
