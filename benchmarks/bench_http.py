"""A cached check over HTTP against an empty POST on the same server: requests a second of both, and the ratio.

    python benchmarks/bench_http.py [--json]

The server runs in a process of its own, by the protocol `sellergate serve` uses; this process keeps its connections busy.
The two kinds of request take turns in short rounds within one run, so that a busy machine slows both alike; the ratio is
the median of those of neighbouring rounds.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from typing import Any

import uvicorn
import uvloop
from machine import machine

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.local_tier import LocalTier
from sellergate.adapters.memory import MemoryStore
from sellergate.adapters.rate_limits import MovingWindowLimits
from sellergate.domain.directory import Product, Seller, Supplier
from sellergate.domain.identifiers import Actor, ProductId, Role, SellerId, SupplierId
from sellergate.domain.policy import ProductLimits
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.faces.api.app import create_app
from sellergate.faces.api.parts import Parts
from sellergate.faces.keyring import SharedSecret
from sellergate.faces.tokens import Authenticator, issue_token
from sellergate.ports.clock import utc_now
from sellergate.server.draining import GatheringProtocol
from sellergate.services.bulk import BulkDecisions
from sellergate.services.counting import Counters
from sellergate.services.directory import DirectoryService, SellerEntry
from sellergate.services.following import Follower
from sellergate.services.gate import Gate
from sellergate.services.idempotency import Idempotency
from sellergate.services.notifications import Notifications
from sellergate.services.people import People
from sellergate.services.policies import Policies
from sellergate.services.propagation import Propagation
from sellergate.services.records import Records
from sellergate.services.rollouts import RolloutService
from sellergate.services.shadow import ShadowRecorder, ShadowReport
from sellergate.services.standing import SellerDesk
from sellergate.services.workflow import Workflow, WorkflowRules

SECRET = "the secret of a benchmark, of more than 32 bytes"
ROUNDS, ROUND_SECONDS, CONNECTIONS = 6, 0.6, 32
CHECK, EMPTY = "/api/v1/ds/gate/check", "/empty"


async def empty_post(_scope: Any, receive: Any, send: Any) -> None:
    """The least an ASGI application can do with a POST."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def application() -> Any:
    """The whole application over a store in memory, in which seller-1 may sell product-1."""
    store = MemoryStore()
    full = RolloutState(phase=Phase.FULL, percentage=100)
    memory = LocalTier(ttl_seconds=3600, boot=boot_now)
    gate = Gate(
        store, memory, counters=Counters(), shadow=ShadowRecorder(store), views=store.view, rollout=full, boot=boot_now
    )
    Follower(store, memory, follow=gate.follow, environment=full, pinned=None, boot=boot_now).start()
    propagation = Propagation(store, own_process_id="bench", now=utc_now)
    workflow = Workflow(store, WorkflowRules(), propagation)
    directory = DirectoryService(store)
    admin = Actor("admin", Role.ADMIN)
    directory.put(admin, Supplier(id=SupplierId("supplier-1"), name="Supplier"))
    directory.put(admin, SellerEntry(Seller(id=SellerId("seller-1"), name="Seller")))
    directory.put(admin, Product(id=ProductId("product-1"), name="Product", supplier_id=SupplierId("supplier-1")))
    seller = Actor("seller", Role.SELLER, seller_id=SellerId("seller-1"))
    workflow.approve(admin, workflow.request(seller, ProductId("product-1")).id)
    app = create_app(
        Parts(
            workflow=workflow,
            bulk=BulkDecisions(store, workflow),
            people=People(store),
            directory=directory,
            desk=SellerDesk(store, ProductLimits()),
            records=Records(store),
            policies=Policies(store),
            notifications=Notifications(store),
            rollouts=RolloutService(store, propagation, environment=full, pinned=None),
            shadow=ShadowReport(store),
            gate=gate,
            authenticator=Authenticator(SharedSecret(SECRET)),
            limiter=MovingWindowLimits(),
            idempotency=Idempotency(store),
            rollout=lambda: gate.rollout,
            health=dict,
            ready=lambda: True,
            metrics=lambda: b"",
        )
    )

    async def with_empty(scope: Any, receive: Any, send: Any) -> None:
        await (empty_post if scope.get("path") == EMPTY else app)(scope, receive, send)

    return with_empty


class Serving(uvicorn.Server):
    """Says its port once it listens."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)


def serve() -> None:
    config = uvicorn.Config(
        application(),
        host="127.0.0.1",
        port=0,
        http=GatheringProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
    )
    Serving(config).run()


class Caller(asyncio.Protocol):
    """One connection that asks again as soon as it is answered."""

    def __init__(self, request: bytes, until: float, counts: list[int], done: asyncio.Event) -> None:
        self._request, self._until, self._counts, self._done = request, until, counts, done
        self._length = 0
        self._received = bytearray()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._length:
            self._length = self._whole_length()
        if not self._length or len(self._received) < self._length:
            return
        assert self._received.startswith(b"HTTP/1.1 200"), bytes(self._received)
        self._received.clear()
        self._counts[0] += 1
        if time.perf_counter() < self._until:
            self._transport.write(self._request)
        else:
            self._transport.close()

    def _whole_length(self) -> int:
        """Every answer of a round is as long as the first."""
        head, end, _ = bytes(self._received).partition(b"\r\n\r\n")
        if not end:
            return 0
        lines = head.lower().split(b"\r\n")
        length = next(line for line in lines if line.startswith(b"content-length:"))
        return len(head) + len(end) + int(length.partition(b":")[2])

    def connection_lost(self, _error: Exception | None) -> None:
        self._done.set()


async def one_round(port: int, request: bytes, seconds: float) -> float:
    """Requests a second of one kind."""
    loop, counts = asyncio.get_running_loop(), [0]
    began = time.perf_counter()
    events = [asyncio.Event() for _ in range(CONNECTIONS)]
    for event in events:
        caller = Caller(request, began + seconds, counts, event)
        await loop.create_connection(lambda caller=caller: caller, "127.0.0.1", port)
    for event in events:
        await event.wait()
    return counts[0] / (time.perf_counter() - began)


def request_to(path: str, body: bytes) -> bytes:
    token = issue_token(SECRET, subject="shop", roles=[Role.SERVICE])
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def measure(port: int) -> dict[str, list[float]]:
    question = json.dumps({"sellerId": "seller-1", "productId": "product-1", "stage": "cart"}).encode()
    kinds = {"empty POST": request_to(EMPTY, b""), "gate/check, cached": request_to(CHECK, question)}
    for request in kinds.values():
        await one_round(port, request, 0.3)
    rounds: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(ROUNDS):
        for name in list(kinds) if number % 2 else reversed(kinds):
            rounds[name].append(await one_round(port, kinds[name], ROUND_SECONDS))
    return rounds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    with subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True) as server:
        try:
            port = int(server.stdout.readline())
            rounds = uvloop.run(measure(port))
        finally:
            server.terminate()
    results = {name: statistics.median(speeds) for name, speeds in rounds.items()}
    pairs = zip(rounds["gate/check, cached"], rounds["empty POST"], strict=True)
    ratio = statistics.median(check / empty for check, empty in pairs)
    if options.json:
        print(
            json.dumps({"machine": machine(), "connections": CONNECTIONS, "results": results, "ratio": ratio}, indent=2)
        )
        return
    print("  ".join(machine().values()), f"  {CONNECTIONS} connections")
    for name, speed in results.items():
        print(f"{name:20}{speed:>10,.0f} requests/s")
    print(f"{'ratio':20}{ratio:>10.2f}")


if __name__ == "__main__":
    main()
