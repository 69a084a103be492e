"""What measuring costs a check: checks a second of processor time with and without it, in rounds that take turns.

    python benchmarks/bench_measuring.py [--json]

One gate answers from memory. Rounds without anything beside it and rounds with the windows of ten seconds being folded and
written to a SQLite file, as in a server, come in pairs; the cost is the median of the pairs' own. Time is that of the processor,
of all threads of this process together: on a busy machine the clock on the wall says more about others. The same for checks that are denied, with and without the recorder of denials; that one is per denial.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from machine import machine, quantile

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.local_tier import LocalTier
from sellergate.adapters.sql import SqlStore
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import Facts
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.services.counting import Counters, Meter
from sellergate.services.damage import DenialRecorder
from sellergate.services.gate import Gate
from sellergate.services.measuring import Measuring
from sellergate.services.shadow import ShadowRecorder

SELLERS, PRODUCTS_EACH = 200, 100
PAIRS_OF_ROUNDS = 12
A_ROUND_SECONDS = 2.5
DENIAL_ROUNDS, A_DENIAL_ROUND = 30, 4_000
NEVER = 2**62

Pair = tuple[str, str]


class Everybody:
    """A store in which everybody has the same status everywhere."""

    def __init__(self, status: Status) -> None:
        self._facts = Facts(1, "supplier", True, 1, SellerStatus.ACTIVE, None, 1, status, None)

    def facts(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:  # noqa: ARG002
        return [self._facts] * len(product_ids)


def filled_gate(pairs: list[Pair], status: Status, counters: Counters, denials: DenialRecorder | None) -> Gate:
    memory = LocalTier(ttl_seconds=3600, boot=boot_now)
    memory.begin(0)
    memory.believe(NEVER)
    gate = Gate(
        Everybody(status),
        memory,
        counters=counters,
        shadow=ShadowRecorder(None),
        denials=denials,
        views=nullcontext,
        rollout=RolloutState(phase=Phase.FULL, percentage=100),
        boot=boot_now,
    )
    for seller, product in pairs:
        gate.check(seller, product)
    return gate


@contextmanager
def measured(store: SqlStore, counters: Counters) -> Iterator[None]:
    measuring = Measuring(store, process_id="bench", take=Meter(counters).take, pool_in_use=lambda: store.pool_in_use)
    measuring.start()
    try:
        yield
    finally:
        measuring.stop()


def rate(gate: Gate, pairs: list[Pair]) -> float:
    """Checks a second, for so long that folding and writing happen in it."""
    check, clock, done = gate.check, time.process_time, 0
    began, until = clock(), time.monotonic() + A_ROUND_SECONDS
    while time.monotonic() < until:
        for seller, product in pairs:
            check(seller, product)
        done += len(pairs)
    return done / (clock() - began)


def compare_checks(store: SqlStore, pairs: list[Pair]) -> dict[str, float]:
    counters = Counters()
    gate = filled_gate(pairs, Status.APPROVED, counters, DenialRecorder(store))
    without, with_windows, costs = [], [], []
    for number in range(PAIRS_OF_ROUNDS):
        rates = {}
        for is_measured in (number % 2 == 0, number % 2 == 1):
            with measured(store, counters) if is_measured else nullcontext():
                rates[is_measured] = rate(gate, pairs)
        without.append(rates[False])
        with_windows.append(rates[True])
        costs.append(1 - rates[True] / rates[False])
    return {
        "without": statistics.median(without),
        "with": statistics.median(with_windows),
        "cost": statistics.median(costs),
        "lowest": min(costs),
        "highest": max(costs),
    }


def compare_denials(store: SqlStore, pairs: list[Pair]) -> dict[str, float]:
    recorder = DenialRecorder(store)
    gates = {
        "without": filled_gate(pairs, Status.REJECTED, Counters(), None),
        "with": filled_gate(pairs, Status.REJECTED, Counters(), recorder),
    }
    times: dict[str, list[float]] = {name: [] for name in gates}
    for _ in range(DENIAL_ROUNDS):
        for name, gate in gates.items():
            sample = random.Random(3).sample(pairs, A_DENIAL_ROUND)
            began = time.process_time_ns()
            for seller, product in sample:
                gate.check(seller, product)
            times[name].append((time.process_time_ns() - began) / A_DENIAL_ROUND)
    result = {f"{name}_ns": statistics.median(values) for name, values in times.items()}
    flushes = []
    for _ in range(5):
        for seller, product in pairs[:A_DENIAL_ROUND]:
            gates["with"].check(seller, product)
        began = time.perf_counter()
        recorder.flush()
        flushes.append((time.perf_counter() - began) * 1000)
    return {
        **result,
        "recording_ns": result["with_ns"] - result["without_ns"],
        "flush_ms": quantile(sorted(flushes), 0.5),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    as_json = parser.parse_args().json
    pairs = [(f"seller-{s}", f"product-{p}") for s in range(SELLERS) for p in range(PRODUCTS_EACH)]
    random.Random(2).shuffle(pairs)
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore.open(f"sqlite:///{Path(folder) / 'bench.db'}", migrate=True)
        checks, denials = compare_checks(store, pairs), compare_denials(store, pairs)
        store.close()
    if as_json:
        print(json.dumps({"machine": machine(), "checks": checks, "denials": denials}, indent=2))
        return
    print("  ".join(machine().values()))
    print(f"checks/s without windows {checks['without']:>12,.0f}")
    print(f"checks/s with windows    {checks['with']:>12,.0f}")
    print(
        f"cost of windows          {checks['cost']:>12.1%}"
        f"  (of {PAIRS_OF_ROUNDS} pairs of rounds: {checks['lowest']:.1%} to {checks['highest']:.1%})"
    )
    print(f"ns a denial, unrecorded  {denials['without_ns']:>12,.0f}")
    print(f"ns a denial, recorded    {denials['with_ns']:>12,.0f}  (+{denials['recording_ns']:,.0f})")
    print(f"ms to write {A_DENIAL_ROUND:,} counts {denials['flush_ms']:>13,.1f}")


if __name__ == "__main__":
    main()
