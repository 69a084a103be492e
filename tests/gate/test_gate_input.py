"""What cannot be asked."""

from datetime import datetime, timedelta, timezone

import pytest
from gate_world import FULL, NOON, SHADOW, World

from sellergate.domain.errors import InvalidInput
from sellergate.domain.rollout import Phase, RolloutState

EVALUATING = [FULL, SHADOW, RolloutState(phase=Phase.PERCENTAGE, percentage=99)]
LONG_AGO = datetime.min.replace(tzinfo=timezone(timedelta(hours=9)))
BAD_IDS = ["", "a" * 65, "a b", "a\n", "한국", None, 7, ["p-1"], b"p-1"]


@pytest.mark.parametrize("state", EVALUATING, ids=lambda state: state.phase.value)
@pytest.mark.parametrize("bad", BAD_IDS, ids=repr)
def test_what_is_no_identifier_is_refused(store, state, bad):
    gate = World(store, rollout=state).gate

    for ask in (
        lambda: gate.check(bad, "p-1"),
        lambda: gate.check("anna", bad),
        lambda: gate.check(bad, "p-1", stage="settlement"),
        lambda: gate.check("anna", bad, as_of=NOON),
        lambda: gate.allows("anna", bad),
        lambda: gate.check_many(bad, ["p-1"]),
        lambda: gate.check_many("anna", ["p-1", bad]),
    ):
        with pytest.raises(InvalidInput):
            ask()


@pytest.mark.parametrize("state", [*EVALUATING, RolloutState(phase=Phase.OFF)], ids=lambda state: state.phase.value)
@pytest.mark.parametrize("stage", ["", "Cart", "checkout", None, 1, ["cart"]], ids=repr)
def test_an_unknown_stage_is_refused_whatever_the_phase(store, state, stage):
    gate = World(store, rollout=state).gate
    gate.check("anna", "p-1")

    for ask in (
        gate.check,
        gate.allows,
        lambda seller, product, stage: gate.check_many(seller, [product], stage=stage),
    ):
        with pytest.raises(InvalidInput, match="stage"):
            ask("anna", "p-1", stage=stage)


@pytest.mark.parametrize("consistency", ["", "eventual", 1])
def test_an_unknown_consistency_is_refused(world, consistency):
    with pytest.raises(InvalidInput, match="consistency"):
        world.gate.check("anna", "p-1", consistency=consistency)


@pytest.mark.parametrize(
    "as_of",
    [NOON.replace(tzinfo=None), NOON + timedelta(milliseconds=1), "2026-03-01T12:00:00Z", LONG_AGO],
    ids=["naive", "future", "text", "long-ago"],
)
def test_a_moment_without_zone_or_in_the_future_or_before_all_time_is_refused(world, as_of):
    with pytest.raises(InvalidInput, match="asOf"):
        world.gate.check("anna", "p-1", as_of=as_of)


def test_a_refused_question_is_not_counted(world):
    for ask in (lambda: world.gate.check("anna", "p 1"), lambda: world.gate.check("anna", "p-1", stage="checkout")):
        with pytest.raises(InvalidInput):
            ask()

    assert world.counts == {}


def test_the_longest_identifier_is_one(world):
    assert world.gate.check("s" * 64, "p" * 64).reason == "PRODUCT_NOT_FOUND"
