"""How often the verdict rolls back wrongly, how soon rightly: the tables of docs/explanation/verdict.md.

The tests are the ones the verdict uses. False alarms are too rare to wait for, so their rate is also had by importance
sampling: cycles of the statistic are drawn while the share is bad, each weighted by its likelihood ratio (D. Siegmund,
Importance sampling in the Monte Carlo study of sequential tests, Annals of Statistics 4, 1976).

    .venv/bin/python benchmarks/simulate_verdicts.py [--runs 10000] [--days 300] [--seed 1] [--only TABLE]
"""

import argparse
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import accumulate
from math import ceil, exp, floor, inf, lgamma, log, sqrt
from random import Random
from statistics import fmean, median
from typing import NamedTuple

from machine import machine, quantile

from sellergate.domain.sequential import CHECKS_BETWEEN_FALSE_ALARMS, Page, SequentialTest, information, slow_and_fast

WINDOW = 10
DAY_OF_CHECKS = CHECKS_BETWEEN_FALSE_ALARMS / 1_000
BUSY, QUIET = 1_667, 17  # checks in a window at 10,000 and at 100 a minute
HEALTHY = 0.001
ERRORS = slow_and_fast(0.005, 0.01)
LATENCY = slow_and_fast(0.05, 0.05)


class Binomial:
    """Exact draws of how many of n checks are bad, by a table of the distribution."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.tables: dict[tuple[int, float], list[float]] = {}

    def draw(self, n: int, share: float) -> int:
        if n <= 0 or share <= 0:
            return 0
        if share >= 1:
            return n
        table = self.tables.get((n, share))
        if table is None:
            table = self.tables[n, share] = list(accumulate(_probabilities(n, share)))
        return min(bisect_left(table, self.random.random()), n)

    def gap(self, share: float) -> int:
        """Good checks before the next bad one."""
        return 0 if share >= 1 else floor(log(1 - self.random.random()) / log(1 - share))


def _probabilities(n: int, share: float) -> Iterator[float]:
    most = n * share + 15 * sqrt(n * share) + 30  # what lies beyond is never drawn
    for k in range(min(n, floor(most)) + 1):
        ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
        yield exp(ways + k * log(share) + (n - k) * log(1 - share))


class Judged:
    """Both tests of a share: alarmed when one of them is."""

    def __init__(self, tests: tuple[SequentialTest, ...]) -> None:
        self.pages = [Page(test) for test in tests]

    def take(self, checks: int, bad: int) -> bool:
        for page in self.pages:
            page.take(0, checks, bad)
        return any(page.alarmed for page in self.pages)


def warmed(tests: tuple[SequentialTest, ...], random: Random) -> Judged:
    """After a healthy while of any length, so that no breach begins where a memory does."""
    judged = Judged(tests)
    judged.take(random.randrange(1, 100_000), 0)
    return judged


# False alarms


def checks_between_alarms(test: SequentialTest, window: int, runs: int, draws: Binomial) -> float:
    """The mean number of checks from one false alarm to the next at exactly the good share, looked at every `window` checks.

    Without the memory, which only takes alarms away.
    """
    if window == 1:
        return _between_by_check(test, runs, draws)
    length = fmean(_cycle(test, window, test.good, draws)[0] for _ in range(runs)) * window
    just_enough = (test.threshold + window * test.for_good) / (test.for_bad + test.for_good) / window
    share = min(test.bad, just_enough)  # drawing far beyond the threshold would say nothing of what is just beyond it
    return length / fmean(_cycle(test, window, share, draws)[1] for _ in range(runs))


def _cycle(test: SequentialTest, window: int, share: float, draws: Binomial) -> tuple[int, float]:
    """From zero to zero or the threshold: the windows, and what the cycle weighs if it ends at the threshold."""
    windows, value, log_ratio = 0, 0.0, 0.0
    for_bad, for_good = log(share / test.good), log((1 - test.good) / (1 - share)) if share < 1 else 0.0
    while True:
        bad = draws.draw(window, share)
        value += bad * test.for_bad - (window - bad) * test.for_good
        log_ratio += bad * for_bad - (window - bad) * for_good
        windows += 1
        if value <= 0 or value >= test.threshold:
            return windows, exp(-log_ratio) if value >= test.threshold else 0.0


def _between_by_check(test: SequentialTest, runs: int, draws: Binomial) -> float:
    length = 1 / test.good + fmean(_excursion(test, test.good, draws)[0] for _ in range(runs))
    hits = [_excursion(test, test.bad, draws)[1] for _ in range(runs)]
    return length / fmean(exp(test.for_bad - end) if end >= test.threshold else 0.0 for end in hits)


def _excursion(test: SequentialTest, share: float, draws: Binomial) -> tuple[int, float]:
    """From a bad check until the statistic is back at zero or at the threshold."""
    checks, value = 0, test.for_bad
    while value < test.threshold:
        gap = draws.gap(share)
        if gap * test.for_good >= value:
            return checks + ceil(value / test.for_good), 0.0
        checks += gap + 1
        value += test.for_bad - gap * test.for_good
    return checks, value


def by_formula(test: SequentialTest) -> float:
    return (exp(test.threshold) - test.threshold - 1) / information(test.good, test.bad)


def alarms_in_days(tests: tuple[SequentialTest, ...], share: float, days: float, draws: Binomial) -> int:
    """Alarms begun in so many days of 10,000 checks a minute."""
    judged, before, alarms = Judged(tests), False, 0
    for _ in range(round(days * 86_400 / WINDOW)):
        now = judged.take(BUSY, draws.draw(BUSY, share))
        alarms += now and not before
        before = now
    return alarms


# Detection


def delay_in_checks(tests: tuple[SequentialTest, ...], share: float, draws: Binomial) -> int:
    """Checks from the breach to the alarm, if each is looked at by itself."""
    judged, checks = warmed(tests, draws.random), 0
    while True:
        gap = draws.gap(share)
        checks += gap + 1
        if judged.take(gap + 1, 1):
            return checks


class Breach(NamedTuple):
    seconds: float
    """From its beginning to the end of the window that raised the alarm; infinite where none did in time."""
    held: bool
    """Whether the alarm lasted for 30 s more."""


def breach(
    tests: tuple[SequentialTest, ...],
    window: int,
    share: float,
    patience: float,
    draws: Binomial,
    before: float = HEALTHY,
) -> Breach:
    """A share goes from `before` to `share` at any moment of a window, and stays there."""
    judged, part = warmed(tests, draws.random), draws.random.random()
    for _ in range(6):
        judged.take(window, draws.draw(window, before))
    good = round(window * part)
    bad = draws.draw(good, before) + draws.draw(window - good, share)
    seconds = WINDOW * (1 - part)
    while not judged.take(window, bad):
        if seconds > patience:
            return Breach(inf, held=False)
        bad = draws.draw(window, share)
        seconds += WINDOW
    after = [judged.take(window, draws.draw(window, share)) for _ in range(3)]
    return Breach(seconds, held=all(after))


def blip(tests: tuple[SequentialTest, ...], window: int, before: float, draws: Binomial, seconds: float = 3) -> int:
    """For how many looks in a row the verdict is to roll back, when everything fails for some seconds."""
    judged, start = warmed(tests, draws.random), draws.random.random() * WINDOW
    for _ in range(6):
        judged.take(window, draws.draw(window, before))
    failing = [min(WINDOW - start, seconds), max(0.0, start + seconds - WINDOW)]
    looks = run = 0
    for place in range(30):
        failed = round(window * failing[place] / WINDOW) if place < len(failing) else 0
        run = run + 1 if judged.take(window, failed + draws.draw(window - failed, before)) else 0
        looks = max(looks, run)
    return looks


# The page


def table(title: str, head: str, rows: list[list[str]]) -> None:
    names = head.split("|")
    print(f"\n{title}\n\n| {' | '.join(name.strip() for name in names)} |\n|{' --- |' * len(names)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def percent(share: float) -> str:
    return f"{share * 100:.4g} %"


def print_false_alarms(name: str, tests: tuple[SequentialTest, ...], runs: int, draws: Binomial) -> None:
    rows, total = [], [0.0] * 4
    for test in tests:
        between = [by_formula(test), *(checks_between_alarms(test, window, runs, draws) for window in (1, QUIET, BUSY))]
        total = [sum(pair) for pair in zip(total, (1_000 * DAY_OF_CHECKS / every for every in between), strict=True)]
        said = f"{test.name}: {percent(test.good)} against {percent(test.bad)}"
        rows.append([said, f"{test.threshold:.2f}", *(f"{1_000 * DAY_OF_CHECKS / every:.3f}" for every in between)])
    rows.append(["both", "", *(f"{every:.3f}" for every in total)])
    title = f"False alarms in 1,000 phase-days of 10,000 checks a minute, {name} at exactly {percent(tests[0].good)}"
    table(
        title, "test | threshold | by the formula | each check | windows of 17 checks | windows of 1,667 checks", rows
    )


def print_delays(
    name: str, tests: tuple[SequentialTest, ...], shares: list[float], runs: int, draws: Binomial, before: float
) -> None:
    rows = []
    for share in shares:
        checks = [float(delay_in_checks(tests, share, draws)) for _ in range(runs)]
        busy = [breach(tests, BUSY, share, 300, draws, before) for _ in range(runs)]
        quiet = [breach(tests, QUIET, share, 86_400, draws, before) for _ in range(max(1, runs // 10))]
        seconds = sorted(one.seconds for one in busy)
        slow = sorted(one.seconds for one in quiet)
        missed = sum(one.seconds == inf for one in busy) / runs
        found = [one for one in busy if one.seconds < inf]
        rows.append([
            percent(share), f"{fmean(checks):,.0f}", f"{median(checks):,.0f}", f"{quantile(sorted(checks), 0.95):,.0f}",
            f"{median(seconds):.0f} s", f"{quantile(seconds, 0.95):.0f} s", percent(missed),
            percent(sum(one.held for one in found) / max(1, len(found))), _time(median(slow)), _time(quantile(slow, 0.95)),
        ])  # fmt: skip
    table(
        f"From a breach to the alarm, {name} from {percent(before)}",
        "true share | checks, mean | median | 95 % | at 10,000/min, median | 95 % | missed after 5 min"
        " | alarm lasts 30 s more | at 100/min, median | 95 %",
        rows,
    )


def _time(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"


def print_blips(runs: int, draws: Binomial) -> None:
    rows = []
    for before in (0.0, 0.001, 0.002, 0.003, 0.005):
        looks = [blip(ERRORS, BUSY, before, draws) for _ in range(runs)]
        shares = [percent(sum(look >= least for look in looks) / runs) for least in (1, 2, 3, 4)]
        rows.append([percent(before), *shares])
    table(
        "Everything fails for 3 s at 10,000/min, and for how long the verdict is ROLL_BACK",
        "errors otherwise | at all | 10 s or more | 20 s or more | 30 s or more",
        rows,
    )


def print_between(days: float, draws: Binomial) -> None:
    forgetless = tuple(SequentialTest(name=test.name, good=test.good, bad=test.bad) for test in ERRORS)
    rows = []
    for share, part in ((0.005, 1.0), (0.006, 0.2), (0.007, 0.1), (0.008, 0.01), (0.009, 0.01)):
        span = days * part
        rows.append([
            percent(share), f"{span:g}", f"{alarms_in_days(ERRORS, share, span, draws)}",
            f"{alarms_in_days(forgetless, share, span, draws)}",
        ])  # fmt: skip
    table(
        "Between the limits, alarms that begin at 10,000/min",
        "true share | days simulated | alarms | alarms without the memory",
        rows,
    )


def tables(runs: int, days: float) -> dict[str, Callable[[Binomial], None]]:
    """Each with random numbers of its own, so that one can be made without the others."""
    slower = "checks slower than the limit"
    return {
        "false-errors": lambda draws: print_false_alarms("errors", ERRORS, runs * 10, draws),
        "false-latency": lambda draws: print_false_alarms(slower, LATENCY, runs * 10, draws),
        "errors": lambda draws: print_delays(
            "errors", ERRORS, [0.01, 0.0125, 0.015, 0.02, 0.05, 1.0], runs, draws, HEALTHY
        ),
        "latency": lambda draws: print_delays(slower, LATENCY, [0.06, 0.075, 0.1, 0.5, 1.0], runs, draws, 0.01),
        "blips": lambda draws: print_blips(runs, draws),
        "between": lambda draws: print_between(days, draws),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--days", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=list(tables(0, 0)), help="one table")
    chosen = parser.parse_args()
    print(f"{chosen.runs:,} runs, {chosen.days:g} days, seed {chosen.seed}. {machine()}")
    for name, make in tables(chosen.runs, chosen.days).items():
        if chosen.only in {None, name}:
            make(Binomial(Random(f"{chosen.seed} {name}")))


if __name__ == "__main__":
    main()
