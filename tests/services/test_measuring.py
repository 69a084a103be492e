"""A process writes down what it has counted, whatever becomes of the store in between."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOON
from measured import Interrupted, everything
from sellergate.adapters.memory import MemoryStore
from sellergate.domain.gate import DECISIONS, Mode, Reason, Stage
from sellergate.domain.measurements import WINDOW_SECONDS, Counted, Measurement
from sellergate.services.counting import OFFSETS, Counters, Meter, bin_of
from sellergate.services.measuring import KEPT_FOR, Measuring
from sellergate.services.stored_windows import StoredWindows

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
A_WHILE = 20
APPROVED = next(decision for decision in DECISIONS if decision.reason is Reason.APPROVED)
FAILED = next(decision for decision in DECISIONS if decision.reason is Reason.CHECK_FAILED)
HIT = Counted(Stage.CART, Mode.ENFORCED, Reason.APPROVED, True)
FAILURE = Counted(Stage.SETTLEMENT, Mode.SHADOW, Reason.CHECK_FAILED, None)


class World:
    """One process after the other over one store, with a clock that moves when told to."""

    def __init__(self, store=None):
        self.store = Interrupted(store or MemoryStore())
        self.at = NOON
        self.pool = None
        self.again = {}
        self.processes = 0
        self.begin()

    def begin(self):
        self.processes += 1
        self.counters = Counters()
        self.measuring = Measuring(
            self.store,
            process_id=f"process-{self.processes}",
            take=Meter(self.counters).take,
            take_again=self._take_again,
            pool_in_use=lambda: self.pool,
            now=lambda: self.at,
        )

    def _take_again(self):
        taken, self.again = self.again, {}
        return taken

    def hit(self, times=1, nanoseconds=700):
        for _ in range(times):
            place = OFFSETS[Mode.ENFORCED] + APPROVED.index
            self.counters.local.cells.count("cart", place, True, nanoseconds)

    def fail(self, times=1):
        for _ in range(times):
            self.counters.local.cells.count("settlement", OFFSETS[Mode.SHADOW] + FAILED.index, None, 10**9)

    def later(self, seconds):
        self.at += seconds * SECOND

    @property
    def stored(self):
        return StoredWindows(self.store).windows(WINDOW_SECONDS, NOON - DAY, NOON + DAY)


@pytest.fixture
def world():
    return World()


def test_what_is_counted_goes_to_the_window_it_was_counted_in(world):
    world.later(3)
    world.measuring.fold()
    world.hit(2, nanoseconds=700)
    world.fail()
    world.later(7)
    world.measuring.fold()
    world.hit(5)
    world.later(2)
    world.measuring.fold()
    assert world.measuring.flush()

    assert world.stored == [
        Measurement(start=NOON, counts={HIT: 2, FAILURE: 1}, latencies={bin_of(700): 2, bin_of(10**9): 1}),
        Measurement(start=NOON + 10 * SECOND, counts={HIT: 5}, latencies={bin_of(700): 5}),
    ]


def test_how_old_answers_were_when_they_were_missed_goes_to_the_same_window_and_adds_up(world):
    world.again = {24: 2}
    world.measuring.fold()
    world.again = {24: 1, 30: 5}
    world.later(2)
    world.measuring.fold()
    world.measuring.flush()
    world.begin()  # another process
    world.again = {30: 1}
    world.measuring.fold()
    world.measuring.flush()

    assert [window.again for window in world.stored if window.again] == [{24: 3, 30: 6}]


def test_a_window_in_which_nothing_was_checked_is_written_and_one_nobody_measured_is_not(world):
    world.measuring.fold()
    world.later(10)
    world.measuring.fold()
    world.later(60)
    world.measuring.fold()
    world.measuring.flush()

    assert world.stored == [Measurement(start=NOON + n * SECOND) for n in (0, 10, 70)]


def test_the_running_window_is_written_while_it_runs(world):
    world.measuring.fold()
    for n in range(1, 4):
        world.hit()
        world.later(2)
        world.measuring.fold()
        world.measuring.flush()
        assert [each.checks for each in world.stored] == [n]


def test_a_window_that_has_not_changed_is_not_written_again(world):
    world.measuring.fold()
    world.measuring.flush()
    world.later(2)
    world.measuring.fold()

    assert world.measuring.waiting == 0


def test_the_pool_is_as_full_as_it_was_at_its_fullest(world):
    for share in (0.1, 0.9, 0.3):
        world.pool = share
        world.measuring.sample()
    world.later(10)
    world.measuring.fold()
    world.pool = 0.2
    world.measuring.sample()
    world.measuring.flush()

    assert [each.pool_in_use for each in world.stored] == [0.9, 0.2]


def test_a_process_knows_its_own_last_minutes_without_the_store(world):
    world.store.down = True
    world.measuring.fold()
    for _ in range(90):
        world.hit()
        world.later(10)
        world.measuring.fold()
        world.measuring.flush()

    recent = world.measuring.recent()
    assert [each.start for each in recent] == [world.at - n * 10 * SECOND for n in range(60, -1, -1)]
    assert [each.checks for each in recent] == [1] * 60 + [0]


def test_windows_wait_for_the_store_for_an_hour_and_are_counted_when_they_are_given_up(world):
    world.store.down = True
    world.measuring.fold()
    for _ in range(KEPT_FOR // (10 * SECOND) + 2):
        world.hit()
        world.later(10)
        world.measuring.fold()
    assert not world.measuring.flush()
    world.store.down = False
    assert world.measuring.flush()

    assert world.measuring.dropped == 2
    assert world.stored[0].start == NOON + 20 * SECOND
    assert sum(each.checks for each in world.stored) == 360


def test_a_clock_that_is_set_back_a_little_loses_nothing(world):
    world.measuring.fold()
    world.hit()
    world.later(11)
    world.measuring.fold()
    world.hit()
    world.later(-8)
    world.measuring.fold()
    world.hit()
    world.measuring.fold()
    world.measuring.flush()

    assert [each.checks for each in world.stored] == [2, 1]


STEPS = st.one_of(
    st.tuples(st.just("hit"), st.integers(1, 5)),
    st.tuples(st.just("fail"), st.integers(1, 3)),
    st.tuples(st.just("later"), st.sampled_from([0.5, 1, 2, 3, 10, 45])),
    st.tuples(st.sampled_from(["fold", "flush", "sample", "break", "mend", "restart"])),
)


@given(st.lists(STEPS, max_size=60))
def test_the_windows_in_the_store_add_up_to_what_was_checked(steps):
    """Whatever the order of counting, folding and writing, with the store down in between, and over restarts."""
    world = World()
    hits = failures = 0
    for name, *arguments in steps:
        match name:
            case "hit":
                hits += arguments[0]
                world.hit(*arguments)
            case "fail":
                failures += arguments[0]
                world.fail(*arguments)
            case "later":
                world.later(*arguments)
            case "break" | "mend":
                world.store.down = name == "break"
            case "restart":
                world.store.down = False
                world.measuring.stop()
                world.begin()
            case _:
                getattr(world.measuring, name)()
    world.store.down = False
    world.measuring.stop()

    assert everything(world.stored) == (
        {key: times for key, times in ((HIT, hits), (FAILURE, failures)) if times},
        {place: times for place, times in ((bin_of(700), hits), (bin_of(10**9), failures)) if times},
        0,
    )


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_nothing_is_lost_or_doubled_between_threads(kind, request):
    world = World(request.getfixturevalue(f"{kind}_store"))
    threads, each = 4, 3_000
    done = threading.Event()

    def fold(_):
        while not done.wait(0.001):
            world.measuring.sample()
            world.measuring.fold()
            world.at += 0.1 * SECOND

    def flush(_):
        while not done.wait(0.002):
            world.store.down = not world.store.down
            world.measuring.flush()

    with ThreadPoolExecutor(threads + 4) as pool:
        busy = [pool.submit(job, None) for job in (fold, fold, flush, flush)]
        for counting in [pool.submit(world.hit, each) for _ in range(threads)]:
            counting.result(A_WHILE)
        done.set()
        for job in busy:
            job.result(A_WHILE)
    world.store.down = False
    world.measuring.stop()

    assert everything(world.stored)[0] == {HIT: threads * each}


def test_its_own_threads_write_windows_that_begin_on_whole_tens_of_seconds(sqlite_store):
    measuring = Measuring(sqlite_store, process_id="one", take=Meter(Counters()).take, pool_in_use=lambda: 0.5)
    measuring.start()
    deadline = threading.Event()
    for _ in range(A_WHILE * 10):
        with sqlite_store.view() as view:
            first = view.windows.first(WINDOW_SECONDS)
        if first is not None:
            break
        deadline.wait(0.1)
    measuring.stop()

    assert first is not None
    assert first.timestamp() % WINDOW_SECONDS == 0
    assert not [
        thread for thread in threading.enumerate() if thread.name in ("sellergate-measuring", "sellergate-windows")
    ]
