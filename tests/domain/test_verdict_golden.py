"""The verdict, case by case, as JSON that any language could run.

A case is a series of windows in time order: `times` windows alike, each of `seconds` with so many `checks`, of which `errors`
failed, `hits` were answered by a cache (all that did not fail, unless said) and `latencies` took [nanoseconds, checks] (the
rest 100 µs), with `pool` as the share of database connections in use. A `gap` is so many seconds without any window. The
verdict is asked for `after` seconds after the last window.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fleet_windows import a_window

from sellergate.domain.thresholds import Metric, Threshold
from sellergate.domain.verdict import Readings, Rules, Unreadable, judge

GOLDEN = json.loads((Path(__file__).parent / "golden" / "verdicts.json").read_text(encoding="utf-8"))


def rules_of(said):
    return Rules(
        thresholds=[
            Threshold(metric=Metric(one["metric"]), **{name: one.get(name) for name in ("roll_back", "alert")},
                      investigate=one["investigate"])
            for one in said["thresholds"]
        ],
        minimum_checks=said["minimumChecks"],
        window=timedelta(seconds=said["windowSeconds"]),
    )  # fmt: skip


def windows_of(series, start):
    windows = []
    for part in series:
        start += timedelta(seconds=part.get("gap", 0))
        for _ in range(part.get("times", 0 if "gap" in part else 1)):
            seconds = part.get("seconds", 10)
            windows.append(
                a_window(
                    part["checks"],
                    part.get("errors", 0),
                    hits=part.get("hits"),
                    latencies=dict(part.get("latencies", [])),
                    pool=part.get("pool"),
                    start=start,
                    seconds=seconds,
                )
            )
            start += timedelta(seconds=seconds)
    return windows, start


def unless_unreadable(said):
    return Unreadable(said["unreadable"]) if isinstance(said, dict) else said


def judged(case):
    begun = datetime.fromisoformat(GOLDEN["begun"])
    series = case["series"]
    windows, end = (Unreadable(series["unreadable"]), begun) if isinstance(series, dict) else windows_of(series, begun)
    rules = rules_of(GOLDEN["rules"] | case.get("rules", {}))
    readings = Readings(windows=windows, inbox=unless_unreadable(case.get("inbox", 3)))
    return judge(rules, readings, end + timedelta(seconds=case.get("after", 1)))


def told(judgement):
    return {
        "verdict": judgement.verdict.name,
        "sentence": judgement.sentence,
        "metrics": {
            opinion.metric.value: {
                "verdict": opinion.verdict.name,
                "state": opinion.state.value,
                "band": opinion.band and opinion.band.value,
                "alert": opinion.alert,
                "sentence": opinion.sentence,
            }
            for opinion in judgement.metrics
        },
    }


def expected_part(said, expected):
    """What the case names of what was told."""
    named = {name: said["metrics"][name] for name in expected["metrics"]}
    return {"verdict": said["verdict"], "sentence": said["sentence"], "metrics": named}


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=[case["name"] for case in GOLDEN["cases"]])
def test_the_verdict_is_as_the_table_has_it(case):
    assert expected_part(told(judged(case)), case["expected"]) == case["expected"]


def test_the_table_has_every_verdict_state_and_band():
    metrics = [said for case in GOLDEN["cases"] for said in case["expected"]["metrics"].values()]

    assert {said["verdict"] for said in metrics} == {"CONTINUE", "NOT_ENOUGH_DATA", "INVESTIGATE", "ROLL_BACK"}
    assert {said["state"] for said in metrics} == {"measured", "not_enough_data", "no_traffic", "unreadable"}
    assert {said["band"] for said in metrics} == {"good", "investigate", "roll_back", None}
