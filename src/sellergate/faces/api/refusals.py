"""The errors of a route, declared from their classes so that OpenAPI shows them."""

from collections.abc import Iterable
from typing import Any

from sellergate.domain.errors import (
    FeatureNotEnabled,
    Forbidden,
    InvalidInput,
    RateLimited,
    RequestInProgress,
    SellergateError,
    StoreUnavailable,
    Unauthenticated,
)
from sellergate.faces.problems import MEDIA_TYPE, BodyTooLarge, InternalError

Responses = dict[int | str, dict[str, Any]]

OPEN = (InvalidInput, InternalError)
GUARDED = (Unauthenticated, Forbidden, InvalidInput, StoreUnavailable, InternalError)
WRITING = (RateLimited, BodyTooLarge)
POSTING = (RequestInProgress,)
CLOSABLE = (FeatureNotEnabled,)


def refusals(*errors: type[SellergateError]) -> Responses:
    """One response per status, naming the error codes it may carry."""
    by_status: dict[int, list[str]] = {}
    for error in errors:
        codes = by_status.setdefault(error.status, [])
        if error.code not in codes:
            codes.append(error.code)
    return {status: response_of(codes) for status, codes in sorted(by_status.items())}


def response_of(codes: Iterable[str]) -> dict[str, Any]:
    """A problem with one of these error codes."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": ", ".join(f"`{code}`" for code in codes),
        "content": {MEDIA_TYPE: {"schema": schema}},
        "x-error-codes": list(codes),
    }


def merged(declared: dict[str, Any], more: Responses) -> dict[str, Any]:
    """Declared responses of an operation and further refusals, codes and contents of one status together."""
    answers = dict(declared)
    for status, response in more.items():
        known = answers.get(str(status), {})
        codes = list(dict.fromkeys([*known.get("x-error-codes", []), *response["x-error-codes"]]))
        made = response_of(codes)
        made["content"] = {**known.get("content", {}), **made["content"]}
        answers[str(status)] = made
    return dict(sorted(answers.items()))
