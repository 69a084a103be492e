"""All streams of this process: woken by the change feed, and ended before the server stops."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool

from sellergate.faces.console.live.topics import Topic
from sellergate.faces.console.visit import Visit
from sellergate.services.pulse import Pulse

STREAMS_MAX: Final = 500
"""More tabs than this have to poll."""
SHARED_SECONDS: Final = 0.5
"""What was rendered for one tab is good for others of the same account for so long."""


class Hub:
    """Streams come and go on the event loop; word of a change may come from any thread."""

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._streams: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._rendered: dict[tuple[str, ...], tuple[float, asyncio.Task[str]]] = {}
        self.is_leaving = False

    @property
    def is_full(self) -> bool:
        """Whether another stream is one too many."""
        return self.is_leaving or len(self._streams) >= STREAMS_MAX

    def enter(self) -> asyncio.Event:
        """A new stream; the event is set whenever there may be something new, and when it is time to go."""
        if self._unsubscribe is None:
            self._loop = asyncio.get_running_loop()
            self._unsubscribe = self._pulse.subscribe(self._heard)
        woken = asyncio.Event()
        self._streams.add(woken)
        return woken

    def leave(self, woken: asyncio.Event) -> None:
        """A stream has ended."""
        self._streams.discard(woken)
        if not self._streams and self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
            self._rendered.clear()

    def close(self) -> None:
        """End all streams: the server is about to stop. Called on the event loop."""
        self.is_leaving = True
        self._wake()

    def _heard(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._rendered.clear()  # what was rendered before is no longer known to be true
        for woken in self._streams:
            woken.set()

    async def render(self, topic: Topic, visit: Visit) -> str:
        """The topic as it is now; tabs of one account and language share what is rendered."""
        key = (topic.name, visit.signed_in.account.key, visit.words.language)
        made_at, task = self._rendered.get(key, (0.0, None))
        if task is None or time.monotonic() - made_at >= SHARED_SECONDS:
            task = asyncio.ensure_future(run_in_threadpool(topic.render, visit))
            self._rendered[key] = (time.monotonic(), task)
        return await asyncio.shield(task)
