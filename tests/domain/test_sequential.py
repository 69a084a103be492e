"""Page's test: rarely wrong, soon right, and over when it is over."""

from itertools import pairwise
from math import exp, inf, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.sequential import (
    CHECKS_BETWEEN_FALSE_ALARMS,
    RECOVERY,
    Page,
    SequentialTest,
    after,
    information,
    slow_and_fast,
)

SLOW, FAST = slow_and_fast(0.005, 0.01)
BUSY = 1_667


def alarmed_along(test, batches):
    page, seen = Page(test), []
    for place, (checks, bad) in enumerate(batches):
        page.take(place, checks, bad)
        seen.append(page.alarmed)
    return seen


def test_the_thresholds_of_the_default_plan_are_seventeen_and_twenty():
    assert (round(SLOW.threshold), round(FAST.threshold)) == (17, 20)
    assert (SLOW.good, SLOW.bad, FAST.good, FAST.bad) == (0.005, 0.01, 0.005, 0.05)


@pytest.mark.parametrize("test", [*slow_and_fast(0.005, 0.01), *slow_and_fast(0.05, 0.05), *slow_and_fast(0.3, 0.6)])
def test_a_threshold_spends_the_budget_for_false_alarms_and_no_more(test):
    h = test.threshold

    assert (exp(h) - h - 1) / information(test.good, test.bad) == pytest.approx(CHECKS_BETWEEN_FALSE_ALARMS, rel=1e-6)


@pytest.mark.parametrize(
    ("limits", "slow", "fast"),
    [
        ((0.05, 0.05), 0.06, 0.5),
        ((0.002, 0.01), 0.01, 0.05),  # half the roll-back limit is nearer to it than 0.2 %
        ((0.2, 0.3), 0.3, 0.5),
    ],
)
def test_other_limits_have_tests_of_their_own(limits, slow, fast):
    assert [test.bad for test in slow_and_fast(*limits)] == pytest.approx([slow, fast])


@given(st.floats(0, 1), st.floats(0, 1))
def test_any_two_limits_have_tests_and_the_fast_one_looks_further(investigate, roll_back):
    slow, fast = slow_and_fast(investigate, roll_back)

    assert 0 < slow.good < slow.bad < 1
    assert slow.bad < fast.bad < 1
    assert slow.threshold > RECOVERY or slow.good < 1e-4


def test_the_statistic_is_the_logarithm_of_the_likelihood_ratio():
    page = after(FAST, [(30, 2)])

    assert page.statistic == pytest.approx(2 * log(0.05 / 0.005) + 28 * log(0.95 / 0.995))


def test_nine_failures_in_a_row_are_enough_and_three_are_not():
    assert not after(FAST, [(1, 1)] * 8).alarmed
    assert after(FAST, [(1, 1)] * 9).alarmed
    assert not after(FAST, [(3, 3)]).alarmed


def test_an_alarm_rests_on_what_came_since_the_last_good_moment():
    page = after(SLOW, [(BUSY, 1)] * 20 + [(BUSY, 40)] * 3)

    assert page.alarmed
    assert page.onset == 20


def test_three_seconds_of_total_failure_are_over_after_twenty_seconds():
    healthy, failing = (BUSY, 1), (BUSY, 501)

    assert alarmed_along(SLOW, [healthy, failing, healthy, healthy]) == [False, True, False, False]
    assert alarmed_along(FAST, [healthy, failing, healthy, healthy]) == [False, True, False, False]
    assert after(SLOW, [healthy, failing, healthy, healthy]).onset is None


def test_a_breach_stays_an_alarm_while_it_lasts():
    seen = alarmed_along(SLOW, [(BUSY, 1)] * 30 + [(BUSY, 17)] * 60)

    first = seen.index(True)
    assert 34 <= first <= 36  # 50 seconds, give or take a window
    assert all(seen[first:])


@pytest.mark.parametrize("bad", [9, 10, 11, 12, 13, 14])
def test_a_steady_share_between_the_limits_never_raises_an_alarm(bad):
    """It is what is to be looked into: evidence that takes longer than a true 1 % takes is not evidence of 1 %."""
    assert not any(alarmed_along(SLOW, [(BUSY, bad)] * 1_000))


@pytest.mark.parametrize("size", [6, 60, 3_600])
def test_however_long_the_windows_are(size):
    """0.8 % and 1.1 %, in windows of some seconds, minutes and hours."""
    checks = size * BUSY // 10

    assert not any(alarmed_along(SLOW, [(checks, round(checks * 0.008))] * 100))
    assert any(alarmed_along(SLOW, [(checks, round(checks * 0.011))] * 100))


def test_without_checks_nothing_changes():
    assert after(SLOW, [(BUSY, 100), (0, 0), (0, 0)]).alarmed
    assert after(SLOW, [(100, 2), (0, 0)]).statistic == after(SLOW, [(100, 2)]).statistic


BATCHES = st.lists(st.tuples(st.integers(1, 5_000), st.floats(0, 0.05)), min_size=1, max_size=40)


def counted(batches):
    return [(checks, round(checks * share)) for checks, share in batches]


@given(BATCHES, st.data())
def test_more_bad_checks_never_end_an_alarm(batches, data):
    fewer = counted(batches)
    more = [(checks, min(checks, bad + data.draw(st.integers(0, 20)))) for checks, bad in fewer]

    for test in (SLOW, FAST):
        pairs = zip(alarmed_along(test, fewer), alarmed_along(test, more), strict=True)
        assert all(after_more or not before for before, after_more in pairs)


@given(BATCHES, st.integers(2, 8))
def test_long_windows_never_raise_an_alarm_that_short_ones_do_not(batches, size):
    """Looking less often makes a test slower, never more alarmed."""
    short = counted(batches)
    long = [tuple(map(sum, zip(*short[place : place + size], strict=True))) for place in range(0, len(short), size)]
    test = SequentialTest(name="plain", good=0.005, bad=0.01)

    assert any(alarmed_along(test, short)) or not any(alarmed_along(test, long))


@given(BATCHES)
def test_the_statistic_stays_between_zero_and_its_ceiling(batches):
    for test in (SLOW, FAST):
        page = Page(test)
        for place, (checks, bad) in enumerate(counted(batches)):
            page.take(place, checks, bad)
            assert 0 <= page.statistic <= test.threshold
            assert (page.onset is None) is not page.alarmed


@given(st.floats(0.001, 0.4), st.floats(1.3, 20))
def test_an_alarm_needs_a_share_above_what_is_good(good, ratio):
    test = SequentialTest(name="any", good=good, bad=min(good * ratio, 0.9))

    assert not any(alarmed_along(test, [(10_000, int(10_000 * good))] * 50))
    assert test.threshold < inf


def test_lower_shares_of_errors_need_more_checks():
    first = [alarmed_along(SLOW, [(100, bad)] * 5_000).index(True) for bad in (2, 3, 5, 10)]

    assert all(earlier > later for earlier, later in pairwise(first))
