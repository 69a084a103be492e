"""Shadow denials: added up, written, bounded, and none lost that fits."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from gate_world import A_WHILE, NOON, SHADOW, FakeClock, World

from sellergate.domain.errors import StoreUnavailable
from sellergate.ports.queries import ShadowQuery
from sellergate.services.shadow import ShadowRecorder, ShadowReport

CODE = "ERR_SELLER_NOT_AUTHORIZED"


class Stubborn:
    """A store that takes nothing while `down`, and can let a few writes through first."""

    def __init__(self, store):
        self._store = store
        self.down = False
        self.lets_through = 0
        self.writes = 0

    def work(self):
        if self.down and self.lets_through == 0:
            raise StoreUnavailable
        self.lets_through -= self.down
        self.writes += 1
        return self._store.work()

    def read_aside(self, read):
        return self._store.read_aside(read)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def stubborn(store):
    return Stubborn(store)


def denials(store):
    return ShadowReport(store).totals(ShadowQuery())["denials"]


def record(recorder, product="p-1", *, seller="anna", stage="cart", value=None):
    recorder.record(seller, product, stage, CODE, value)


def test_denials_of_the_same_pair_stage_and_code_are_one_count(store, clock):
    recorder = ShadowRecorder(store, now=clock.now)
    record(recorder, value=Decimal("9.90"))
    clock.advance(5)
    record(recorder, value=Decimal("0.20"))
    record(recorder, stage="order")
    assert recorder.flush()

    page = ShadowReport(store).search(ShadowQuery())
    assert [(row.count.key.stage, row.count.count, row.count.value) for row in page.items] == [
        ("cart", 2, Decimal("10.10")),
        ("order", 1, Decimal(0)),
    ]
    first = page.items[0].count
    assert (first.first_seen, first.last_seen) == (NOON, NOON + timedelta(seconds=5))
    assert page.items[0].supplier_id == "acme"


def test_flushes_add_up(store, clock):
    recorder = ShadowRecorder(store, now=clock.now)
    for _ in range(3):
        record(recorder)
        recorder.flush()

    assert (denials(store), len(recorder)) == (3, 0)


@pytest.mark.parametrize(
    ("value", "counted"),
    [
        (Decimal("1.5"), "1.5"),
        (3, "3"),
        (0.1, "0.1"),
        (None, "0"),
        (float("nan"), "0"),
        (Decimal("Infinity"), "0"),
        ("x", "0"),
    ],
)
def test_a_value_that_is_no_amount_counts_as_nothing(store, clock, value, counted):
    recorder = ShadowRecorder(store, now=clock.now)
    record(recorder, value=value)
    recorder.flush()

    assert ShadowReport(store).search(ShadowQuery()).items[0].count.value == Decimal(counted)


def test_a_flush_that_fails_loses_nothing(stubborn, clock, caplog):
    recorder = ShadowRecorder(stubborn, now=clock.now)
    record(recorder)
    stubborn.down = True
    assert not recorder.flush()
    clock.advance(1)
    record(recorder)
    record(recorder, "p-2")
    assert not recorder.flush()
    stubborn.down = False
    assert recorder.flush()

    assert denials(stubborn) == 3
    first = ShadowReport(stubborn).search(ShadowQuery()).items[0].count
    assert (first.count, first.first_seen, first.last_seen) == (2, NOON, NOON + timedelta(seconds=1))
    assert caplog.text.count("cannot be written") == 1


def test_what_is_counted_while_a_flush_fails_is_added_to_what_comes_back(store, clock):
    class Counts:
        def work(self):
            clock.advance(1)
            record(recorder)
            raise StoreUnavailable

    recorder = ShadowRecorder(Counts(), now=clock.now)
    record(recorder)
    recorder.flush()
    recorder._store = store
    assert len(recorder) == 1
    assert recorder.flush()

    (row,) = ShadowReport(store).search(ShadowQuery()).items
    assert (row.count.count, row.count.first_seen, row.count.last_seen) == (2, NOON, NOON + timedelta(seconds=1))


def test_a_flush_that_fails_halfway_writes_nothing_twice(stubborn, clock, monkeypatch):
    monkeypatch.setattr("sellergate.services.tallies.A_TRANSACTION", 10)
    recorder = ShadowRecorder(stubborn, now=clock.now)
    for number in range(35):
        record(recorder, f"p-{number}")
    stubborn.down, stubborn.lets_through = True, 2
    assert not recorder.flush()
    assert len(recorder) == 15
    stubborn.down = False
    assert recorder.flush()

    assert denials(stubborn) == 35


def test_only_new_keys_are_dropped_and_only_beyond_twice_the_bound(stubborn, clock):
    stubborn.down = True
    recorder = ShadowRecorder(stubborn, now=clock.now, most_keys=5)
    for number in range(12):
        record(recorder, f"p-{number}")
        recorder.flush()
        record(recorder, "p-0")

    assert (len(recorder), recorder.dropped) == (10, 2)
    stubborn.down = False
    assert recorder.flush()
    assert denials(stubborn) == 22
    record(recorder, "p-11")
    assert recorder.dropped == 2


def test_more_than_the_bound_asks_for_a_flush_at_once(store, clock):
    recorder = ShadowRecorder(store, now=clock.now, most_keys=5)
    recorder.start()
    try:
        for number in range(6):
            record(recorder, f"p-{number}")
        deadline = time.monotonic() + A_WHILE
        while denials(store) < 6 and time.monotonic() < deadline:
            time.sleep(0.005)
        assert denials(store) == 6
    finally:
        recorder.stop()


def test_stopping_writes_what_is_left(store, clock):
    recorder = ShadowRecorder(store, now=clock.now)
    recorder.start()
    record(recorder)
    recorder.stop()

    assert denials(store) == 1


def test_no_denial_is_lost_while_flushes_and_checks_run_at_once(store, clock):
    recorder = ShadowRecorder(store, now=clock.now)
    done = threading.Event()

    def flush_until_done():
        while not done.is_set():
            recorder.flush()

    with ThreadPoolExecutor(5) as pool:
        flushing = pool.submit(flush_until_done)
        writers = [pool.submit(lambda: [record(recorder, f"p-{n % 7}") for n in range(500)]) for _ in range(4)]
        for writer in writers:
            writer.result(A_WHILE)
        done.set()
        flushing.result(A_WHILE)
    recorder.flush()

    assert (denials(store), len(recorder)) == (2000, 0)


def test_the_gate_hands_on_what_the_sale_is_worth(store):
    world = World(store, rollout=SHADOW)
    for _ in range(2):  # from the store, then from memory
        world.gate.check("ben", "p-1", stage="order", value=Decimal("5.00"))
    world.gate.check("anna", "p-1", value=Decimal("5.00"))
    world.shadow.flush()

    (row,) = ShadowReport(store).search(ShadowQuery()).items
    assert (row.count.key.seller_id, row.count.key.stage, row.count.key.error_code) == ("ben", "order", CODE)
    assert (row.count.count, row.count.value) == (2, Decimal("10.00"))
