"""How many workers are started and which are let go: never too few, and never more than one beyond."""

from dataclasses import dataclass

import pytest

from sellergate.server.fleet import State, missing, surplus

S, R, D = State.STARTING, State.READY, State.DRAINING


@dataclass
class Worker:
    generation: int
    state: State


def workers(*pairs):
    return [Worker(generation, state) for generation, state in pairs]


@pytest.mark.parametrize(
    ("there", "start"),
    [
        ([], 2),
        ([(1, S)], 1),
        ([(1, R)], 1),
        ([(1, S), (1, S)], 0),
        ([(1, R), (1, R)], 0),
        ([(1, R), (1, D)], 1),
    ],
)
def test_those_that_lack_are_started_at_once(there, start):
    assert missing(workers(*there), generation=1, wanted=2) == start


@pytest.mark.parametrize(
    ("there", "start"),
    [
        ([(1, R), (1, R)], 1),
        ([(1, R), (1, S)], 0),
        ([(1, R), (1, R), (2, S)], 0),
        ([(1, R), (2, R), (1, D)], 0),
        ([(1, R), (2, R)], 1),
        ([(2, R), (2, R)], 0),
        ([(2, R), (1, D)], 1),
    ],
)
def test_an_older_generation_is_replaced_one_by_one(there, start):
    assert missing(workers(*there), generation=2, wanted=2) == start


def test_who_is_too_many_goes_when_enough_are_ready_the_oldest_first():
    there = workers((2, R), (1, R), (2, S))
    assert surplus(there, wanted=2) == []

    there[2].state = R
    assert surplus(there, wanted=2) == [there[1]]
    assert surplus(there, wanted=1) == [there[1], there[0]]


def test_a_restart_walks_through_without_ever_having_too_few():
    there = workers((1, R), (1, R), (1, R))
    for _ in range(40):
        for leaving in surplus(there, wanted=3):
            leaving.state = D
        there += [Worker(2, S) for _ in range(missing(there, generation=2, wanted=3))]
        assert sum(worker.state is R for worker in there) >= 3
        assert len(there) <= 4
        moving = next((worker for worker in there if worker.state is not R), None)
        if moving is None:
            break
        if moving.state is S:
            moving.state = R
        else:
            there.remove(moving)

    assert [worker.generation for worker in there] == [2, 2, 2]
