"""Counts of many threads, none of them lost, and where they are put."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from gate_world import A_WHILE, TTL, World

from sellergate.domain.cache_advice import age_bin
from sellergate.domain.gate import DECISIONS, Mode
from sellergate.domain.histogram import BINS, EDGES
from sellergate.services.counting import NEAR, OFFSETS, Counters, Meter, bin_of


def test_no_count_is_lost_with_many_threads_that_end(world):
    world.gate.check("anna", "p-1")
    threads = [
        threading.Thread(target=lambda: [world.gate.check("anna", "p-1") for _ in range(10)]) for _ in range(300)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(A_WHILE)

    assert sum(world.counts.values()) == 3001
    totals = world.counters.totals()
    assert sum(totals.hit_bins) + sum(totals.miss_bins) == 3001
    assert world.counters.threads == 1


def test_a_check_that_misses_what_had_run_out_tells_how_old_it_was_and_a_strict_one_does_not(world):
    """Cached checks leave nothing behind: only the one that asked the store does."""
    for _ in range(3):
        world.gate.check("anna", "p-1")
    world.clock.advance(2 * TTL)
    world.gate.check("anna", "p-1", consistency="strict")
    assert world.memory.take_again() == {}

    world.clock.advance(2 * TTL)
    world.gate.check("anna", "p-1")
    [place] = world.memory.take_again()
    assert age_bin(2 * TTL) <= place <= age_bin(2 * TTL + 0.11 * TTL)


def test_ended_threads_are_not_kept_even_if_nobody_asks_for_totals():
    counters = Counters()
    for _ in range(500):
        thread = threading.Thread(target=lambda: counters.local.cells.count("cart", 0, cache_hit=True, nanoseconds=5))
        thread.start()
        thread.join(A_WHILE)

    assert counters.threads < 250
    assert sum(counters.totals().hit_bins) == 500


def test_counts_are_right_while_other_threads_go_on_counting(world):
    world.gate.check("anna", "p-1")
    stop = threading.Event()

    def check_until_stopped():
        count = 0
        while not stop.is_set():
            world.gate.check("anna", "p-1")
            count += 1
        return count

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(check_until_stopped) for _ in range(4)]
        readings = [sum(world.counts.values()) for _ in range(20)]
        stop.set()
        made = sum(run.result(A_WHILE) for run in running)

    assert readings == sorted(readings)
    assert sum(world.counts.values()) == made + 1


def test_a_meter_gives_every_count_out_once(world):
    meter, other = Meter(world.counters), Meter(world.counters)
    taken = []
    for _ in range(3):
        world.gate.check("anna", "p-1")
        taken.append([count.times for count in meter.take().checks()])

    assert taken == [[1], [1], [1]]
    assert list(meter.take().checks()) == []
    assert sum(count.times for count in other.take().checks()) == 3


def test_hits_misses_and_unasked_are_told_apart(world):
    world.gate.check("anna", "p-1")
    world.gate.check("anna", "p-1")
    world.gate.check("anna", "p-1", stage="settlement")

    totals = world.counters.totals()
    assert (sum(totals.hit_bins), sum(totals.miss_bins)) == (1, 2)
    assert world.counts == {
        ("cart", "ENFORCED", "APPROVED", False): 1,
        ("cart", "ENFORCED", "APPROVED", True): 1,
        ("settlement", "ENFORCED", "APPROVED", None): 1,
    }


@pytest.mark.parametrize(
    "nanoseconds", [0, 1, 99, 700, NEAR - 1, NEAR, NEAR + 1, *EDGES, *(edge + 1 for edge in EDGES)]
)
def test_a_latency_is_put_into_the_bin_whose_edges_hold_it(nanoseconds):
    place = bin_of(nanoseconds)

    assert place == BINS - 1 or nanoseconds <= EDGES[place]
    assert place == 0 or nanoseconds > EDGES[place - 1]


def test_the_time_a_check_takes_is_measured_from_its_beginning_to_its_end(store):
    world = World(store)
    facts = world.reader.facts
    world.reader.facts = lambda *asked: (world.clock.advance(0.005), facts(*asked))[1]

    world.gate.check("anna", "p-1")

    totals = world.counters.totals()
    assert totals.miss_ns == 5_000_000
    assert totals.miss_bins[EDGES.index(5_000_000)] == 1


def test_every_mode_has_room_for_every_decision():
    places = {offset + decision.index for offset in OFFSETS.values() for decision in DECISIONS}

    assert len(places) == len(Mode) * len(DECISIONS)
