"""How an operator moves the rollout: up, down, on hold, and off at once."""

import pytest

from sellergate.domain.errors import CriteriaNotMet, InvalidInput, InvalidStatus
from sellergate.domain.rollout import Phase, RolloutState, held, next_step, promoted, reduced, resumed, rolled_back

LIST = frozenset({"p-1"})

OFF = (Phase.OFF, 0)
SHADOW = (Phase.SHADOW, 0)
CANARY = (Phase.CANARY, 0)
FULL = (Phase.FULL, 100)


def share(percentage):
    return (Phase.PERCENTAGE, percentage)


def at(place, **changes):
    phase, percentage = place
    return RolloutState(phase=phase, percentage=percentage, canary_products=LIST, **changes)


def promote(state, percentage=None, canary_products=None, *, override=False):
    return promoted(state, percentage=percentage, canary_products=canary_products, override=override)


def place_of(state):
    return (state.phase, state.percentage)


@pytest.mark.parametrize(
    ("start", "percentage", "end"),
    [
        (OFF, None, SHADOW),
        (SHADOW, None, CANARY),
        (CANARY, None, share(50)),
        (share(50), None, FULL),
        (share(99), None, FULL),
        (share(10), None, share(50)),
        (share(49), None, share(50)),
        (CANARY, 1, share(1)),
        (CANARY, 99, share(99)),
        (CANARY, 100, FULL),
        (SHADOW, 10, share(10)),
        (share(10), 11, share(11)),
        (share(50), 100, FULL),
    ],
)
def test_a_promotion_goes_one_step_further_or_to_a_higher_share(start, percentage, end):
    moved = promote(at(start), percentage)

    assert place_of(moved) == end
    assert moved.canary_products == LIST
    assert percentage is not None or next_step(at(start)) == end


@pytest.mark.parametrize(
    ("start", "percentage"), [(CANARY, 0), (CANARY, -1), (CANARY, 101), (share(50), 50), (share(50), 49)]
)
def test_a_promotion_does_not_go_back(start, percentage):
    with pytest.raises(InvalidInput):
        promote(at(start), percentage)


@pytest.mark.parametrize("percentage", [None, 100])
def test_a_full_rollout_goes_no_further(percentage):
    assert next_step(at(FULL)) is None
    with pytest.raises(InvalidStatus):
        promote(at(FULL), percentage)


def test_a_promotion_may_name_the_canary_products():
    assert promote(at(SHADOW), canary_products=["p-2", "p-2", "p-3"]).canary_products == {"p-2", "p-3"}
    assert promote(at(SHADOW), canary_products=[]).canary_products == set()


def test_a_held_rollout_is_promoted_only_by_an_override_which_ends_the_hold():
    on_hold = held(at(CANARY))

    with pytest.raises(CriteriaNotMet):
        promote(on_hold)
    moved = promote(on_hold, override=True)
    assert (place_of(moved), moved.held) == (share(50), False)


@pytest.mark.parametrize(
    ("start", "percentage", "end"),
    [
        (FULL, None, share(50)),
        (share(99), None, share(50)),
        (share(51), None, share(50)),
        (share(50), None, share(10)),
        (share(11), None, share(10)),
        (share(10), None, OFF),
        (share(1), None, OFF),
        (CANARY, None, SHADOW),
        (FULL, 99, share(99)),
        (share(50), 49, share(49)),
        (share(50), 1, share(1)),
        (share(50), 0, OFF),
        (FULL, 0, OFF),
    ],
)
def test_a_reduction_goes_one_step_back_or_to_a_lower_share(start, percentage, end):
    moved = reduced(at(start), percentage)

    assert place_of(moved) == end
    assert moved.canary_products == LIST


@pytest.mark.parametrize(
    ("start", "percentage"), [(share(50), 50), (share(50), 51), (FULL, 100), (FULL, -1), (CANARY, 0), (CANARY, 5)]
)
def test_a_reduction_does_not_go_forward(start, percentage):
    with pytest.raises(InvalidInput):
        reduced(at(start), percentage)


@pytest.mark.parametrize("start", [OFF, SHADOW])
@pytest.mark.parametrize("percentage", [None, 0])
def test_where_nothing_is_enforced_nothing_can_be_reduced(start, percentage):
    with pytest.raises(InvalidStatus):
        reduced(at(start), percentage)


@pytest.mark.parametrize("start", [OFF, SHADOW, CANARY, share(50), FULL])
def test_a_rollback_is_off_whatever_was_and_keeps_the_canary_list(start):
    back = rolled_back(at(start, held=True))

    assert (place_of(back), back.held, back.canary_products) == (OFF, False, LIST)


@pytest.mark.parametrize("start", [OFF, SHADOW, CANARY, share(50), FULL])
def test_a_hold_changes_nothing_but_itself_and_ends_with_resume(start):
    state = at(start)

    assert held(state).held
    assert resumed(held(state)) == state


def test_a_hold_cannot_be_repeated_nor_ended_twice():
    with pytest.raises(InvalidStatus):
        held(held(at(CANARY)))
    with pytest.raises(InvalidStatus):
        resumed(at(CANARY))
