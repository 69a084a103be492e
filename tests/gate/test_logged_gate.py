"""A gate that logs answers as one that does not, and logs each answer once, however it was asked."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from gate_world import FULL, NOON, SHADOW, World

from sellergate.domain.errors import InvalidInput
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.services.gate import Gate
from sellergate.services.logged_gate import logged

HALF = RolloutState(phase=Phase.PERCENTAGE, percentage=1)


class Kept:
    def __init__(self):
        self.decisions = []

    def put(self, *decision):
        self.decisions.append(decision)


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def logging_world(store, kept):
    return lambda **options: World(store, gate_type=logged(Gate, kept), **options)


@pytest.mark.parametrize("rollout", [FULL, SHADOW, HALF])
@pytest.mark.parametrize("warm", [False, True])
def test_every_way_of_asking_is_logged_once_with_its_answer(logging_world, kept, rollout, warm):
    world = logging_world(rollout=rollout)
    gate = world.gate
    if warm:
        gate.check("anna", "p-1")
        kept.decisions.clear()

    answers = [gate.check("anna", "p-1", stage="order", value=Decimal(5))]
    answers.append(asyncio.run(gate.acheck("anna", "p-1", value=2)))
    answers += gate.check_many("anna", ["p-1", "p-2", "p-1"])
    allowed = gate.allows("anna", "p-1", stage="settlement", consistency="strict")
    cached = gate.try_cached("anna", "p-1")

    assert [decision[-1] for decision in kept.decisions][:5] == answers
    assert [decision[:4] for decision in kept.decisions] == [
        ("anna", "p-1", "order", Decimal(5)),
        ("anna", "p-1", "cart", 2),
        ("anna", "p-1", "cart", None),
        ("anna", "p-2", "cart", None),
        ("anna", "p-1", "cart", None),
        ("anna", "p-1", "settlement", None),
        ("anna", "p-1", "cart", None),
    ]
    assert (kept.decisions[5][-1].allowed, kept.decisions[6][-1]) == (allowed, cached)


def test_what_memory_does_not_know_is_logged_by_whoever_asks_the_store(logging_world, kept):
    world = logging_world()

    assert world.gate.try_cached("anna", "p-1") is None
    assert kept.decisions == []


def test_the_past_is_logged_as_any_other_check(logging_world, kept):
    world = logging_world()
    world.gate.check("anna", "p-1", as_of=NOON - timedelta(days=1))

    assert len(kept.decisions) == 1


def test_what_is_no_question_is_not_logged(logging_world, kept):
    world = logging_world()
    with pytest.raises(InvalidInput):
        world.gate.check("anna", "p-1", stage="returns")

    assert kept.decisions == []
