"""uvicorn, with an end that nobody notices: what is asked is answered, and who stays connected is told to go."""

import asyncio
import contextlib
import math
import select
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

import structlog
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sellergate.faces.gathered_writes import GatheredWrites
from sellergate.settings import ServerSettings

log = structlog.get_logger()

QUIET_SECONDS: Final = 1.0
"""Who has asked within this time is waited for, to be told with the answer that this connection ends."""
LOOK_SECONDS: Final = 0.05


def config_of(app: Any, server: ServerSettings, **more: Any) -> uvicorn.Config:
    """What uvicorn has to know to serve this application."""
    return uvicorn.Config(
        app,
        http=GatheringProtocol,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=round(server.grace.total_seconds()),
        timeout_keep_alive=round(server.keep_alive.total_seconds()),
        server_header=False,
        **more,
    )


class GatheringProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with one write per answer. Knows since when nothing has been under way on its connection."""

    _made_at = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new connection."""
        self._made_at = self.loop.time()
        super().connection_made(GatheredWrites(transport, self.loop))  # type: ignore[arg-type]

    def last_answer(self) -> None:
        """The answer under way is the last on this connection."""
        if self.cycle is not None:
            self.cycle.keep_alive = False

    def close_if_quiet_since(self, moment: float) -> None:
        """Close the connection unless something is under way on it, or was after that moment of the loop's clock."""
        quiet_since = self._quiet_since()
        if quiet_since is not None and quiet_since <= moment and not _has_unread(self.transport):
            self.transport.close()

    def _quiet_since(self) -> float | None:
        if self.scope is None:
            return self._made_at
        timer = self.timeout_keep_alive_task  # runs from the last byte of an answer to the first of the next request
        return None if timer is None else timer.when() - self.timeout_keep_alive


def _has_unread(transport: asyncio.Transport) -> bool:
    # To close a socket that has something to be read tells the other side that it was lost.
    unread = select.poll()
    unread.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
    return bool(unread.poll(0))


class DrainingServer(uvicorn.Server):
    """Stops on SIGTERM and SIGINT and then returns, instead of dying by the signal once it has stopped.

    When it stops it accepts no more connections. On those there are it answers what is asked, and says with each answer that
    the connection ends with it; the others are closed once nobody has asked on them for a second. A connection closed at
    once is one on which a request may be under way: its caller would have to find out whether it has been carried out.

    `begun` is called once it serves, before anybody is told.
    `leaving` is called when it begins to stop: for what would never be answered to an end, like a stream of events.
    `settled` is set once it serves, or once it is clear that it never will.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        leaving: Callable[[], None] = lambda: None,
        *,
        begun: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config)
        self._leaving = leaving
        self._begun = begun
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        if self.started:
            self._begun()
        self.settled.set()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until it is stopped."""
        try:
            super().run(sockets)
        finally:
            self.settled.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on signals while this lasts, in a program's main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop. It is said here and not where the signal comes in: that may be in the middle of writing another line."""
        log.info("server.stopping")
        self._leaving()
        until = asyncio.get_running_loop().time() + (self.config.timeout_graceful_shutdown or 0)
        await self._drain(until)
        left = until - asyncio.get_running_loop().time()
        self.config.timeout_graceful_shutdown = max(1, math.ceil(left))
        await super().shutdown(sockets)

    async def _drain(self, until: float) -> None:
        now = asyncio.get_running_loop().time
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        for connection in self._connections():
            connection.last_answer()
        while self.server_state.connections and now() < until and not self.force_exit:
            for connection in self._connections():
                connection.close_if_quiet_since(now() - QUIET_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)

    def _connections(self) -> list[GatheringProtocol]:
        return [one for one in self.server_state.connections if isinstance(one, GatheringProtocol)]
