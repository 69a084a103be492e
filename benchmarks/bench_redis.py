"""A check that Redis answers against a bare GET of redis-py in the same run, and what sharing a miss costs.

    python benchmarks/bench_redis.py [--json] [--seconds N]

The ways of asking take turns in short rounds, so that a busy machine slows all of them alike. The gate's own memory is emptied
before each round: every check asks Redis. Without REDIS_URL a server of this machine is started, without persistence; a given
one is written to, in keys of sellers named bench-… that live for a minute.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

from machine import machine, quantile
from redis import Redis

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.local_tier import LocalTier
from sellergate.adapters.redis_tier import BackgroundTier, RedisTier, parse_address
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import Facts
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.ports.cache import SharedTier
from sellergate.services.counting import Counters
from sellergate.services.gate import Gate
from sellergate.services.shadow import ShadowRecorder

NEVER = 2**62
SELLERS, A_BATCH = 200, 100
A_ROUND, A_ROUND_OF_BATCHES, MISSES = 200, 10, 50
MISS_PAUSE = 0.0005
PATIENT = 5.0
APPROVED = Facts(1, "supplier", True, 1, SellerStatus.ACTIVE, None, 1, Status.APPROVED, None)

Ask = Callable[[int], object]


class Approved:
    """A store in which everybody may sell everything, and which costs nothing."""

    def facts(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:  # noqa: ARG002
        return [APPROVED] * len(product_ids)


class Fresh:
    """A gate whose memory can be emptied."""

    def __init__(self, shared: SharedTier | None) -> None:
        self.memory = LocalTier(ttl_seconds=60, boot=boot_now)
        self.empty()
        self.memory.believe(NEVER)
        self.gate = Gate(
            Approved(),
            self.memory,
            counters=Counters(),
            shadow=ShadowRecorder(None),
            views=nullcontext,
            rollout=RolloutState(phase=Phase.FULL, percentage=100),
            boot=boot_now,
            shared=shared,
        )

    def empty(self) -> None:
        self.memory.begin(0)


def seller(number: int) -> str:
    return f"bench-{number}"


def product(number: int) -> str:
    return f"product-{number}"


@contextmanager
def redis_url() -> Iterator[str]:
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from servers.valkey import ValkeyServer

    with ValkeyServer() as server:
        yield server.url


def measure(url: str, seconds: float) -> dict[str, dict[str, float]]:
    with ExitStack() as stack:
        tiers = [RedisTier(parse_address(url), ttl_seconds=60, boot=boot_now, timeout_seconds=PATIENT) for _ in "123"]
        for tier in tiers:
            stack.callback(tier.close)
            tier.probe()
        beside = BackgroundTier(tiers[2])
        beside.start()
        stack.callback(beside.stop)
        bare = stack.enter_context(Redis.from_url(url))
        hits, inline, behind = Fresh(tiers[0]), Fresh(tiers[1]), Fresh(beside)
        return _measured(bare, tiers[0], hits, inline, behind, time.monotonic() + seconds)


def _measured(
    bare: Redis, tier: RedisTier, hits: Fresh, inline: Fresh, behind: Fresh, deadline: float
) -> dict[str, dict[str, float]]:
    products = [product(number) for number in range(A_BATCH)]
    keys = [[f"sellergate:{{{seller(n)}}}:{name}" for name in products] for n in range(SELLERS)]
    for number in range(SELLERS):
        tier.put_many(seller(number), dict.fromkeys(products, APPROVED), read_began=boot_now())
    names = [(seller(n % SELLERS), product(n % A_BATCH)) for n in range(A_ROUND)]
    single = [f"sellergate:{{{one}}}:{other}" for one, other in names]
    times: dict[str, list[float]] = {}
    turn = 0
    while time.monotonic() < deadline:
        turn += 1
        first = turn * MISSES + SELLERS
        for fresh in (hits, inline, behind):
            fresh.empty()
        _time(times, "bare GET", lambda n: bare.get(single[n]), A_ROUND)
        _time(times, "check, Redis hit", lambda n: hits.gate.check(*names[n]), A_ROUND)
        _time(times, "bare MGET of 100", lambda n: bare.mget(keys[n]), A_ROUND_OF_BATCHES)
        hits.empty()
        _time(
            times, "batch of 100, Redis hits", lambda n: hits.gate.check_many(seller(n), products), A_ROUND_OF_BATCHES
        )
        _time(
            times, "batch of 100, own memory", lambda n: hits.gate.check_many(seller(n), products), A_ROUND_OF_BATCHES
        )
        _time(
            times,
            "miss, put inline",
            lambda n, first=first: inline.gate.check(seller(first + n), "i"),
            MISSES,
            MISS_PAUSE,
        )
        _time(
            times,
            "miss, put beside",
            lambda n, first=first: behind.gate.check(seller(first + n), "b"),
            MISSES,
            MISS_PAUSE,
        )
    return {name: _summary(sorted(its)) for name, its in times.items()}


def _time(times: dict[str, list[float]], name: str, ask: Ask, calls: int, pause: float = 0) -> None:
    """Time each call; with a pause in between, as misses come in a service whose memory is warm."""
    clock, kept = time.perf_counter_ns, times.setdefault(name, [])
    for number in range(calls):
        if pause:
            time.sleep(pause)
        began = clock()
        ask(number)
        kept.append((clock() - began) / 1000)


def _summary(times: list[float]) -> dict[str, float]:
    return {"median_us": statistics.median(times), "p99_us": quantile(times, 0.99), "calls": len(times)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seconds", type=float, default=8.0, help="how long to measure")
    options = parser.parse_args()
    with redis_url() as url:
        results = measure(url, options.seconds)
    for name, bare in (("check, Redis hit", "bare GET"), ("batch of 100, Redis hits", "bare MGET of 100")):
        results[name]["ratio"] = results[name]["median_us"] / results[bare]["median_us"]
    if options.json:
        print(json.dumps({"machine": machine(), "results": results}, indent=2))
        return
    print("  ".join(machine().values()))
    print(f"{'':26}{'median us':>11}{'p99 us':>11}{'calls':>9}{'ratio':>8}")
    for name, result in results.items():
        ratio = f"{result['ratio']:.2f}" if "ratio" in result else ""
        print(f"{name:26}{result['median_us']:>11.1f}{result['p99_us']:>11.1f}{result['calls']:>9,.0f}{ratio:>8}")


if __name__ == "__main__":
    main()
