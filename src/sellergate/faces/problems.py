"""Refusals as application/problem+json (RFC 9457), the same from every endpoint."""

import json
import re
from typing import Any, Final
from urllib.parse import quote

from sellergate.domain.errors import (
    InvalidInput,
    NotFound,
    RateLimited,
    RequestInProgress,
    SellergateError,
    Unauthenticated,
)
from sellergate.faces.wire import wire_value

MEDIA_TYPE: Final = "application/problem+json"
ERRORS_SHOWN: Final = 20
MESSAGE_MAX: Final = 200


class BodyTooLarge(InvalidInput):
    """The body is larger than 1 MiB."""

    status = 413

    def __init__(self) -> None:
        super().__init__("The body may have at most 1 MiB.", limit=BODY_MAX)


class MethodNotAllowed(SellergateError):
    """There is something at this address, and it does not answer to this method."""

    code = "ERR_METHOD_NOT_ALLOWED"
    status = 405

    def __init__(self, allowed: str) -> None:
        super().__init__(f"Only {allowed} can be used here.", allow=allowed)
        self.allowed = allowed


class InternalError(SellergateError):
    """Something went wrong on our side; the log says what, by the request id."""

    def __init__(self) -> None:
        super().__init__("Something went wrong on our side. The log has the details under this request id.")


class NothingHere(NotFound):
    """No route answers at this address."""

    def __init__(self) -> None:
        super().__init__("There is nothing at this address.")


BODY_MAX: Final = 1024 * 1024


def problem(error: SellergateError, *, instance: str, request_id: str) -> dict[str, Any]:
    """The body of a refusal; `instance` is the path that was asked for, and becomes a URI reference."""
    return {
        "type": f"urn:sellergate:{error.code}",
        "title": title_of(type(error)),
        "status": error.status,
        "detail": str(error),
        "instance": quote(instance, safe="/:@!$&'()*+,;=~"),
        "errorCode": error.code,
        "message": str(error),
        "details": wire_value(error.facts),
        "requestId": request_id,
    }


def problem_bytes(error: SellergateError, *, instance: str, request_id: str) -> bytes:
    """The body of a refusal, encoded; in ASCII, since an address or a field's name may hold what UTF-8 cannot carry."""
    return json.dumps(problem(error, instance=instance, request_id=request_id)).encode("ascii")


def title_of(error: type[SellergateError]) -> str:
    """The same few words for every refusal of a kind."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", error.__name__)
    return words[0] + words[1:].lower()


def headers_of(error: SellergateError) -> dict[str, str]:
    """What a refusal says in headers besides its body."""
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, RateLimited):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, RequestInProgress):
        return {"Retry-After": "1"}
    if isinstance(error, MethodNotAllowed):
        return {"Allow": error.allowed}
    return {}


def invalid(errors: list[tuple[str, str]]) -> InvalidInput:
    """The refusal of an input in which each of these fields is wrong, by what message."""
    shown = [{"field": field[:MESSAGE_MAX], "message": text[:MESSAGE_MAX]} for field, text in errors[:ERRORS_SHOWN]]
    first = shown[0]
    return InvalidInput(f"{first['field']}: {first['message']}" if first["field"] else first["message"], errors=shown)
