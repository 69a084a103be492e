"""How the service is, for load balancers, people and Prometheus."""

from typing import Any

from fastapi import APIRouter, Response

from sellergate.domain.errors import StoreUnavailable
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.parts import PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.wire import wire_value

router = APIRouter(tags=["health"], route_class=guarded())

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/health")
async def health() -> dict[str, str]:
    """Whether the process answers at all."""
    return {"status": "ok"}


@router.get("/health/ready", responses=refusals(StoreUnavailable))
def ready(parts: PartsDep) -> dict[str, str]:
    """Whether checks and verbs can be answered."""
    if not parts.ready():
        raise StoreUnavailable(
            "This process is not ready: the database does not answer, or the change feed is not live."
        )
    return {"status": "ready"}


@router.get("/health/detailed")
def detailed(parts: PartsDep) -> dict[str, Any]:
    """Everything there is to say about the process."""
    body: dict[str, Any] = wire_value(parts.health())
    return body


@router.get(
    "/metrics", response_class=Response, responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
)
def metrics(parts: PartsDep) -> Response:
    """All metrics in Prometheus' text format."""
    return Response(parts.metrics(), headers={"Content-Type": PROMETHEUS})
