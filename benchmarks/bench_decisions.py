"""What the decision log costs a cached check: without it, with all pairs, with a hundredth of them; and how many lines a second it writes.

    python benchmarks/bench_decisions.py [--json]

The gates take turns in short rounds within one run. Writing happens between the rounds as well as in them, by the log's own
thread, as in a server; so a whole round shows what checks and writing cost together, a single call what a check waits.
"""

import argparse
import json
import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bench_gate import PRODUCTS_EACH, SELLERS, Ask, Pair, filled_gate, measure
from machine import machine

from sellergate.adapters.decision_log import DecisionLog, RotatingFile
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.services.gate import Gate
from sellergate.services.logged_gate import logged

FULL = RolloutState(phase=Phase.FULL, percentage=100)
LINES = 100_000
MEBIBYTE = 1 << 20


def a_log(folder: Path, percent: float) -> DecisionLog:
    forever = timedelta(days=1)
    file = RotatingFile(folder, most_bytes=64 * MEBIBYTE, longest=forever, kept=forever)
    return DecisionLog(file, percent=percent, most_waiting=2 * LINES)


def lines_a_second(folder: Path, gate: Gate, pairs: list[Pair]) -> float:
    log = a_log(folder, 100)
    answer = gate.check(*pairs[0])
    for seller, product in pairs[:LINES]:
        log.put(seller, product, "cart", None, answer)
    began = time.perf_counter()
    log.flush()
    took = time.perf_counter() - began
    log.stop()
    return min(LINES, len(pairs)) / took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    as_json = parser.parse_args().json
    pairs = [(f"seller-{s}", f"product-{p}") for s in range(SELLERS) for p in range(PRODUCTS_EACH)]
    random.Random(2).shuffle(pairs)
    with tempfile.TemporaryDirectory() as folder:
        plain = filled_gate(pairs, FULL)
        logs = {percent: a_log(Path(folder), percent) for percent in (100, 1)}
        ways: dict[str, Ask] = {"no log": plain.check}
        for percent, log in logs.items():
            ways[f"log of {percent} %"] = filled_gate(pairs, FULL, logged(Gate, log)).check
            log.start()
        results = measure(ways, pairs)
        for log in logs.values():
            log.stop()
        told = {
            "machine": machine(),
            "results": results,
            "dropped": {f"{percent} %": log.dropped for percent, log in logs.items()},
            "lines_per_second": lines_a_second(Path(folder), plain, pairs),
        }
    if as_json:
        print(json.dumps(told, indent=2))
        return
    print("  ".join(machine().values()))
    print(f"{'':14}{'median ns':>10}{'p99 ns':>10}{'checks/s':>12}")
    for name, result in results.items():
        print(f"{name:14}{result['median_ns']:>10.0f}{result['p99_ns']:>10.0f}{result['checks_per_second']:>12,.0f}")
    print(f"lines written a second: {told['lines_per_second']:,.0f}; dropped in this run: {told['dropped']}")


if __name__ == "__main__":
    main()
