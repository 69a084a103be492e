"""How fast a rollback reaches every process: eight of them under load on PostgreSQL, from the decision to the last word back.

    python benchmarks/bench_rollback.py [--json] [--rollbacks N] [--processes N]

Each process checks a hundred times a second. The goal is one second for all of them, the seed allows five minutes.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from machine import machine, quantile

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from sellergate.adapters.plan_files import DEMO
from sellergate.adapters.sql import SqlStore
from sellergate.domain.identifiers import Actor, Role
from sellergate.settings import load_settings
from sellergate.wiring import assemble
from servers.postgres import Postgres, newest_binaries

TESTS = Path(__file__).parents[1] / "tests"
OPERATOR = Actor("operator", Role.OPERATOR)
WHY = "This is a measurement."


def started(environ: dict[str, str], log) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, TESTS / "process" / "rollout_process.py"],
        env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
    )  # fmt: skip
    process.stdout.readline()
    return process


def ended(process: subprocess.Popen) -> None:
    process.stdin.close()
    process.wait(60)


def measure(*, processes: int, rollbacks: int) -> dict[str, float]:
    times, incomplete = [], 0
    with ExitStack() as stack:
        server = stack.enter_context(Postgres(newest_binaries))
        SqlStore.open(server.url, migrate=True).close()
        log = stack.enter_context(tempfile.TemporaryFile("w"))
        environ = {"DATABASE_URL": server.url, "SELLERGATE_PLAN_FILE": str(DEMO), "ROLLOUT_SOURCE": "managed"}
        for _ in range(processes):
            stack.callback(ended, started({"PATH": os.environ["PATH"], **environ}, log))
        assembly = stack.enter_context(assemble(load_settings(environ), following=False))
        for _ in range(rollbacks):
            for _ in range(4):
                assembly.rollouts.promote(OPERATOR, WHY, override=True)
            began = time.perf_counter()
            receipt = assembly.rollouts.rollback(OPERATOR, WHY).receipt
            times.append((time.perf_counter() - began) * 1000)
            incomplete += receipt.applied < processes
    times.sort()
    return {
        "p50_ms": quantile(times, 0.5),
        "p99_ms": quantile(times, 0.99),
        "max_ms": times[-1],
        "rollbacks": rollbacks,
        "processes": processes,
        "incomplete": incomplete,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rollbacks", type=int, default=50, help="how many")
    parser.add_argument("--processes", type=int, default=8, help="how many processes follow")
    options = parser.parse_args()
    result = measure(processes=options.processes, rollbacks=options.rollbacks)
    if options.json:
        print(json.dumps({"machine": machine(), "goal_ms": 1000, "result": result}, indent=2))
        return
    print("  ".join(machine().values()))
    print(
        f"{result['rollbacks']} rollbacks, {result['processes']} processes: p50 {result['p50_ms']:.0f} ms, "
        f"p99 {result['p99_ms']:.0f} ms, max {result['max_ms']:.0f} ms, {result['incomplete']} incomplete"
    )


if __name__ == "__main__":
    main()
