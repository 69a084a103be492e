"""Everything a verdict was made from, as JSON that gives the same verdict again, bit for bit, years later.

Compact: what checks are counted by is written once, windows refer to it by number; times are whole microseconds before the
moment of the verdict. Floats survive because Python writes the shortest text that reads back as the same float. The version
changes when the form changes, when the edges of the histogram do, or when the rules that judge do; what an older version
says is then no longer computed again but refused by name.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, Final

from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.judgement import Judgement, Opinion, Readings, Rules, Unreadable
from sellergate.domain.measurements import Counted, Measurement
from sellergate.domain.thresholds import Metric, Threshold
from sellergate.domain.verdict import judge

VERSION: Final = 1
TICK: Final = timedelta(microseconds=1)

Evidence = dict[str, Any]
"""JSON: only dictionaries with text for keys, lists, text, numbers, booleans and null."""


class EvidenceNotUnderstood(ValueError):
    """This release cannot compute this evidence again."""


def evidence_of(rules: Rules, readings: Readings, now: datetime) -> Evidence:
    """What `judge` is given, as JSON."""
    return {
        "version": VERSION,
        "now": now.astimezone(UTC).isoformat(),
        "rules": {
            "thresholds": [_threshold(threshold) for threshold in rules.thresholds],
            "minimumChecks": rules.minimum_checks,
            "window": rules.window // TICK,
        },
        "inbox": {"unreadable": readings.inbox.why} if isinstance(readings.inbox, Unreadable) else readings.inbox,
        **_windows(readings.windows, now),
    }


def given(evidence: Evidence) -> tuple[Rules, Readings, datetime]:
    """What `judge` was given. Raises EvidenceNotUnderstood where another version wrote it."""
    if evidence.get("version") != VERSION:
        found = evidence.get("version")
        raise EvidenceNotUnderstood(f"The evidence has version {found}; this release computes version {VERSION} again.")
    now, rules, inbox = datetime.fromisoformat(evidence["now"]), evidence["rules"], evidence["inbox"]
    return (
        Rules(
            thresholds=tuple(_threshold_again(said) for said in rules["thresholds"]),
            minimum_checks=rules["minimumChecks"],
            window=rules["window"] * TICK,
        ),
        Readings(
            windows=_windows_again(evidence, now),
            inbox=Unreadable(inbox["unreadable"]) if isinstance(inbox, dict) else inbox,
        ),
        now,
    )


def replay(evidence: Evidence) -> Judgement:
    """The judgement once more. Raises EvidenceNotUnderstood where another version wrote the evidence."""
    return judge(*given(evidence))


def canonical(value: Mapping[str, Any]) -> str:
    """JSON of which there is one text: equal values have equal texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def judgement_json(judgement: Judgement) -> dict[str, Any]:
    """The judgement for programs. `canonical` of it is what is compared after a replay."""
    return {
        "verdict": judgement.verdict.name,
        "sentence": judgement.sentence,
        "at": judgement.at.astimezone(UTC).isoformat(),
        "checks": judgement.checks,
        "minimumChecks": judgement.minimum_checks,
        "metrics": [_opinion(opinion) for opinion in judgement.metrics],
    }


def _opinion(opinion: Opinion) -> dict[str, Any]:
    return {
        "metric": opinion.metric.value,
        "verdict": opinion.verdict.name,
        "state": opinion.state.value,
        "sentence": opinion.sentence,
        "value": opinion.value,
        "band": None if opinion.band is None else opinion.band.value,
        "low": opinion.low,
        "high": opinion.high,
        "sample": opinion.sample,
        "since": None if opinion.since is None else opinion.since.astimezone(UTC).isoformat(),
        "until": None if opinion.until is None else opinion.until.astimezone(UTC).isoformat(),
        "alert": opinion.alert,
        "limits": _threshold(opinion.threshold),
        "tests": [
            {
                "name": course.name,
                "good": course.good,
                "bad": course.bad,
                "statistic": course.statistic,
                "threshold": course.threshold,
                "release": course.release,
                "alarmed": course.alarmed,
            }
            for course in opinion.tests
        ],
    }


def _threshold(threshold: Threshold) -> dict[str, Any]:
    return {
        "metric": threshold.metric.value,
        "investigate": threshold.investigate,
        "rollBack": threshold.roll_back,
        "alert": threshold.alert,
    }


def _threshold_again(said: Mapping[str, Any]) -> Threshold:
    return Threshold(
        metric=Metric(said["metric"]),
        investigate=said["investigate"],
        roll_back=said["rollBack"],
        alert=said["alert"],
    )


def _windows(windows: Sequence[Measurement] | Unreadable, now: datetime) -> Evidence:
    if isinstance(windows, Unreadable):
        return {"keys": [], "windows": {"unreadable": windows.why}}
    keys: dict[Counted, int] = {}
    rows = [_row(window, now, keys) for window in windows]
    return {"keys": [[key.stage, key.mode, key.reason, key.cache_hit] for key in keys], "windows": rows}


def _row(window: Measurement, now: datetime, keys: dict[Counted, int]) -> list[Any]:
    return [
        (now - window.start) // TICK,
        window.seconds,
        window.processes,
        _pairs({keys.setdefault(key, len(keys)): times for key, times in window.counts.items()}),
        _pairs(window.latencies),
        window.shared_hits,
        window.pool_in_use if window.pool_in_use is None or isfinite(window.pool_in_use) else repr(window.pool_in_use),
    ]


def _pairs(counts: Mapping[int, int]) -> list[int]:
    """Key, times, key, times: half the brackets of a list of pairs."""
    return [number for pair in counts.items() for number in pair]


def _windows_again(evidence: Evidence, now: datetime) -> Sequence[Measurement] | Unreadable:
    rows = evidence["windows"]
    if isinstance(rows, dict):
        return Unreadable(rows["unreadable"])
    keys = [Counted(Stage(stage), Mode(mode), Reason(reason), hit) for stage, mode, reason, hit in evidence["keys"]]
    return tuple(_window_again(row, now, keys) for row in rows)


def _window_again(row: list[Any], now: datetime, keys: Sequence[Counted]) -> Measurement:
    before, seconds, processes, counts, latencies, shared_hits, pool_in_use = row
    return Measurement(
        start=now - before * TICK,
        seconds=seconds,
        processes=processes,
        counts={keys[place]: times for place, times in _by_two(counts)},
        latencies=dict(_by_two(latencies)),
        shared_hits=shared_hits,
        pool_in_use=float(pool_in_use) if isinstance(pool_in_use, str) else pool_in_use,
    )


def _by_two(flat: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(flat[::2], flat[1::2], strict=True))
