"""Windows of counts add up, over processes and over time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.histogram import EDGES, MILLISECOND
from sellergate.domain.measurements import Counted, Measurement, aligned, fleet_wide, rolled_up, together

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALLOWED = Counted(Stage.CART, Mode.ENFORCED, Reason.APPROVED, True)
FAILED = Counted(Stage.CART, Mode.ENFORCED, Reason.CHECK_FAILED, False)
STRICT = Counted(Stage.SETTLEMENT, Mode.SHADOW, Reason.REVOKED, None)
BYPASSED = Counted(Stage.CART, Mode.BYPASSED, Reason.BYPASSED, None)
AT_5_MS = EDGES.index(5 * MILLISECOND)


def test_bypassed_checks_are_none_and_a_failed_one_is_a_check():
    one = Measurement(start=NOON, counts={ALLOWED: 5, FAILED: 1, STRICT: 2, BYPASSED: 90})

    assert (one.checks, one.errors) == (8, 1)
    assert (one.cache_hits, one.asked_caches) == (5, 6)


def test_five_milliseconds_are_not_slower_than_five_milliseconds():
    one = Measurement(start=NOON, latencies={AT_5_MS: 3, AT_5_MS + 1: 2, len(EDGES): 1})

    assert one.slower_than(5 * MILLISECOND) == 3
    assert one.slower_than(5 * MILLISECOND - 1) == 6


def test_processes_add_up_in_one_window():
    one = Measurement(start=NOON, counts={ALLOWED: 5}, latencies={1: 5}, shared_hits=2, pool_in_use=0.1)
    other = Measurement(start=NOON, counts={ALLOWED: 1, FAILED: 1}, latencies={1: 1, 9: 1}, pool_in_use=0.8)

    assert together([one, other]) == Measurement(
        start=NOON,
        processes=2,
        counts={ALLOWED: 6, FAILED: 1},
        latencies={1: 6, 9: 1},
        shared_hits=2,
        pool_in_use=0.8,
    )


def test_windows_add_up_to_a_longer_one_of_the_most_processes_there_were():
    windows = [Measurement(start=NOON + timedelta(seconds=10 * n), processes=n, counts={ALLOWED: n}) for n in (1, 2, 0)]

    minute = rolled_up(windows, NOON, 60)

    assert (minute.start, minute.end, minute.processes) == (NOON, NOON + timedelta(minutes=1), 2)
    assert (minute.checks, minute.pool_in_use) == (3, None)


def test_nothing_does_not_add_up_to_something():
    with pytest.raises(ValueError, match="nothing to add up"):
        together([])


def test_windows_begin_where_the_clock_has_them_begin():
    def at(*time):
        return datetime(2026, 3, 1, *time, tzinfo=UTC)

    assert aligned(at(12, 34, 59, 999_999), 10) == at(12, 34, 50)
    assert aligned(at(12, 34, 50), 10) == at(12, 34, 50)
    assert aligned(at(12, 34, 59), 60) == at(12, 34)
    assert aligned(at(12, 34, 59).astimezone(timezone(timedelta(hours=5, minutes=30))), 3600) == at(12)


def test_windows_of_several_processes_are_the_fleets_one_for_each_start():
    later = NOON + timedelta(seconds=10)
    parts = [
        Measurement(start=later, counts={ALLOWED: 1}),
        Measurement(start=NOON, counts={ALLOWED: 2}),
        Measurement(start=later, counts={ALLOWED: 4}),
    ]

    assert [(each.start, each.processes, each.checks) for each in fleet_wide(parts)] == [(NOON, 1, 2), (later, 2, 5)]


KEYS = st.sampled_from([ALLOWED, FAILED, STRICT, BYPASSED])
WINDOWS = st.builds(
    Measurement,
    start=st.integers(0, 5).map(lambda n: NOON + timedelta(seconds=10 * n)),
    counts=st.dictionaries(KEYS, st.integers(1, 9)),
    latencies=st.dictionaries(st.integers(0, len(EDGES)), st.integers(1, 9)),
    shared_hits=st.integers(0, 9),
    pool_in_use=st.none() | st.floats(0, 1),
)


@given(st.lists(st.tuples(st.integers(0, 3), WINDOWS), min_size=1))
def test_adding_up_over_processes_and_over_time_is_the_same_in_either_order(windows):
    by_process = [[window for owner, window in windows if owner == number] for number in range(4)]

    processes_first = rolled_up(fleet_wide(window for _, window in windows), NOON, 60)
    time_first = together(rolled_up(mine, NOON, 60) for mine in by_process if mine)

    assert replace(time_first, processes=processes_first.processes) == processes_first
