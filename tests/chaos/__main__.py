"""All scenarios, one after the other: a table, and exit status 1 if anything did not hold."""

import argparse
import sys

from chaos.clock import MILLISECOND
from chaos.fleet import Fleet
from chaos.gate_process import say
from chaos.judging import summary
from chaos.play import SCENARIOS

HEAD = f"{'scenario':17}{'checks':>10}{'revoked':>9}{'receipts':>10}{'failed':>8}{'stalest':>10}{'latest':>10}{'p50':>9}{'p99':>9}{'violations':>12}"

FOOT = """
stalest: how old an ALLOW was at most after a revocation; latest: the same of a DENY after an approval
p50, p99: from the commit of a revocation to the first DENY of each gate, as far as it asked all the time"""


def row(scenario, outcome):
    times = (outcome.stalest / MILLISECOND, outcome.latest / MILLISECOND, outcome.quantile(0.5), outcome.quantile(0.99))
    stalest, latest, median, p99 = (f"{time:.1f} ms" if time is not None else "-" for time in times)
    return (
        f"{scenario.name:17}{outcome.checks:>10,}{outcome.revocations:>9,}{outcome.heard:>10,}{outcome.failed:>8,}"
        f"{stalest:>10}{latest:>10}{median:>9}{p99:>9}{len(outcome.violations):>12}"
    )


def main():
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("scenario", nargs="*", choices=[[], *(s.name for s in SCENARIOS)], help="only these")
    parser.add_argument("--revocations", type=int, default=600, help="how many, at least, in each scenario")
    parser.add_argument("--gates", type=int, default=3, help="how many gate processes")
    options = parser.parse_args()
    wanted = [scenario for scenario in SCENARIOS if scenario.name in options.scenario or not options.scenario]
    say(HEAD)
    broken = 0
    with Fleet(gates=options.gates) as fleet:
        for scenario in wanted:
            outcome = fleet.play(scenario, options.revocations)
            say(row(scenario, outcome))
            if outcome.violations:
                broken += 1
                say(summary(outcome.violations))
    say(FOOT)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
