"""Any error as the response a caller gets."""

from traceback import format_exception

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from sellergate.domain.errors import InvalidInput, SellergateError
from sellergate.faces.problems import (
    MEDIA_TYPE,
    InternalError,
    MethodNotAllowed,
    NothingHere,
    headers_of,
    invalid,
    problem_bytes,
)
from sellergate.faces.validation import wrong_fields

log = structlog.get_logger()


def refusal(request: Request, error: Exception) -> Response:
    """The problem response of an error; one that nobody foresaw is logged, and says nothing of our insides."""
    known = as_refusal(error)
    if isinstance(known, InternalError):
        log_failure(error, method=request.method, path=request.scope["path"])
    return problem_response(known, instance=request.scope["path"], request_id=request.state.request_id)


def log_failure(error: Exception, *, method: str, path: str) -> None:
    """An error nobody foresaw, with its traceback as text: a renderer that shows variables would show tokens."""
    log.error("http.failed", method=method, path=path, exception="".join(format_exception(error)))


def problem_response(error: SellergateError, *, instance: str, request_id: str) -> Response:
    """The refusal as a response."""
    return Response(
        problem_bytes(error, instance=instance, request_id=request_id),
        status_code=error.status,
        headers=headers_of(error),
        media_type=MEDIA_TYPE,
    )


def as_refusal(error: Exception) -> SellergateError:
    """What an error is to a caller."""
    if isinstance(error, SellergateError):
        return error
    if isinstance(error, RequestValidationError):
        return invalid(wrong_fields(error.errors()))
    if isinstance(error, ClientDisconnect):
        return InvalidInput("The connection was closed before the body was complete.")
    if isinstance(error, HTTPException):
        return _of_framework(error)
    return InternalError()


def _of_framework(error: HTTPException) -> SellergateError:
    if isinstance(error.__cause__, SellergateError):  # FastAPI wraps what is raised while it reads the body
        return error.__cause__
    if error.status_code == 404:
        return NothingHere()
    if error.status_code == 405:
        return MethodNotAllowed((error.headers or {}).get("Allow", ""))
    if error.status_code < 500:
        return InvalidInput("The body could not be read.")
    return InternalError()
