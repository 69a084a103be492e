"""Evidence gives the same verdict again, bit for bit."""

import json
import zlib
from dataclasses import replace
from datetime import timedelta, timezone
from hashlib import sha256

import pytest
from fleet_windows import BEGUN, BUSY, RULES, a_window, in_a_row
from hypothesis import given, settings
from hypothesis import strategies as st

from sellergate.domain import evidence as evidence_module
from sellergate.domain.evidence import VERSION, EvidenceNotUnderstood, canonical, evidence_of, judgement_json, replay
from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.histogram import BINS, EDGES
from sellergate.domain.measurements import Counted, Measurement
from sellergate.domain.thresholds import Metric, Threshold
from sellergate.domain.verdict import Readings, Rules, Unreadable, judge

COUNTED = st.builds(
    Counted,
    st.sampled_from(Stage),
    st.sampled_from(Mode),
    st.sampled_from(Reason),
    st.sampled_from([True, False, None]),
)
TIMES = st.datetimes(
    min_value=BEGUN.replace(tzinfo=None),
    max_value=BEGUN.replace(tzinfo=None, year=2030),
    timezones=st.just(BEGUN.tzinfo),
)
WINDOWS = st.builds(
    Measurement,
    start=TIMES,
    seconds=st.sampled_from([10, 60, 3_600]),
    processes=st.integers(1, 40),
    counts=st.dictionaries(COUNTED, st.integers(1, 10**9), max_size=6),
    latencies=st.dictionaries(st.integers(0, BINS - 1), st.integers(1, 10**9), max_size=6),
    shared_hits=st.integers(0, 10**9),
    pool_in_use=st.none() | st.floats(0, 1),
)
THRESHOLDS = st.builds(
    Threshold,
    metric=st.sampled_from(Metric),
    investigate=st.floats(0.0001, 0.9),
    roll_back=st.none() | st.floats(0.0001, 0.9),
    alert=st.none() | st.floats(0.0001, 0.9),
)
UNREADABLE = st.builds(Unreadable, st.text(max_size=30))
RULESETS = st.builds(
    Rules,
    thresholds=st.lists(THRESHOLDS, max_size=5).map(tuple),
    minimum_checks=st.integers(0, 10**6),
    window=st.timedeltas(timedelta(microseconds=1), timedelta(days=9)),
)
READINGS = st.builds(
    Readings,
    windows=UNREADABLE | st.lists(WINDOWS, max_size=6).map(tuple),
    inbox=UNREADABLE | st.none() | st.integers(0, 10**6),
)


def as_text(judgement):
    return canonical(judgement_json(judgement))


@settings(max_examples=50)
@given(RULESETS, READINGS, TIMES)
def test_what_was_judged_is_judged_the_same_after_it_was_written_and_read(rules, readings, now):
    written = zlib.compress(canonical(evidence_of(rules, readings, now)).encode())
    evidence = json.loads(zlib.decompress(written))

    assert evidence_module.given(evidence) == (rules, readings, now)
    assert replay(evidence) == judge(rules, readings, now)
    assert as_text(replay(evidence)) == as_text(judge(rules, readings, now))


@settings(max_examples=50)
@given(RULESETS, READINGS, TIMES)
def test_evidence_has_one_text(rules, readings, now):
    text = canonical(evidence_of(rules, readings, now))

    assert canonical(json.loads(text)) == text
    assert canonical(evidence_of(*evidence_module.given(json.loads(text)))) == text


def test_a_moment_in_another_zone_is_the_same_moment():
    windows = in_a_row([a_window()] * 3)
    now = windows[-1].end.astimezone(timezone(timedelta(hours=9)))
    evidence = evidence_of(RULES, Readings(windows=windows, inbox=3), now)

    assert as_text(replay(evidence)) == as_text(judge(RULES, Readings(windows=windows, inbox=3), now))
    assert evidence["now"].endswith("+00:00")


@pytest.mark.parametrize("pool", [float("nan"), float("inf"), None])
def test_a_pool_that_is_no_number_is_still_none_afterwards(pool):
    readings = Readings(windows=[a_window(pool=pool)])
    evidence = json.loads(canonical(evidence_of(RULES, readings, BEGUN)))

    assert as_text(replay(evidence)) == as_text(judge(RULES, readings, BEGUN))
    assert repr(evidence_module.given(evidence)[1].windows[0].pool_in_use) == repr(pool)


def test_another_version_is_refused_by_name():
    evidence = evidence_of(RULES, Readings(windows=()), BEGUN)

    with pytest.raises(EvidenceNotUnderstood, match="version 99; this release computes version 1"):
        replay(evidence | {"version": 99})


def test_other_evidence_gives_another_judgement():
    """The comparison can fail."""
    windows = in_a_row([a_window()] * 30)
    worse = [*windows[:-1], replace(windows[-1], counts=a_window(errors=BUSY, hits=0).counts)]
    first, second = (replay(evidence_of(RULES, Readings(windows=some), BEGUN)) for some in (windows, worse))

    assert as_text(first) != as_text(second)


def test_a_busy_hour_of_windows_is_some_kilobytes():
    windows = in_a_row([a_window(errors=place % 5, latencies={7_000_000: place}) for place in range(360)])
    text = canonical(evidence_of(RULES, Readings(windows=windows), windows[-1].end))

    assert len(text) < 30_000
    assert len(zlib.compress(text.encode())) < 10_000


def test_the_bins_are_those_this_version_of_evidence_was_written_with():
    """Whoever changes the edges gives evidence a new version: an old bin number would mean another latency."""
    edges = sha256(repr(EDGES).encode()).hexdigest()[:16]

    assert (VERSION, edges) == (1, "18b60245341e3860")
