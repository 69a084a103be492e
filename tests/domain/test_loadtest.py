"""A load test holds when latency, errors and the rate do; no number is no pass."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from sellergate.domain.loadtest import Load, LoadResult, is_large_enough, judge, read_again, summary
from sellergate.domain.plan import LoadTest

ASKED = LoadTest(clients=10, rate=1_000, duration=timedelta(seconds=60), latency_p95=0.005, error_rate=0.005)
LOAD = Load(connections=10, rate_per_minute=1_000, seconds=60, ramp_seconds=1)
GOOD = LoadResult(checks=1_000, failed=0, not_sent=0, p50=1.0, p95=4.99, p99=9.0, slowest=50.0)


def broken(result, **asked):
    return [finding.name for finding in judge(replace(ASKED, **asked), LOAD, result) if not finding.holds]


def kept(result):
    return summary(LOAD, result, judge(ASKED, LOAD, result))


def test_a_good_one_holds():
    assert broken(GOOD) == []
    assert kept(GOOD)["holds"] is True


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"p95": 5.0}, "latency"),
        ({"p95": None}, "latency"),
        ({"failed": 6}, "errors"),
        ({"checks": 949}, "rate"),
    ],
)
def test_each_limit_breaks_by_itself(facts, name):
    assert broken(replace(GOOD, **facts)) == [name]
    assert kept(replace(GOOD, **facts))["holds"] is False


def test_just_within_the_limits_it_holds():
    assert broken(replace(GOOD, checks=950, failed=4)) == []
    assert broken(replace(GOOD, failed=5)) == []


def test_no_check_at_all_holds_nothing():
    assert broken(LoadResult(checks=0, failed=0, not_sent=9, p50=None, p95=None, p99=None, slowest=None)) == [
        "latency",
        "errors",
        "rate",
    ]


@pytest.mark.parametrize(
    ("asked", "result", "names"),
    [
        ({"latency_p95": 0.002}, GOOD, ["latency"]),
        ({"latency_p95": 0.050}, replace(GOOD, p95=40.0), []),
        ({"error_rate": 0.0}, replace(GOOD, failed=1), ["errors"]),
        ({"error_rate": 0.0}, GOOD, []),
        ({"error_rate": 0.10}, replace(GOOD, failed=100), []),
        ({"error_rate": 1.0}, replace(GOOD, checks=0), ["errors", "rate"]),
    ],
)
def test_the_limits_are_those_of_the_plan(asked, result, names):
    assert broken(result, **asked) == names


def test_a_limit_is_in_its_sentence():
    asked = replace(ASKED, latency_p95=0.0125, error_rate=0.002)

    assert [finding.sentence for finding in judge(asked, LOAD, GOOD)[:2]] == [
        "P95 4.99 ms, limit 12.5 ms",
        "errors 0.000%, limit 0.200%",
    ]


@pytest.mark.parametrize("less", [{"connections": 9}, {"rate_per_minute": 999}, {"seconds": 59}])
def test_a_load_is_large_enough_when_nothing_of_it_is_less_than_the_plan_asks(less):
    assert is_large_enough(ASKED, LOAD)
    assert not is_large_enough(ASKED, replace(LOAD, **less))


def test_what_was_kept_is_read_again_as_it_was():
    through_json = json.loads(json.dumps(kept(GOOD)))

    assert read_again(through_json) == (LOAD, GOOD)


def test_what_was_not_kept_was_not_measured():
    _, result = read_again({})

    assert broken(result) == ["latency", "errors", "rate"]


def test_the_plan_that_says_nothing_asks_what_the_seed_asks():
    ten_minutes = timedelta(minutes=10)

    assert LoadTest() == LoadTest(clients=1_000, rate=10_000, duration=ten_minutes, latency_p95=0.005, error_rate=0.0)
