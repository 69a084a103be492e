"""A longer way to a server of this machine: a relay between it and its clients, as a distant network is."""

import asyncio
import math
import threading
from typing import Self

A_CHUNK = 1 << 16
STARTS_WITHIN = 10.0


class SlowPath:
    """Relays connections; a context manager. What clients send arrives `seconds` later, answers are not held up.

    So every round trip takes that much longer, however many of them are under way. `seconds` may be changed at any time.
    """

    def __init__(self, target_port: int) -> None:
        self.seconds = 0.0
        self.port = 0
        self._target = target_port
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._started.wait(STARTS_WITHIN):
            raise RuntimeError(f"The relay did not listen within {STARTS_WITHIN} s.")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._over.wait()
        server.close()  # what is still connected ends with the loop

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        back = asyncio.create_task(_carry(there_reader, writer, lambda: 0.0))
        await _carry(reader, there_writer, lambda: self.seconds)
        await back


async def _carry(source: asyncio.StreamReader, target: asyncio.StreamWriter, seconds) -> None:
    """Each chunk on its own way, so that two of them are held up no longer than one; never one past another."""
    loop, due = asyncio.get_running_loop(), 0.0
    try:
        while data := await source.read(A_CHUNK):
            due = max(math.nextafter(due, math.inf), loop.time() + seconds())
            loop.call_at(due, target.write, data)
    except ConnectionError:
        pass
    finally:
        loop.call_at(max(math.nextafter(due, math.inf), loop.time()), target.close)
