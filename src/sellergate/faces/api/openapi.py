"""The OpenAPI document: FastAPI's own, with the gate's endpoints, every refusal, and how to prove who is calling."""

from typing import Any, Final

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict

from sellergate.faces import authzen_messages as authzen
from sellergate.faces.api.middleware import CLOSABLE as CLOSABLE_PATHS
from sellergate.faces.api.middleware import GUARDED as GUARDED_PATHS
from sellergate.faces.api.middleware import is_under
from sellergate.faces.api.refusals import CLOSABLE, GUARDED, OPEN, POSTING, WRITING, merged, refusals
from sellergate.faces.gate_messages import BatchAnswer, BatchCheck, Check, CheckAnswer
from sellergate.faces.problems import BodyTooLarge

SECURITY: Final[list[dict[str, list[str]]]] = [{"bearer": []}]
_SCHEMAS: Final = "#/components/schemas/{name}"
_METHODS: Final = ("get", "post", "put")


class Problem(BaseModel):
    """Why a request was refused (RFC 9457); `errorCode` is for programs, `message` for people, `details` has the facts."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errorCode: str  # noqa: N815  the wire name
    message: str
    details: dict[str, Any]
    requestId: str  # noqa: N815  the wire name


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["Problem"] = Problem.model_json_schema()
        _add_gate(made)
        made["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        }
        for path, operations in made["paths"].items():
            for method in _METHODS:
                if method in operations:
                    _complete(path, method, operations[method])
        app.openapi_schema = made
    return app.openapi_schema


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Put the refusals in that every operation of its kind may answer with."""
    operation["responses"].pop("422", None)
    guarded = path.startswith(GUARDED_PATHS) or operation.get("security") == SECURITY
    errors = [*(GUARDED if guarded else OPEN)]
    if guarded:
        operation["security"] = SECURITY
    if operation["tags"] != ["gate"] and method != "get" and not path.endswith("/import"):
        errors += WRITING + (POSTING if method == "post" else ())
    if operation["tags"] == ["gate"] and method == "post":
        errors.append(BodyTooLarge)
    if is_under(path, CLOSABLE_PATHS):
        errors += CLOSABLE
    operation["responses"] = merged(operation["responses"], refusals(*errors))
    if method == "post" and guarded and not path.endswith("/import") and operation["tags"] != ["gate"]:
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)


_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Carried out once for 24 hours; asked again, the same answer with `Idempotency-Replayed: true`.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}

_GATE: Final = (
    ("post", "/api/v1/ds/gate/check", "check", Check, [CheckAnswer], "May this seller sell this product?"),
    ("post", "/api/v1/ds/gate/check-batch", "check_batch", BatchCheck, [BatchAnswer], "May they sell these?"),
    ("post", "/access/v1/evaluation", "evaluation", authzen.Evaluation, [authzen.Decision], "AuthZEN 1.0"),
    (
        "post",
        "/access/v1/evaluations",
        "evaluations",
        authzen.Evaluations,
        [authzen.Decisions, authzen.Decision],
        "AuthZEN 1.0: several, or one where `evaluations` is left out",
    ),
    (
        "get",
        "/.well-known/authzen-configuration",
        "authzen_configuration",
        None,
        [authzen.Configuration],
        "AuthZEN 1.0: where the endpoints are",
    ),
)


def _add_gate(made: dict[str, Any]) -> None:
    types = {kind for row in _GATE for kind in (row[3], *row[4]) if kind is not None}
    _, components = msgspec.json.schema_components(types, ref_template=_SCHEMAS)
    made["components"]["schemas"].update(components)
    for method, path, name, takes, gives, summary in _GATE:
        answer = _json(*gives)
        operation: dict[str, Any] = {
            "tags": ["gate"],
            "operationId": name,
            "summary": summary,
            "responses": {"200": {"description": "The answer", "content": answer}},
        }
        if takes is not None:
            operation["requestBody"] = {"required": True, "content": _json(takes)}
            operation["security"] = SECURITY
        if name == "check":
            operation["responses"]["503"] = {
                "description": "The check failed and is enforced: `allowed` is false.",
                "content": answer,
            }
        made["paths"].setdefault(path, {})[method] = operation


def _json(*types: type) -> dict[str, Any]:
    schemas = [{"$ref": _SCHEMAS.format(name=kind.__name__)} for kind in types]
    return {"application/json": {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}}
