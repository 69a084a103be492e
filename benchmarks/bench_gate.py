"""A cached check against a bare dictionary look-up with the same counters: median, p99, checks a second, and the ratio.

    python benchmarks/bench_gate.py [--json]

100,000 pairs in shuffled order, the ways of asking taking turns in short rounds within one run, so that a busy machine
slows all of them alike. The median and p99 are of single calls less the cost of an empty one; checks a second of whole rounds.
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext

from machine import machine, quantile

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.local_tier import LocalTier
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import Facts
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.services.counting import NEAR, NEAR_BINS, Counters, bin_of
from sellergate.services.gate import Gate
from sellergate.services.shadow import ShadowRecorder

SELLERS, PRODUCTS_EACH = 1_000, 100
ROUNDS, A_ROUND = 20, 20_000
NEVER = 2**62

Pair = tuple[str, str]
Ask = Callable[[str, str], object]


class Approved:
    """A store in which everybody may sell everything."""

    def facts(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:  # noqa: ARG002
        approved = Facts(1, "supplier", True, 1, SellerStatus.ACTIVE, None, 1, Status.APPROVED, None)
        return [approved] * len(product_ids)


def filled_gate(pairs: list[Pair], state: RolloutState, gate_type: type[Gate] = Gate) -> Gate:
    memory = LocalTier(ttl_seconds=60, boot=boot_now)
    memory.begin(0)
    memory.believe(NEVER)
    gate = gate_type(
        Approved(),
        memory,
        counters=Counters(),
        shadow=ShadowRecorder(None),
        views=nullcontext,
        rollout=state,
        boot=boot_now,
    )
    for seller, product in pairs:
        gate.check(seller, product)
    return gate


def bare_lookup(pairs: list[Pair]) -> Ask:
    """What a check cannot do without: find the pair, read the clock twice, count."""
    known: dict[str, dict[str, object]] = {}
    for seller, product in pairs:
        known.setdefault(seller, {})[product] = object()
    counters = Counters()
    boot, local, place = boot_now, counters.local, 117

    def look_up(seller: str, product: str) -> object:
        began = boot()
        found = known[seller][product]
        cells = local.cells
        cells.hits_by_default["cart"][place] += 1
        elapsed = boot() - began
        cells.hit_ns += elapsed
        cells.hit_bins[NEAR_BINS[elapsed] if elapsed < NEAR else bin_of(elapsed)] += 1
        return found

    return look_up


def single_calls(ask: Ask, pairs: list[Pair]) -> list[float]:
    clock, times = time.perf_counter_ns, []
    for seller, product in pairs:
        began = clock()
        ask(seller, product)
        times.append(float(clock() - began))
    return times


def whole_round(ask: Ask, pairs: list[Pair]) -> float:
    began = time.perf_counter_ns()
    for seller, product in pairs:
        ask(seller, product)
    return (time.perf_counter_ns() - began) / len(pairs)


def measure(ways: dict[str, Ask], pairs: list[Pair]) -> dict[str, dict[str, float]]:
    singles: dict[str, list[float]] = {name: [] for name in ways}
    rounds: dict[str, list[float]] = {name: [] for name in ways}
    empty: list[float] = []
    rnd = random.Random(1)
    for _ in range(ROUNDS):
        sample = rnd.sample(pairs, A_ROUND)
        empty += single_calls(lambda _seller, _product: None, sample)
        for name, ask in ways.items():
            singles[name] += single_calls(ask, sample)
            rounds[name].append(whole_round(ask, sample))
    overhead = statistics.median(empty)
    return {name: _summary(sorted(singles[name]), rounds[name], overhead) for name in ways}


def _summary(times: list[float], rounds: list[float], overhead: float) -> dict[str, float]:
    return {
        "median_ns": quantile(times, 0.5) - overhead,
        "p99_ns": quantile(times, 0.99) - overhead,
        "checks_per_second": 1e9 / statistics.median(rounds),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    as_json = parser.parse_args().json
    pairs = [(f"seller-{s}", f"product-{p}") for s in range(SELLERS) for p in range(PRODUCTS_EACH)]
    random.Random(2).shuffle(pairs)
    full = filled_gate(pairs, RolloutState(phase=Phase.FULL, percentage=100))
    half = filled_gate(pairs, RolloutState(phase=Phase.PERCENTAGE, percentage=50))
    ways: dict[str, Ask] = {
        "bare dictionary": bare_lookup(pairs),
        "check, full": full.check,
        "allows, full": full.allows,
        "check, 50 %": half.check,
    }
    results = measure(ways, pairs)
    bare = results["bare dictionary"]["checks_per_second"]
    for result in results.values():
        result["ratio"] = bare / result["checks_per_second"]
    if as_json:
        print(json.dumps({"machine": machine(), "pairs": len(pairs), "results": results}, indent=2))
        return
    print("  ".join(machine().values()), f"  {len(pairs):,} pairs")
    print(f"{'':18}{'median ns':>10}{'p99 ns':>10}{'checks/s':>12}{'ratio':>8}")
    for name, result in results.items():
        print(
            f"{name:18}{result['median_ns']:>10.0f}{result['p99_ns']:>10.0f}"
            f"{result['checks_per_second']:>12,.0f}{result['ratio']:>8.2f}"
        )


if __name__ == "__main__":
    main()
