"""The directory as a stream: one JSON object a line, stored while it arrives."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from anyio import CapacityLimiter, from_thread, to_thread
from fastapi import APIRouter, Request

from sellergate.domain.errors import ConcurrentChange
from sellergate.domain.identifiers import Actor, Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.parts import ActorDep, PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.api.schemas.people import ImportOut
from sellergate.faces.directory_objects import PARSERS
from sellergate.faces.ndjson import lines_of
from sellergate.services.directory import DirectoryService, Entry, ImportReport

AT_ONCE = 4
"""Imports that are read at the same time; each keeps a thread as long as its caller sends."""

router = APIRouter(
    prefix="/api/admin/dropshipping", tags=["directory"], route_class=guarded(Role.ADMIN, streaming=True)
)

_NDJSON: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/x-ndjson": {"schema": {"type": "string", "description": "One JSON object a line."}}},
    }
}


async def _import(
    request: Request, by: Actor, directory: DirectoryService, parse: Callable[[bytes], Entry]
) -> ImportOut:
    limiter: CapacityLimiter = request.app.state.imports
    work = partial(_store, directory, by, lines_of(_chunks(request)), parse)
    return ImportOut.of(await to_thread.run_sync(work, limiter=limiter))


def _store(
    directory: DirectoryService, by: Actor, lines: Iterator[bytes], parse: Callable[[bytes], Entry]
) -> ImportReport:
    report = ImportReport()
    for _ in directory.import_lines(by, lines, parse, report):
        pass
    return report


def _chunks(request: Request) -> Iterator[bytes]:
    """The body as it arrives, asked for by a worker thread: the caller is slowed down to what is stored."""
    stream = request.stream()

    async def one() -> bytes | None:
        return await anext(stream, None)

    while (chunk := from_thread.run(one)) is not None:
        yield chunk


@router.post("/suppliers/import", openapi_extra=_NDJSON, responses=refusals(ConcurrentChange))
async def import_suppliers(request: Request, by: ActorDep, parts: PartsDep) -> ImportOut:
    """Enter or renew suppliers; a bad line spoils no other."""
    return await _import(request, by, parts.directory, PARSERS["suppliers"])


@router.post("/sellers/import", openapi_extra=_NDJSON, responses=refusals(ConcurrentChange))
async def import_sellers(request: Request, by: ActorDep, parts: PartsDep) -> ImportOut:
    """Enter or renew sellers; a bad line spoils no other."""
    return await _import(request, by, parts.directory, PARSERS["sellers"])


@router.post("/products/import", openapi_extra=_NDJSON, responses=refusals(ConcurrentChange))
async def import_products(request: Request, by: ActorDep, parts: PartsDep) -> ImportOut:
    """Enter or renew products; a bad line spoils no other."""
    return await _import(request, by, parts.directory, PARSERS["products"])
