"""A load test holds when latency, errors and the rate do; no number is no pass."""

from dataclasses import replace

import pytest

from sellergate.domain.loadtest import Load, LoadResult, judge, summary

LOAD = Load(connections=10, rate_per_minute=1_000, seconds=60, ramp_seconds=1)
GOOD = LoadResult(checks=1_000, failed=0, not_sent=0, p50=1.0, p95=4.99, p99=9.0, slowest=50.0)


def broken(result):
    return [finding.name for finding in judge(LOAD, result) if not finding.holds]


def test_a_good_one_holds():
    assert broken(GOOD) == []
    assert summary(LOAD, GOOD)["holds"] is True


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"p95": 5.0}, "latency"),
        ({"p95": None}, "latency"),
        ({"failed": 5}, "errors"),
        ({"checks": 949}, "rate"),
    ],
)
def test_each_limit_breaks_by_itself(facts, name):
    assert broken(replace(GOOD, **facts)) == [name]
    assert summary(LOAD, replace(GOOD, **facts))["holds"] is False


def test_just_within_the_limits_it_holds():
    assert broken(replace(GOOD, checks=950, failed=4)) == []


def test_no_check_at_all_holds_nothing():
    assert broken(LoadResult(checks=0, failed=0, not_sent=9, p50=None, p95=None, p99=None, slowest=None)) == [
        "latency",
        "errors",
        "rate",
    ]


def test_the_defaults_are_the_seeds():
    assert (Load().connections, Load().rate_per_minute, Load().seconds) == (1_000, 10_000, 600)
