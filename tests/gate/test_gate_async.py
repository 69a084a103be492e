"""The gate in asynchronous programs: at once from memory, in a thread from the store."""

import asyncio
import threading

import pytest
from gate_world import FULL, World

from sellergate.domain.rollout import Phase, RolloutState


def test_what_is_remembered_is_answered_without_leaving_the_loop(world):
    world.gate.check("anna", "p-1")

    async def ask():
        threads = threading.active_count()
        answer = await world.gate.acheck("anna", "p-1")
        return answer, threading.active_count() - threads

    answer, started = asyncio.run(ask())
    assert (answer.cache_hit, started) == (True, 0)


def test_the_loop_goes_on_while_the_store_is_asked(world):
    hold = world.reader.hold_next()

    async def ask():
        asked = asyncio.create_task(world.gate.acheck("anna", "p-1"))
        await asyncio.to_thread(world.reader.wait_until_held)
        assert not asked.done()
        hold.set()
        return await asked

    answer = asyncio.run(ask())
    world.gate.close()
    assert (answer.allowed, answer.cache_hit) == (True, False)
    assert world.counts == {("cart", "ENFORCED", "APPROVED", False): 1}


def test_strict_checks_and_the_past_go_to_a_thread(world):
    async def ask():
        strict = await world.gate.acheck("anna", "p-1", stage="settlement")
        return strict, await world.gate.acheck("anna", "p-3", as_of=world.clock.now())

    strict, past = asyncio.run(ask())
    world.gate.close()
    assert (strict.reason, past.reason) == ("APPROVED", "NO_AUTHORIZATION")


@pytest.mark.parametrize("stage", ["cart", "order", "settlement"])
def test_without_the_store_only_memory_answers_and_nothing_else_is_counted(world, stage):
    assert world.gate.try_cached("anna", "p-1", stage=stage) is None
    assert (world.counts, world.reader.calls) == ({}, [])

    world.gate.check("anna", "p-1")
    answer = world.gate.try_cached("anna", "p-1", stage=stage)
    assert answer is None if stage == "settlement" else answer.cache_hit


def test_what_needs_no_store_is_answered_for_every_stage(store):
    off = World(store, rollout=RolloutState(phase=Phase.OFF)).gate
    bypassed = World(store, rollout=RolloutState(phase=Phase.CANARY)).gate
    bypassed.check("anna", "p-1")

    for stage in ("cart", "order", "settlement"):
        assert off.try_cached("anna", "p-1", stage=stage).mode == "OFF"
        assert bypassed.try_cached("anna", "p-1", stage=stage).mode == "BYPASSED"


@pytest.mark.parametrize(("seller", "product", "stage"), [("a b", "p", "cart"), (None, [], "cart"), ("a", "p", "x")])
def test_a_bad_question_is_left_to_check(store, seller, product, stage):
    assert World(store, rollout=FULL).gate.try_cached(seller, product, stage=stage) is None
