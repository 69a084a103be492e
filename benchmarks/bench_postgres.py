"""PostgreSQL with a million authorizations: misses against a bare prepared SELECT, the supplier's inbox, and approvals.

    python benchmarks/bench_postgres.py [--json] [--seconds N]

A server of this machine is started in memory and filled; DATABASE_URL is not used. What is compared takes turns in short rounds
within one run, so that a busy machine slows both alike. The gate remembers nothing: every check asks the database.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from machine import machine, quantile

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.local_tier import LocalTier
from sellergate.adapters.sql import Limits, SqlStore
from sellergate.adapters.sql.engines.postgres.facts import MANY, ONE
from sellergate.domain.authorization import Status
from sellergate.domain.identifiers import Actor, Role
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.faces.tokens import issue_token
from sellergate.ports.clock import utc_now
from sellergate.ports.queries import AuthorizationQuery, Sort
from sellergate.services.counting import Counters
from sellergate.services.gate import Gate
from sellergate.services.propagation import Propagation
from sellergate.services.records import Records
from sellergate.services.shadow import ShadowRecorder
from sellergate.services.workflow import Workflow, WorkflowRules
from servers.filling import BUSY, PENDING, PRODUCTS, SELLERS, USUAL, fill
from servers.postgres import FAST, Postgres, newest_binaries, quick_folder
from servers.program import free_port

NEVER = 2**62
A_ROUND, A_ROUND_OF_BATCHES, A_ROUND_OF_LISTS, A_BATCH = 200, 10, 5, 100
APPROVERS, APPROVALS = 16, 1600
WAITING = frozenset({Status.REQUESTED})
SECRET = "the secret of a benchmark, of more than 32 bytes"
INBOX = "/api/v1/ds/supplier/authorizations/inbox"
BARE_ONE = ONE.decode().replace("$1", "%(seller)s").replace("$2", "%(product)s")
BARE_MANY = MANY.decode().replace("$1", "%(seller)s").replace("$2", "%(product)s")

Ask = Callable[[int], object]
Times = dict[str, list[float]]


def seller(number: int) -> str:
    return f"seller-{number * 7919 % SELLERS}"


def product(number: int) -> str:
    return f"product-{number % PRODUCTS}"


class Forgetful:
    """A gate whose memory can be emptied."""

    def __init__(self, store: SqlStore) -> None:
        self.memory = LocalTier(ttl_seconds=60, boot=boot_now)
        self.forget()
        self.memory.believe(NEVER)
        self.gate = Gate(
            store,
            self.memory,
            counters=Counters(),
            shadow=ShadowRecorder(None),
            views=store.view,
            rollout=RolloutState(phase=Phase.FULL, percentage=100),
            boot=boot_now,
        )

    def forget(self) -> None:
        self.memory.begin(0)


def reads(store: SqlStore, url: str, seconds: float) -> Times:
    """Checks and batches beside bare statements, and lists, in turns."""
    times: Times = {}
    fresh, records, turn = Forgetful(store), Records(store), 0
    batch = [product(number * 37) for number in range(A_BATCH)]
    with psycopg.connect(url, autocommit=True) as bare:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            turn += 1
            first = turn * A_ROUND
            fresh.forget()

            def bare_one(n: int, first: int = first) -> object:
                asked = {"seller": seller(first + n), "product": product(first + n)}
                return bare.execute(BARE_ONE, asked, prepare=True).fetchone()

            def bare_many(n: int, first: int = first) -> object:
                return bare.execute(BARE_MANY, {"seller": seller(first + n), "product": batch}, prepare=True).fetchall()

            def check(n: int, first: int = first) -> object:
                return fresh.gate.check(seller(first + n), product(first + n))

            def check_many(n: int, first: int = first) -> object:
                return fresh.gate.check_many(seller(first + n), batch)

            _time(times, "bare prepared SELECT", bare_one, A_ROUND)
            _time(times, "check, database miss", check, A_ROUND)
            fresh.forget()
            _time(times, "bare SELECT of 100", bare_many, A_ROUND_OF_BATCHES)
            _time(times, "batch of 100, misses", check_many, A_ROUND_OF_BATCHES)
            _time(times, "batch of 100, remembered", check_many, A_ROUND_OF_BATCHES)
            for supplier, pending in PENDING.items():
                _lists(times, records, supplier, pending)
    return times


def _lists(times: Times, records: Records, supplier: str, pending: int) -> None:
    by = Actor("bench", Role.SUPPLIER, supplier_id=supplier)

    def search(**asked: Any) -> Ask:
        query = AuthorizationQuery(statuses=WAITING, **asked)
        return lambda _: records.search(by, query)

    _time(times, f"inbox, {pending:,} wait", search(), A_ROUND_OF_LISTS)
    _time(times, f"inbox newest first, {pending:,} wait", search(sort=Sort.NEWEST), A_ROUND_OF_LISTS)


def _time(times: Times, name: str, ask: Ask, calls: int) -> None:
    clock, kept = time.perf_counter_ns, times.setdefault(name, [])
    for number in range(calls):
        began = clock()
        ask(number)
        kept.append((clock() - began) / 1000)


def approvals(approve: Callable[[int], Callable[[str], object]], first: int) -> float:
    """Approvals a second by 16 threads; each thread makes its own way to approve."""
    shares = [range(first + n, first + APPROVALS, APPROVERS) for n in range(APPROVERS)]
    start = threading.Barrier(APPROVERS + 1)
    failures: list[Exception] = []

    def run(number: int, share: Sequence[int]) -> None:
        one = approve(number)
        start.wait()
        try:
            for each in share:
                one(f"auth-{each}")
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number, share)) for number, share in enumerate(shares)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return APPROVALS / (time.perf_counter() - began)


@contextmanager
def served(url: str) -> Iterator[int]:
    """The port of `sellergate serve` over this database, every phase open."""
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": url,
        "SELLERGATE_JWT_SECRET": SECRET,
        "SELLERGATE_DB_POOL_SIZE": str(APPROVERS),
        "SELLERGATE_WRITES_PER_MINUTE": "1000000",
        "SELLERGATE_LOG_LEVEL": "error",
        "ENABLE_SELLER_AUTHORIZATION": "true",
        "PHASE9_ROLLOUT_PERCENTAGE": "100",
    }
    command = [sys.executable, "-m", "sellergate", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environ) as server:
        try:
            deadline = time.monotonic() + 60
            while not _is_ready(port):
                assert time.monotonic() < deadline
                assert server.poll() is None
                time.sleep(0.05)
            yield port
        finally:
            server.terminate()


def _is_ready(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False


class Caller:
    """One connection of a supplier's."""

    def __init__(self, port: int, supplier: str) -> None:
        token = issue_token(SECRET, subject="bench", roles=[Role.SUPPLIER], supplier_id=supplier)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __call__(self, method: str, path: str, body: str | None = None) -> Any:
        self._connection.request(method, path, body, self._headers)
        response = self._connection.getresponse()
        answer = response.read()
        assert response.status == 200, answer
        return answer

    def approve(self, id: str) -> object:
        return self("POST", f"/api/v1/ds/supplier/authorizations/{id}/approve", "{}")


def over_http(url: str, seconds: float) -> tuple[Times, float]:
    times: Times = {}
    with served(url) as port:
        callers = {supplier: Caller(port, supplier) for supplier in PENDING}
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for supplier, caller in callers.items():
                name = f"inbox over HTTP, {PENDING[supplier]:,} wait"
                _time(times, name, lambda _, caller=caller: caller("GET", INBOX), A_ROUND_OF_LISTS)
        return times, approvals(lambda _: Caller(port, BUSY).approve, first=2 * APPROVALS)


def _summary(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "fast_us": quantile(ordered, 0.1),  # what it takes while the machine does nothing else
        "median_us": statistics.median(ordered),
        "p95_us": quantile(ordered, 0.95),
        "p99_us": quantile(ordered, 0.99),
        "calls": len(ordered),
    }


def measure(seconds: float) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    with ExitStack() as stack:
        server = stack.enter_context(Postgres(newest_binaries, *FAST, "shared_buffers=1GB", within=quick_folder()))
        SqlStore.open(server.url, migrate=True).close()
        fill(server.url)
        store = SqlStore.open(server.url, migrate=False, limits=Limits(pool_size=APPROVERS))
        stack.callback(store.close)
        times = reads(store, server.url, seconds)
        workflow = Workflow(store, WorkflowRules(), Propagation(store, own_process_id=None, now=utc_now))
        by = Actor("bench", Role.SUPPLIER, supplier_id=BUSY)
        in_process = approvals(lambda _: lambda id: workflow.approve(by, id), first=0)
        listed, over_wire = over_http(server.url, seconds / 2)
    results = {name: _summary(its) for name, its in {**times, **listed}.items()}
    for name, bare in (
        ("check, database miss", "bare prepared SELECT"),
        ("batch of 100, misses", "bare SELECT of 100"),
    ):
        results[name]["ratio"] = results[name]["median_us"] / results[bare]["median_us"]
    return results, {"in this process": in_process, "over HTTP": over_wire}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long to measure")
    options = parser.parse_args()
    assert PENDING[USUAL] == 500
    results, approved = measure(options.seconds)
    if options.json:
        print(json.dumps({"machine": machine(), "results": results, "approvals_a_second": approved}, indent=2))
        return
    print("  ".join(machine().values()))
    print(f"{'':36}{'p10 us':>10}{'median us':>11}{'p95 us':>11}{'p99 us':>11}{'calls':>9}{'ratio':>8}")
    for name, result in results.items():
        ratio = f"{result['ratio']:.2f}" if "ratio" in result else ""
        print(
            f"{name:36}{result['fast_us']:>10.1f}{result['median_us']:>11.1f}{result['p95_us']:>11.1f}{result['p99_us']:>11.1f}"
            f"{result['calls']:>9,.0f}{ratio:>8}"
        )
    for where, speed in approved.items():
        print(f"{f'approvals by {APPROVERS} threads, {where}':36}{speed:>11,.0f} a second")


if __name__ == "__main__":
    main()
