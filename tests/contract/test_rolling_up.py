"""Every store rolls windows up into minutes and hours, once for all that many processes do at the same time."""

from datetime import timedelta

import pytest
from walking import all_at_once

from builders import NOON, TICK, a_rollout, a_rollout_change, a_verdict
from measured import HIT, Interrupted, a_window, everything
from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.measurements import HOUR_SECONDS, MINUTE_SECONDS, WINDOW_SECONDS, fleet_wide, rolled_up
from sellergate.ports.measurements import SourceUnreadable
from sellergate.ports.queries import PageRequest
from sellergate.services.rolling_up import WAITS, RollingUp
from sellergate.services.stored_windows import StoredWindows

TEN = timedelta(seconds=10)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rolling_up(store, clock):
    return roller(store, clock)


def roller(store, clock):
    kept = {
        "windows_kept": 2 * HOUR,
        "minutes_kept": 2 * DAY,
        "hours_kept": 4 * DAY,
        "denials_kept": DAY,
        "verdicts_kept": DAY,
    }
    return RollingUp(store, **kept, now=clock)


def put(store, process, *measurements):
    with store.work() as work:
        work.windows.put(process, measurements)


def stored(store, seconds):
    with store.view() as view:
        return view.windows.between(seconds, NOON - 9 * DAY, NOON + 9 * DAY)


def checks_stored(store, seconds):
    return [(row.measurement.start, row.measurement.checks) for row in stored(store, seconds)]


def read(store, seconds, since=NOON - DAY, until=NOON + DAY):
    return StoredWindows(store).windows(seconds, since, until)


def test_a_minute_is_all_its_windows_of_all_processes_once_it_has_been_over_for_a_while(store, rolling_up, clock):
    put(store, "one", a_window(hits=1, pool_in_use=0.2), a_window(NOON + 5 * TEN, 2), a_window(NOON + MINUTE, 100))
    put(store, "two", a_window(hits=4, shared_hits=3), a_window(NOON + TEN, 0))
    clock.now = NOON + MINUTE + WAITS - TICK
    rolling_up.run()
    assert stored(store, MINUTE_SECONDS) == []
    clock.now += TICK
    rolling_up.run()

    (minute,) = stored(store, MINUTE_SECONDS)
    assert minute.measurement.processes == 2
    assert everything([minute.measurement]) == ({HIT: 7}, {7: 7}, 3)
    assert (minute.measurement.start, minute.measurement.pool_in_use, minute.process) == (NOON, 0.2, "")


def test_rolling_up_again_changes_nothing(store, rolling_up, clock):
    put(store, "one", *(a_window(NOON + n * TEN, n) for n in range(720)))
    clock.now = NOON + 3 * HOUR
    rolling_up.run()
    before = [stored(store, seconds) for seconds in (MINUTE_SECONDS, HOUR_SECONDS)]
    rolling_up.run()

    assert [stored(store, seconds) for seconds in (MINUTE_SECONDS, HOUR_SECONDS)] == before
    assert [len(rows) for rows in before] == [120, 2]
    assert sum(checks for _, checks in checks_stored(store, HOUR_SECONDS)) == sum(range(720))


def test_hours_are_all_their_minutes(store, rolling_up, clock):
    put(store, "one", a_window(hits=1), a_window(NOON + HOUR - TEN, 2), a_window(NOON + HOUR, 4))
    clock.now = NOON + 2 * HOUR + WAITS
    rolling_up.run()

    assert checks_stored(store, HOUR_SECONDS) == [(NOON, 3), (NOON + HOUR, 4)]


def test_a_window_that_comes_late_is_added_to_its_minute_and_its_hour(store, rolling_up, clock):
    put(store, "one", a_window(hits=1), a_window(NOON + TEN, 1))
    clock.now = NOON + HOUR + WAITS
    rolling_up.run()
    put(store, "two", a_window(hits=10))
    put(store, "one", a_window(hits=100))
    rolling_up.run()

    assert checks_stored(store, MINUTE_SECONDS) == checks_stored(store, HOUR_SECONDS) == [(NOON, 111)]
    assert rolling_up.dropped == 0


def test_what_is_read_is_the_same_before_and_after_rolling_up(store, rolling_up, clock):
    put(store, "one", *(a_window(NOON + n * TEN, n) for n in range(0, 800, 17)))
    put(store, "two", *(a_window(NOON + n * TEN, n, pool_in_use=n / 1000) for n in range(0, 800, 13)))
    before = {seconds: read(store, seconds) for seconds in (WINDOW_SECONDS, MINUTE_SECONDS, HOUR_SECONDS)}
    clock.now = NOON + 90 * MINUTE
    rolling_up.run()
    put(store, "three", a_window(NOON + 30 * MINUTE, 5000))
    late = read(store, HOUR_SECONDS)
    rolling_up.run()

    windows = before[WINDOW_SECONDS]
    minutes = [
        rolled_up(parts, NOON + n * MINUTE, 60)
        for n in range(140)
        if (parts := [each for each in windows if NOON + n * MINUTE <= each.start < NOON + (n + 1) * MINUTE])
    ]
    assert before[MINUTE_SECONDS] == minutes
    assert [each.checks for each in before[HOUR_SECONDS]] == [
        sum(each.checks for each in windows if each.start - NOON < HOUR),
        sum(each.checks for each in windows if HOUR <= each.start - NOON < 2 * HOUR),
        sum(each.checks for each in windows if each.start - NOON >= 2 * HOUR),
    ]
    assert late[0].checks == before[HOUR_SECONDS][0].checks + 5000
    assert read(store, HOUR_SECONDS) == late
    assert read(store, MINUTE_SECONDS, NOON, NOON + 30 * MINUTE) == [
        each for each in minutes if each.start < NOON + HOUR / 2
    ]


def test_old_windows_are_forgotten_when_they_have_been_rolled_up(store, rolling_up, clock):
    put(store, "one", *(a_window(NOON + n * MINUTE, 1) for n in range(180)))
    clock.now = NOON + 3 * HOUR + WAITS
    rolling_up.run()

    kept = checks_stored(store, WINDOW_SECONDS)
    assert kept[0][0] == NOON + 62 * MINUTE
    assert len(checks_stored(store, MINUTE_SECONDS)) == 180
    clock.now = NOON + 3 * DAY
    rolling_up.run()
    assert (checks_stored(store, WINDOW_SECONDS), checks_stored(store, MINUTE_SECONDS)) == ([], [])
    assert [checks for _, checks in checks_stored(store, HOUR_SECONDS)] == [60, 60, 60]
    clock.now = NOON + 4 * DAY + HOUR
    rolling_up.run()
    assert checks_stored(store, HOUR_SECONDS) == [(NOON + HOUR, 60), (NOON + 2 * HOUR, 60)]


def test_what_nobody_has_rolled_up_yet_is_not_forgotten_however_old(store, rolling_up, clock):
    put(store, "one", *(a_window(NOON + n * MINUTE, 1) for n in range(0, 180, 9)))
    clock.now = NOON + 3 * DAY
    rolling_up.run()

    assert [checks for _, checks in checks_stored(store, HOUR_SECONDS)] == [7, 7, 6]
    assert rolling_up.dropped == 0


def test_a_window_that_comes_after_its_minute_has_lost_its_parts_is_dropped_and_counted(store, rolling_up, clock):
    put(store, "one", a_window(hits=1), a_window(NOON + TEN, 2))
    clock.now = NOON + 3 * HOUR
    rolling_up.run()
    put(store, "two", a_window(hits=10), a_window(NOON + TEN, 10))
    assert [each.checks for each in read(store, MINUTE_SECONDS)] == [3]
    rolling_up.run()

    assert checks_stored(store, MINUTE_SECONDS) == checks_stored(store, HOUR_SECONDS) == [(NOON, 3)]
    assert (checks_stored(store, WINDOW_SECONDS), rolling_up.dropped) == ([], 2)


def test_any_number_may_roll_up_while_windows_are_written(store, clock):
    """Writers rewrite the same windows again and again; whatever the order, nothing is lost and nothing counted twice."""
    clock.now = NOON + 70 * MINUTE

    def write(process):
        for hits in range(1, 11):
            put(store, f"process-{process}", *(a_window(NOON + n * TEN, hits) for n in range(12)))

    def job(index):
        return write(index) if index % 2 else [roller(store, clock).run() for _ in range(5)]

    assert [each for each in all_at_once(6, job) if isinstance(each, Exception)] == []
    in_between = read(store, HOUR_SECONDS)
    roller(store, clock).run()

    assert checks_stored(store, MINUTE_SECONDS) == [(NOON, 180), (NOON + MINUTE, 180)]
    assert [each.checks for each in in_between] == [360]
    assert checks_stored(store, HOUR_SECONDS) == [(NOON, 360)]


def test_verdicts_are_forgotten_unless_something_was_done_for_them(store, clock):
    with store.work() as work:
        old, acted_for, young = (
            work.verdicts.add(a_verdict(at=at)) for at in (NOON - 2 * DAY, NOON - 2 * DAY, NOON - DAY + TICK)
        )
        work.rollouts.save(0, a_rollout(), a_rollout_change(verdict_id=acted_for))
    roller(store, clock).run()

    with store.view() as view:
        kept = [verdict.id for verdict in view.verdicts.list(PageRequest(10)).items]
    assert (old in kept, kept) == (False, [young, acted_for])


def test_a_store_that_is_down_is_unreadable_and_not_empty(store, clock):
    interrupted = Interrupted(store)
    put(store, "one", a_window())
    interrupted.down = True

    with pytest.raises(SourceUnreadable):
        read(interrupted, WINDOW_SECONDS)
    with pytest.raises(StoreUnavailable):
        roller(interrupted, clock).run()
    interrupted.down = False
    assert read(interrupted, WINDOW_SECONDS) == fleet_wide([a_window()])
