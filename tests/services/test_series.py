"""One series over a whole phase: nothing twice, nothing left out, and little to read."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOON, TICK
from measured import a_window
from sellergate.domain.measurements import Measurement
from sellergate.ports.measurements import SourceUnreadable
from sellergate.services.rolling_up import RollingUp
from sellergate.services.series import Series
from sellergate.services.stored_windows import WRITTEN_WITHIN, StoredWindows

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class EveryWindow:
    """A source that has measured everything; notes what it is asked."""

    def __init__(self):
        self.asked = []
        self.down = False
        self.checks = {}

    def windows(self, seconds, since, until):
        if self.down:
            raise SourceUnreadable
        start = since
        found = []
        while start < until:
            found.append(Measurement(start=start, seconds=seconds, shared_hits=self.checks.get(start, 0)))
            start += seconds * SECOND
        self.asked.append((seconds, len(found)))
        return found

    def read_now(self):
        asked, self.asked = self.asked, []
        return {seconds: sum(number for each, number in asked if each == seconds) for seconds, _ in asked}


@pytest.fixture
def source():
    return EveryWindow()


@pytest.fixture
def series(source):
    return Series(source, late=2 * HOUR)


def assert_whole(windows, since, now):
    """Without overlap or gap, from the first whole window on."""
    for before, after in pairwise(windows):
        assert before.end == after.start
    assert since <= windows[0].start < since + MINUTE
    assert windows[-1].start < now <= windows[-1].end


def test_it_is_fine_where_it_is_young_and_coarse_where_it_is_old(series):
    since, now = NOON - 3 * DAY, NOON + 25 * MINUTE
    windows = series.read(since, now)

    assert_whole(windows, since, now)
    assert [each.seconds for each in windows] == [3600] * 48 + [60] * (24 * 60 - 60 + 25) + [10] * 360


def test_a_young_phase_is_fine_to_its_beginning(series):
    windows = series.read(NOON + TICK, NOON + 25 * SECOND)

    assert [(each.start - NOON, each.seconds) for each in windows] == [(10 * SECOND, 10), (20 * SECOND, 10)]


def test_a_phase_that_begins_now_has_no_measurements_yet(series):
    assert series.read(NOON, NOON) == []


@given(st.integers(0, 10 * 86_400), st.integers(60, 9 * 86_400))
def test_nothing_is_twice_or_left_out(begins, lasts):
    since = NOON + begins * SECOND
    now = since + lasts * SECOND + MINUTE
    windows = Series(EveryWindow(), late=2 * HOUR).read(since, now)

    assert_whole(windows, since, now)
    assert len(windows) <= 59 + 9 * 24 + 1440 + 60 + 366


def test_only_the_last_minutes_are_read_again(source, series):
    since, now = NOON - 3 * DAY, NOON + 25 * MINUTE
    series.read(since, now)
    assert source.read_now() == {3600: 48, 60: 1405, 10: 360}
    again = series.read(since, now + 5 * SECOND)

    assert source.read_now() == {10: 31}
    assert again == Series(source, late=2 * HOUR).read(since, now + 5 * SECOND)


def test_what_came_late_is_seen_within_a_minute(source, series):
    since, now = NOON - 3 * DAY, NOON + 25 * MINUTE
    series.read(since, now)
    source.checks[NOON] = 7
    series.read(since, now + 30 * SECOND)
    source.read_now()
    windows = series.read(since, now + 60 * SECOND)

    assert sum(each.shared_hits for each in windows) == 7
    assert source.read_now() == {60: 60, 10: 360}


def test_it_says_the_same_whenever_it_is_asked(source):
    """What is remembered never shows, as the hours go by."""
    since, series = NOON - 20 * HOUR, Series(source, late=2 * HOUR)
    for step in range(60):
        now = NOON + step * 17 * MINUTE + step * 13 * SECOND
        assert series.read(since, now) == Series(source, late=2 * HOUR).read(since, now)


def test_another_phase_is_another_series(source, series):
    series.read(NOON - 3 * DAY, NOON)

    assert series.read(NOON - HOUR, NOON)[0].start == NOON - HOUR
    assert series.read(NOON - 3 * DAY, NOON)[0].start == NOON - 3 * DAY


def test_a_source_that_cannot_be_read_raises_and_spoils_nothing(source, series):
    series.read(NOON - DAY, NOON)
    source.down = True
    with pytest.raises(SourceUnreadable):
        series.read(NOON - DAY, NOON + SECOND)
    source.down = False

    assert series.read(NOON - DAY, NOON + SECOND) == Series(source, late=2 * HOUR).read(NOON - DAY, NOON + SECOND)


def test_over_a_real_store_it_has_everything_that_was_measured_whether_rolled_up_or_not(sqlite_store):
    store = sqlite_store
    end = NOON + 30 * HOUR
    with store.work() as work:
        work.windows.put("one", [a_window(NOON + n * 430 * SECOND, 1) for n in range(251)])
    series = Series(StoredWindows(store), late=WRITTEN_WITHIN)
    before = series.read(NOON, end)
    kept = {
        "windows_kept": 2 * HOUR,
        "minutes_kept": 2 * DAY,
        "hours_kept": 4 * DAY,
        "denials_kept": DAY,
        "verdicts_kept": DAY,
    }
    for _ in range(3):
        RollingUp(store, **kept, now=lambda: end).run()

    assert sum(each.checks for each in before) == 251
    assert Series(StoredWindows(store), late=WRITTEN_WITHIN).read(NOON, end) == before
