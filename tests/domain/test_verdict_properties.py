"""What holds of the verdict whatever was measured."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from fleet_windows import BEGUN, BUSY, RULES, SEED_THRESHOLDS, a_window, at, in_a_row, judged, said_of
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.histogram import MILLISECOND
from sellergate.domain.measurements import Counted, rolled_up, together
from sellergate.domain.thresholds import Metric, Threshold
from sellergate.domain.verdict import Readings, Rules, State, Unreadable, Verdict, judge

FAILED = Counted(Stage.CART, Mode.ENFORCED, Reason.CHECK_FAILED, False)
LATER = timedelta(seconds=1)


@st.composite
def some_windows(draw):
    """From a quiet night to a busy day, from healthy to broken: some stretches of windows that are alike."""
    checks = draw(st.sampled_from([0, 3, 40, BUSY]))
    windows = []
    for _ in range(draw(st.integers(1, 4))):
        errors = round(checks * draw(st.sampled_from([0, 0.001, 0.006, 0.012, 0.05, 1])))
        hits = round((checks - errors) * draw(st.sampled_from([1, 0.8, 0.5])))
        slow = draw(st.sampled_from([{}, {7 * MILLISECOND: 0.07}, {20 * MILLISECOND: 0.04}, {20 * MILLISECOND: 0.3}]))
        latencies = {nanoseconds: round(checks * share) for nanoseconds, share in slow.items()}
        pool = draw(st.sampled_from([None, 0.2, 0.9]))
        alike = a_window(checks, errors, hits=hits, latencies=latencies, pool=pool)
        windows += [alike] * draw(st.integers(1, 12))
    return in_a_row(windows)


def by_metric(judgement):
    return {opinion.metric: opinion.verdict for opinion in judgement.metrics}


@given(some_windows(), st.data())
def test_more_errors_never_make_a_verdict_better(windows, data):
    place = data.draw(st.integers(0, len(windows) - 1))
    counts = Counter(windows[place].counts)
    allowed = [key for key, times in counts.items() if key is not FAILED and times]
    for key in allowed:  # checks that went well fail, the number of checks stays
        counts[Counted(key.stage, key.mode, Reason.CHECK_FAILED, key.cache_hit)] += counts.pop(key)
    worse = [*windows[:place], replace(windows[place], counts=dict(counts)), *windows[place + 1 :]]

    before, after = judged(windows), judged(worse)
    assert after.verdict >= before.verdict
    assert said_of(after, Metric.ERRORS).verdict >= said_of(before, Metric.ERRORS).verdict


@given(some_windows(), st.integers(1, 400))
def test_one_more_error_never_makes_a_verdict_better(windows, more):
    """Whatever its size, a few good checks of the last window turn bad."""
    last = windows[-1]
    good = next((key for key, times in last.counts.items() if key.reason is Reason.APPROVED and times), None)
    if good is None:
        return
    turned = min(more, last.counts[good])
    counts = Counter(last.counts) - Counter({good: turned}) + Counter({FAILED: turned})
    after = judged([*windows[:-1], replace(last, counts=dict(counts))])

    assert said_of(after, Metric.ERRORS).verdict >= said_of(judged(windows), Metric.ERRORS).verdict


@given(some_windows(), some_windows())
def test_whether_processes_are_added_up_first_or_not_and_in_whatever_order_does_not_matter(one, other):
    shorter = min(len(one), len(other))
    one, other = one[:shorter], other[:shorter]
    merged = [together(pair) for pair in zip(one, other, strict=True)]

    now = merged[-1].end + LATER

    for windows in ([*one, *other], [*other[::-1], *one]):
        assert judge(RULES, Readings(windows=windows), now) == judge(RULES, Readings(windows=merged), now)


@given(some_windows())
def test_the_same_counts_in_one_long_window_give_the_same_estimate(windows):
    whole = rolled_up(windows, start=windows[0].start, seconds=10 * len(windows))
    an_hour = replace(RULES, window=timedelta(hours=1))
    short, long = (said_of(judged(some, rules=an_hour), Metric.ERRORS) for some in (windows, [whole]))

    if Verdict.ROLL_BACK not in {short.verdict, long.verdict}:
        assert (short.value, short.low, short.high, short.sample) == (long.value, long.low, long.high, long.sample)
        assert short.verdict is long.verdict


@given(some_windows(), st.integers(0, 5_000))
def test_it_never_says_continue_before_the_minimum_of_checks(windows, minimum):
    judgement = judged(windows, rules=replace(RULES, minimum_checks=minimum))

    if sum(window.checks for window in windows) < minimum:
        assert judgement.verdict is not Verdict.CONTINUE
        assert said_of(judgement, Metric.ERRORS).verdict is not Verdict.CONTINUE


@given(some_windows(), st.integers(31, 10_000))
def test_silence_never_makes_a_verdict_better(windows, seconds):
    fresh, silent = judged(windows), judged(windows, after=seconds)

    assert silent.verdict >= max(fresh.verdict, Verdict.NOT_ENOUGH_DATA)
    assert all(by_metric(silent)[metric] >= said for metric, said in by_metric(fresh).items())
    assert all(opinion.state is State.UNREADABLE for opinion in silent.metrics if opinion.metric is not Metric.INBOX)


@given(some_windows(), st.sampled_from([None, Unreadable("the database did not answer")]))
def test_an_inbox_that_is_not_known_is_never_better_than_a_good_one(windows, inbox):
    now = windows[-1].end + LATER
    known, unknown = (judge(RULES, Readings(windows=windows, inbox=said), now) for said in (0, inbox))

    assert unknown.verdict >= max(known.verdict, Verdict.NOT_ENOUGH_DATA)


@given(some_windows(), st.sampled_from(list(Metric)))
def test_one_more_threshold_never_makes_a_verdict_better(windows, metric):
    fewer = replace(RULES, thresholds=[one for one in SEED_THRESHOLDS if one.metric is not metric])

    assert judged(windows).verdict >= judged(windows, rules=fewer).verdict


@given(some_windows())
def test_the_verdict_is_the_worst_of_its_metrics_and_its_sentence_says_so(windows):
    judgement = judged(windows)

    assert judgement.verdict is max(judgement.verdict, *by_metric(judgement).values())
    assert judgement.sentence.startswith(
        {0: "Continue.", 1: "Not enough data.", 2: "Investigate.", 3: "Roll back."}[judgement.verdict]
    )
    assert all(opinion.sentence.endswith(".") for opinion in judgement.metrics)
    assert judged(windows) == judgement


@given(some_windows())
def test_a_value_lies_within_its_interval(windows):
    for opinion in judged(windows).metrics:
        if opinion.value is not None:
            assert opinion.low <= opinion.value
            assert opinion.high is None or opinion.value <= opinion.high


@pytest.mark.parametrize("metric", [Metric.CACHE_HITS, Metric.POOL, Metric.INBOX])
def test_what_has_no_roll_back_limit_never_rolls_back(metric):
    windows = in_a_row([a_window(hits=0, pool=1.0)] * 60)
    opinion = said_of(judged(windows, inbox=100_000), metric)

    assert opinion.verdict is Verdict.INVESTIGATE


@pytest.mark.parametrize("pool", [float("nan"), float("inf"), None])
def test_a_pool_of_no_number_is_not_good(pool):
    assert said_of(judged([a_window(pool=pool)]), Metric.POOL).verdict is Verdict.NOT_ENOUGH_DATA


def test_a_process_that_is_silent_is_not_a_process_without_errors():
    """Windows that are missing are not counted as good ones: the alarm stands until there are good checks."""
    failing = in_a_row([a_window()] * 30 + [a_window(errors=BUSY, hits=0)])
    back = at(a_window(checks=1), failing[-1].end + timedelta(minutes=10))

    assert judged([*failing, back]).verdict is Verdict.ROLL_BACK


def test_an_alarm_stands_while_nothing_is_checked():
    empty = a_window(checks=0)
    windows = in_a_row([a_window(errors=BUSY, hits=0), *[empty] * 60])
    opinion = said_of(judged(windows), Metric.ERRORS)

    assert opinion.verdict is Verdict.ROLL_BACK
    assert opinion.sample == BUSY


def test_an_alarm_that_is_about_to_end_says_that_it_was():
    """At 0.8 % it is no longer above 1 %, and not yet surely below what is good."""
    windows = in_a_row([a_window(errors=60)] * 3 + [a_window(errors=13)] * 60)
    opinion = said_of(judged(windows), Metric.ERRORS)

    assert opinion.verdict is Verdict.ROLL_BACK
    assert "it was beyond the roll-back limit of 1 % and has not recovered for certain" in opinion.sentence


def test_a_limit_that_is_no_edge_of_the_histogram_is_at_most_nine_percent_stricter():
    limit = Threshold(metric=Metric.LATENCY, investigate=0.0095)
    rules = Rules(thresholds=[limit], minimum_checks=1)

    def verdict(nanoseconds):
        return judged(in_a_row([a_window(latencies={nanoseconds: 200})] * 3), rules=rules).verdict

    assert verdict(9_600_000) is Verdict.INVESTIGATE
    assert verdict(0.91 * 9_500_000) is Verdict.CONTINUE


def test_only_the_windows_of_the_phase_are_looked_at_in_time_order():
    windows = in_a_row([a_window()] * 20 + [a_window(errors=BUSY, hits=0)])

    assert judge(RULES, Readings(windows=windows[::-1], inbox=3), windows[-1].end) == judge(
        RULES, Readings(windows=windows, inbox=3), windows[-1].end
    )
    assert windows[0].start == BEGUN
