"""The simulation behind docs/explanation/verdict.md, in small: seeded, so that it says the same every time."""

import runpy
import sys
from math import inf
from pathlib import Path
from random import Random
from statistics import fmean, median

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def simulation():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        yield runpy.run_path(str(BENCHMARKS / "simulate_verdicts.py"))
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.fixture
def draws(simulation):
    return simulation["Binomial"](Random(7))


def test_a_draw_is_binomial(draws):
    seen = [draws.draw(200, 0.03) for _ in range(4_000)]

    assert fmean(seen) == pytest.approx(6, abs=0.2)
    assert fmean((one - 6) ** 2 for one in seen) == pytest.approx(200 * 0.03 * 0.97, rel=0.1)
    assert (draws.draw(5, 0), draws.draw(5, 1)) == (0, 5)


@pytest.mark.parametrize("tests", ["ERRORS", "LATENCY"])
def test_false_alarms_stay_within_the_budget(simulation, draws, tests):
    """In windows of ten seconds at 10,000 checks a minute, both tests together: at most one in 1,000 days."""
    between = [
        simulation["checks_between_alarms"](test, simulation["BUSY"], 3_000, draws) for test in simulation[tests]
    ]

    assert sum(1 / every for every in between) < 0.5 / simulation["CHECKS_BETWEEN_FALSE_ALARMS"]


@pytest.mark.parametrize("share", [0.0, 0.001, 0.003, 0.005])
def test_two_days_without_a_breach_have_no_alarm(simulation, draws, share):
    assert simulation["alarms_in_days"](simulation["ERRORS"], share, 0.5, draws) == 0


@pytest.mark.parametrize(
    ("share", "least", "most"), [(0.01, 7_000, 10_000), (0.02, 1_600, 2_200), (0.05, 240, 350), (1.0, 9, 9)]
)
def test_a_breach_is_found_after_as_many_checks_as_we_say(simulation, draws, share, least, most):
    checks = [simulation["delay_in_checks"](simulation["ERRORS"], share, draws) for _ in range(200)]

    assert least <= fmean(checks) <= most


def test_one_percent_is_found_within_minutes_and_held(simulation, draws):
    breaches = [simulation["breach"](simulation["ERRORS"], simulation["BUSY"], 0.01, 300, draws) for _ in range(150)]

    assert 40 <= median(one.seconds for one in breaches) <= 80
    assert sum(one.seconds == inf for one in breaches) == 0
    assert sum(one.held for one in breaches) >= 146


def test_three_seconds_of_total_failure_are_seen_and_do_not_last_for_thirty(simulation, draws):
    looks = [simulation["blip"](simulation["ERRORS"], simulation["BUSY"], 0.001, draws) for _ in range(200)]

    assert min(looks) >= 1
    assert max(looks) < 4  # looked at every ten seconds: less than thirty from the first to the last
