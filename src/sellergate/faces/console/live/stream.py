"""The stream of one tab: Server-Sent Events, each with the HTML of a topic that has changed.

Nothing is queued: a topic is rendered when it can be sent, so a tab that reads slowly gets less often what is true by then.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from sellergate.domain.errors import SellergateError, StoreUnavailable, Unauthenticated
from sellergate.faces.api.answers import as_refusal
from sellergate.faces.console.live.hub import Hub
from sellergate.faces.console.live.topics import Topic, topics_of
from sellergate.faces.console.pages import visit_of
from sellergate.faces.console.visit import Visit

RECONNECT_MILLISECONDS: Final = 2000
HEARTBEAT_SECONDS: Final = 15.0
SESSION_SECONDS: Final = 5.0
"""How long after somebody has signed out everywhere their streams go on."""
PAUSE_SECONDS: Final = 0.25
"""Between two looks at what has changed, however much changes."""
LASTS_SECONDS: Final = 600.0
"""Then the browser connects anew, so that streams spread over the processes there are."""


async def stream(request: Request) -> Response:
    """`/live?topics=a,b`: what the topics are now, and again whenever they change. 503 where one has to poll."""
    hub: Hub = request.app.state.hub
    visit = visit_of(request)
    refused = await _refused(visit)
    if refused is not None:
        return refused
    if hub.is_full:
        return Response(status_code=503, headers={"Retry-After": "15"})
    topics = topics_of(visit, request.query_params.get("topics", ""))
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_events(hub, visit, topics), media_type="text/event-stream", headers=headers)


async def now(request: Request) -> Response:
    """`/live/now?topics=a,b`: the same once, for those who poll: an object with the HTML of each topic."""
    hub: Hub = request.app.state.hub
    visit = visit_of(request)
    refused = await _refused(visit)
    if refused is not None:
        return refused
    try:
        topics = topics_of(visit, request.query_params.get("topics", ""))
        return JSONResponse({topic.name: await hub.render(topic, visit) for topic in topics})
    except SellergateError as error:
        return Response(status_code=error.status)


async def _refused(visit: Visit) -> Response | None:
    """None for somebody who is signed in: a script that asks is told by a status, not by a page."""
    try:
        await run_in_threadpool(visit.recognize)
        visit.signed_in  # noqa: B018  raises
    except (Unauthenticated, StoreUnavailable) as error:
        return Response(status_code=as_refusal(error).status)
    return None


async def _events(hub: Hub, visit: Visit, topics: Sequence[Topic]) -> AsyncIterator[str]:
    woken, ends_at = hub.enter(), time.monotonic() + LASTS_SECONDS
    watch = _Watch(visit)
    told: dict[str, str] = {}
    try:
        yield f"retry: {RECONNECT_MILLISECONDS}\n\n"
        while not hub.is_leaving and time.monotonic() < ends_at and await watch.still_holds():
            woken.clear()
            for topic in topics:
                html = await hub.render(topic, visit)
                if told.get(topic.name) != html:
                    yield _event(topic.name, html)
                    told[topic.name] = html
            if watch.is_time_for_a_sign():
                yield _event("alive", str(round(time.time())))
            await _something(woken, min([topic.every.total_seconds() for topic in topics] + [SESSION_SECONDS]))
            if not hub.is_leaving:
                await asyncio.sleep(PAUSE_SECONDS)
    except SellergateError:
        return  # the browser connects anew, and is told by a status if it must not
    finally:
        hub.leave(woken)


class _Watch:
    """Whether the session still holds, and when the tab last heard that we are there."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._looked_at = time.monotonic()
        self._signed_at = 0.0

    async def still_holds(self) -> bool:
        """Whether the session does, as of some seconds ago."""
        if time.monotonic() - self._looked_at < SESSION_SECONDS:
            return True
        self._looked_at = time.monotonic()
        return await run_in_threadpool(self._visit.parts.sessions.still_holds, self._visit.signed_in)

    def is_time_for_a_sign(self) -> bool:
        """Whether the tab has heard nothing for so long that it, or something between us, might give up."""
        if time.monotonic() - self._signed_at < HEARTBEAT_SECONDS:
            return False
        self._signed_at = time.monotonic()
        return True


async def _something(woken: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(woken.wait(), seconds)
    except TimeoutError:
        return


def _event(name: str, text: str) -> str:
    lines = "".join(f"data: {line}\n" for line in text.strip().splitlines() or [""])
    return f"event: {name}\n{lines}\n"
