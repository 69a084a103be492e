"""Every store keeps measurement windows by length, start and process, and knows which are folded and closed."""

from datetime import timedelta
from threading import Event

import pytest
from walking import A_WHILE, all_at_once, fail_after

from builders import HOUR, NOON
from measured import BYPASSED, FAILED, HIT, STRICT, a_window, everything
from sellergate.domain.errors import InvalidInput
from sellergate.domain.histogram import EDGES
from sellergate.domain.measurements import Measurement
from sellergate.ports.measurements import StoredWindow

TEN = timedelta(seconds=10)
MINUTE = timedelta(minutes=1)


def put(store, process, *measurements, **facts):
    with store.work() as work:
        work.windows.put(process, measurements, **facts)


def between(store, seconds=10, since=NOON - HOUR, until=NOON + HOUR):
    with store.view() as view:
        return view.windows.between(seconds, since, until)


def unfolded(store, seconds=10, **more):
    with store.view() as view:
        return list(view.windows.unfolded(seconds, NOON - HOUR, NOON + HOUR, **more))


def fold(store, since=NOON, until=NOON + MINUTE):
    with store.work() as work:
        return work.windows.fold(10, since, until)


@pytest.mark.parametrize(
    "measurement",
    [
        a_window(hits=0),
        a_window(hits=0, pool_in_use=0.0),
        Measurement(
            start=NOON,
            seconds=3600,
            processes=17,
            counts={HIT: 10**12, FAILED: 1, STRICT: 2, BYPASSED: 3},
            latencies={0: 1, len(EDGES): 2},
            shared_hits=5,
            pool_in_use=0.3,
        ),
    ],
    ids=["nothing", "nobody waits", "everything"],
)
def test_a_window_comes_back_as_it_was_stored(store, measurement):
    put(store, "process-1", measurement)

    assert between(store, measurement.seconds) == [
        StoredWindow(process="process-1", measurement=measurement, folded=False, closed=False)
    ]


def test_a_window_is_stored_in_place_of_its_earlier_self(store):
    put(store, "process-1", a_window(hits=1), a_window(NOON + TEN, 2))
    put(store, "process-1", a_window(hits=5))
    put(store, "process-2", a_window(hits=7))
    put(store, "process-1", a_window(hits=9, seconds=60))

    assert [(row.process, row.measurement.checks) for row in between(store)] == [
        ("process-1", 5),
        ("process-2", 7),
        ("process-1", 2),
    ]


def test_a_span_has_its_first_moment_and_not_its_last(store):
    put(store, "process-1", *(a_window(NOON + n * TEN, n) for n in (1, 2, 3)))

    assert [row.measurement.checks for row in between(store, since=NOON + TEN, until=NOON + 3 * TEN)] == [1, 2]


def test_nothing_to_put_changes_nothing(store):
    put(store, "process-1")

    assert between(store) == []


def test_a_window_without_a_zone_is_refused(store):
    with pytest.raises(InvalidInput):
        put(store, "process-1", a_window(NOON.replace(tzinfo=None)))


def test_what_was_written_again_has_to_be_folded_again(store):
    put(store, "process-1", a_window(), a_window(NOON + MINUTE, 2))
    put(store, "process-2", a_window())
    assert unfolded(store) == [NOON, NOON + MINUTE]
    assert unfolded(store, limit=1) == [NOON]

    assert [each.checks for each in fold(store)] == [1, 1]
    assert unfolded(store) == [NOON + MINUTE]
    put(store, "process-2", a_window(hits=4))

    assert unfolded(store) == [NOON, NOON + MINUTE]
    assert [each.checks for each in fold(store)] == [1, 4]


def test_folding_gives_what_was_folded_before_as_well(store):
    put(store, "process-1", a_window(NOON + TEN), a_window())

    assert fold(store) == fold(store) == [a_window(), a_window(NOON + TEN)]


def test_a_folded_window_that_a_work_wrote_and_undid_stays_folded(store):
    put(store, "process-1", a_window())
    fold(store)
    fail_after(store, lambda work: work.windows.put("process-1", [a_window(hits=9)]))

    assert unfolded(store) == []
    assert [row.measurement.checks for row in between(store)] == [1]


def test_a_closed_window_stays_closed_when_it_is_written_again(store):
    put(store, "", a_window(seconds=60), a_window(NOON + MINUTE, seconds=60), folded=True)
    with store.work() as work:
        work.windows.close(60, NOON, NOON + MINUTE)
    put(store, "", a_window(hits=8, seconds=60))

    assert [(row.measurement.checks, row.closed, row.folded) for row in between(store, 60)] == [
        (8, True, False),
        (1, False, True),
    ]


def test_only_folded_windows_are_forgotten(store):
    put(store, "process-1", a_window(), a_window(NOON + TEN), a_window(NOON + 2 * TEN), folded=True)
    put(store, "process-2", a_window())
    put(store, "", a_window(seconds=60), folded=True)
    with store.work() as work:
        assert work.windows.forget(10, NOON + 2 * TEN) == 2

    assert [(row.process, row.measurement.start) for row in between(store)] == [
        ("process-2", NOON),
        ("process-1", NOON + 2 * TEN),
    ]
    assert len(between(store, 60)) == 1


def test_only_windows_that_are_not_folded_are_dropped(store):
    put(store, "process-1", a_window(), folded=True)
    put(store, "process-2", a_window(), a_window(NOON + MINUTE))
    with store.work() as work:
        assert work.windows.drop(10, NOON, NOON + MINUTE) == 1

    assert [(row.process, row.measurement.start) for row in between(store)] == [
        ("process-1", NOON),
        ("process-2", NOON + MINUTE),
    ]


def test_the_first_window_is_the_oldest_of_its_length(store):
    def first(seconds):
        with store.view() as view:
            return view.windows.first(seconds)

    assert first(10) is None
    put(store, "process-1", a_window(NOON + TEN), a_window())
    put(store, "", a_window(NOON - HOUR, seconds=60))

    assert (first(10), first(60)) == (NOON, NOON - HOUR)


def test_whoever_rolls_up_does_it_alone(store):
    inside, seen = [], []

    def roll_up(_):
        with store.work() as work:
            work.windows.begin_rolling_up()
            inside.append(1)
            seen.append(len(inside))
            put_in = a_window(hits=len(seen))
            work.windows.put("", [put_in])
            inside.pop()

    assert all_at_once(6, roll_up) == [None] * 6
    assert seen == [1] * 6


def test_no_window_is_overlooked_that_is_written_while_others_are_folded(store):
    """Whatever the order, what has not been given out by a fold is still to be folded."""
    given, stop = {}, Event()

    def write(process):
        for hits in range(1, 31):
            put(store, f"process-{process}", a_window(hits=hits))

    def roll_up(_):
        while not stop.wait(0):
            with store.work() as work:
                work.windows.begin_rolling_up()
                parts = work.windows.fold(10, NOON, NOON + MINUTE)
                work.windows.put("", [a_window(hits=everything(parts)[0].get(HIT, 0), seconds=60)])

    def job(index):
        if index > 2:
            return roll_up(index)
        try:
            return write(index)
        finally:
            given[index] = True
            if len(given) == 3:
                stop.set()

    assert all_at_once(5, job) == [None] * 5
    assert stop.wait(A_WHILE)
    still_to_fold = unfolded(store) == [NOON]

    assert still_to_fold or between(store, 60)[0].measurement.checks == 90
    assert everything(fold(store))[0] == {HIT: 90}
