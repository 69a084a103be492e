"""What wakes a follower: LISTEN where it works, and a short pause where it does not."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import uuid4

import psycopg
from psycopg import sql

from sellergate.adapters.sql.engines.postgres.connection import ServerConnection
from sellergate.domain.errors import StoreUnavailable

log = logging.getLogger(__name__)

CHANNEL: Final = "sellergate_changes"
"""A trigger notifies it with every work that announces a change, see the migrations."""

LISTENS_FOR: Final = 0.25
POLL_SECONDS: Final = 0.025
PROBE_EVERY: Final = 10.0
PROBE_WITHIN: Final = 1.0
PROBE_POOLED_EVERY: Final = 600.0
"""A pooler that has not delivered will hardly begin to, and may hand what we listen to to whoever comes next."""
ROUND_TRIPS: Final = 3
RETRY_FIRST: Final = 0.1
RETRY_AT_MOST: Final = 5.0


class Bell:
    """Rings when somebody has committed a change. Nothing depends on it but how soon the next look is made.

    A thread holds a connection that listens; it is made with the first `wait`. Whether notifications really come through is
    proved by sending some to ourselves: a pooler takes a LISTEN and delivers nothing, or delivers it to others. So the channel
    of changes is listened to only once our own was heard. Unless that was proved within the last seconds, `wait` is a pause of
    25 ms.
    """

    def __init__(self, connect: Callable[[], ServerConnection], ring: Callable[[str], None]) -> None:
        """`connect` makes the connection that listens, `ring` notifies a channel through another one."""
        self._connect = connect
        self._ring = ring
        self._own_channel = f"sellergate_{uuid4().hex}"
        self._rung = threading.Event()
        self._closing = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._works = False
        self._error: str | None = None

    def wait(self, seconds: float) -> None:
        """Until it rings, or for a short while."""
        if self._thread is None:
            self._start()
        self._rung.wait(min(seconds, LISTENS_FOR if self._works else POLL_SECONDS))
        self._rung.clear()

    def round_trip(self) -> float:
        """Seconds from ringing a bell of our own to having heard it. Raises StoreUnavailable when it is never heard."""
        channel = f"sellergate_{uuid4().hex}"
        try:
            with self._connect() as connection:
                connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)), prepare=False)
                trips = [
                    trip for trip in (self._trip(connection, channel) for _ in range(ROUND_TRIPS)) if trip is not None
                ]
        except psycopg.Error as error:
            raise StoreUnavailable from error
        if not trips:
            raise StoreUnavailable("LISTEN is accepted, but no notification arrives: changes are polled for.")
        return min(trips)

    def _trip(self, connection: ServerConnection, channel: str) -> float | None:
        began = time.perf_counter()
        self._ring(channel)
        for _ in connection.notifies(timeout=PROBE_WITHIN, stop_after=1):
            return time.perf_counter() - began
        return None

    def health(self) -> Mapping[str, Any]:
        """How changes are noticed, and why not better."""
        if self._works:
            return {"noticedBy": "notification"}
        return {"noticedBy": "polling", **({"error": self._error} if self._error else {})}

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._run, name="sellergate-bell", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        pause = RETRY_FIRST
        while not self._closing.is_set():
            try:
                self._listen()
                pause = RETRY_FIRST
            except Exception as error:  # noqa: BLE001 - whatever happens, changes are polled for meanwhile
                self._lost(str(error).strip() or type(error).__name__)
                self._closing.wait(pause)
                pause = min(2 * pause, RETRY_AT_MOST)

    def _listen(self) -> None:
        with self._connect() as connection:
            _listen_to(connection, self._own_channel)
            self._hear(connection)

    def _hear(self, connection: ServerConnection) -> None:
        probed, proved = -PROBE_POOLED_EVERY, 0.0
        while not self._closing.is_set():
            every = PROBE_POOLED_EVERY if connection.pooled and not proved else PROBE_EVERY
            if time.monotonic() - probed >= every:
                probed = time.monotonic()
                self._ring(self._own_channel)
            for notice in list(connection.notifies(timeout=LISTENS_FOR, stop_after=1)):
                if notice.channel == self._own_channel:
                    if not proved:
                        _listen_to(connection, CHANNEL)
                    proved = time.monotonic()
                    self._found()
                self._rung.set()  # also for whatever was committed before this connection listened
            if proved < probed <= time.monotonic() - PROBE_WITHIN:
                self._lost("LISTEN is accepted, but no notification arrives: is there a pooler between?")

    def _found(self) -> None:
        if not self._works:
            log.info("Changes are noticed by notification")
        self._works, self._error = True, None

    def _lost(self, why: str) -> None:
        if self._works or self._error is None:
            log.warning("Changes are noticed by polling: %s", why)
        self._works, self._error = False, why


def _listen_to(connection: ServerConnection, channel: str) -> None:
    connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)), prepare=False)


def notify(connection: ServerConnection, channel: str) -> None:
    """Ring somebody's bell."""
    connection.execute("SELECT pg_notify(%s, '')", (channel,), prepare=False)
