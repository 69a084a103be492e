"""From the commit of a revocation to the first deny of each gate: several processes on PostgreSQL, with Redis and without.

    python benchmarks/bench_revocations.py [--json] [--revocations N] [--gates N]

The processes are those of `make chaos` with nothing going wrong: each gate asks about every pair in turn, some hundred times a
second, and one process approves and revokes. The time includes how long a gate took to come round to the pair again, so it is
the most that it can have been; beside it stands how old an ALLOW was at most. The goal is a p99 below 100 ms.
"""

import argparse
import json
import sys
from pathlib import Path

from machine import machine

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from chaos.clock import MILLISECOND
from chaos.fleet import Fleet
from chaos.judging import summary
from chaos.play import SCENARIOS

NOTHING_WRONG = SCENARIOS[0]
GOAL_MS = 100


def measure(*, gates: int, revocations: int, with_redis: bool) -> dict[str, float]:
    with Fleet(gates=gates, with_redis=with_redis) as fleet:
        outcome = fleet.play(NOTHING_WRONG, revocations)
    if outcome.violations:
        sys.exit(summary(outcome.violations))
    return {
        "p50_ms": outcome.quantile(0.5),
        "p99_ms": outcome.quantile(0.99),
        "max_ms": outcome.quantile(1),
        "stalest_ms": outcome.stalest / MILLISECOND,
        "revocations": outcome.revocations,
        "measured": len(outcome.delays),
        "checks": outcome.checks,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--revocations", type=int, default=1002, help="how many, at least")
    parser.add_argument("--gates", type=int, default=4, help="how many gate processes")
    options = parser.parse_args()
    results = {
        name: measure(gates=options.gates, revocations=options.revocations, with_redis=with_redis)
        for name, with_redis in (("PostgreSQL", False), ("PostgreSQL and Redis", True))
    }
    if options.json:
        print(json.dumps({"machine": machine(), "goal_p99_ms": GOAL_MS, "results": results}, indent=2))
        return
    print("  ".join(machine().values()))
    print(f"{'':22}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'stalest':>10}{'revoked':>9}{'measured':>10}{'checks':>12}")
    for name, result in results.items():
        print(
            f"{name:22}{result['p50_ms']:>9.1f}{result['p99_ms']:>9.1f}{result['max_ms']:>9.1f}"
            f"{result['stalest_ms']:>10.1f}{result['revocations']:>9,}{result['measured']:>10,}{result['checks']:>12,}"
        )


if __name__ == "__main__":
    main()
