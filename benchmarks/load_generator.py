"""An open-loop generator: checks fall due at their times, whether or not those before them have been answered.

What a check took is counted from when it was due, so that a server which makes others wait is not let off for it.
"""

import asyncio
import json
import random
import time
from collections import deque
from typing import Any

SAMPLES = 4_096
SELLERS, PRODUCTS = 200, 50


class Connection(asyncio.Protocol):
    """One connection with at most one question under way; those that fall due meanwhile wait their turn."""

    def __init__(self, took: list[float], failures: list[str]) -> None:
        self._took, self._failures = took, failures
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._due: float | None = None
        self._received = bytearray()
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def ask(self, due: float, request: bytes) -> None:
        if self._due is None:
            self._due = due
            self._transport.write(request)
        else:
            self._waiting.append((due, request))

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._due is None or not self._is_whole():
            return
        self._took.append(time.perf_counter() - self._due)
        if not self._received.startswith(b"HTTP/1.1 200"):
            self._failures.append(bytes(self._received[:60]).decode(errors="replace"))
        self._received.clear()
        self._due = None
        if self._waiting:
            self.ask(*self._waiting.popleft())

    def _is_whole(self) -> bool:
        head, end, body = bytes(self._received).partition(b"\r\n\r\n")
        if not end:
            return False
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        return len(body) >= int(length)

    def connection_lost(self, error: Exception | None) -> None:
        if self._due is not None:
            self._failures.append(f"the connection was lost: {error}")

    def close(self) -> None:
        self._transport.close()


async def connected(port: int, connections: int, took: list[float], failures: list[str]) -> list[Connection]:
    """So many connections, opened one after the other."""
    loop = asyncio.get_running_loop()
    made = []
    for _ in range(connections):
        _, one = await loop.create_connection(lambda: Connection(took, failures), "127.0.0.1", port)
        made.append(one)
    return made


async def at_rate(port: int, token: str, *, per_second: float, seconds: float, connections: int) -> dict[str, Any]:
    """What checks took at this rate, in milliseconds, and what went wrong."""
    took: list[float] = []
    failures: list[str] = []
    requests = [_request(token) for _ in range(SAMPLES)]
    made = await connected(port, connections, took, failures)
    began = time.perf_counter() + 0.1
    total = round(per_second * seconds)
    sent = 0
    while sent < total:
        now = time.perf_counter()
        while sent < total and (due := began + sent / per_second) <= now:
            made[sent % connections].ask(due, requests[sent % SAMPLES])
            sent += 1
        await asyncio.sleep(0.0005)
    deadline = time.perf_counter() + 10
    while len(took) < total and not failures and time.perf_counter() < deadline:  # noqa: ASYNC110 - nobody tells us
        await asyncio.sleep(0.01)
    for connection in made:
        connection.close()
    ordered = sorted(took)
    return {
        "perSecond": round(per_second),
        "answered": len(ordered),
        "unanswered": total - len(ordered),
        "failures": failures[:3],
        "milliseconds": {
            name: round(1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)], 3)
            for name, share in (("median", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
        }
        if ordered
        else {},
    }


def _request(token: str) -> bytes:
    seller, product = int(SELLERS * random.random() ** 3), int(PRODUCTS * random.random() ** 3)
    body = json.dumps({"sellerId": f"seller-{seller}", "productId": f"product-{product}", "stage": "cart"}).encode()
    head = (
        f"POST /api/v1/ds/gate/check HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
