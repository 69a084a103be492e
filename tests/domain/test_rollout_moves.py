"""How an operator moves the rollout: up, down, on hold, and off at once."""

import pytest

from builders import QUICK_PLAN, THE_PLAN, a_plan, a_share
from sellergate.domain.errors import InvalidInput, InvalidStatus
from sellergate.domain.plan import CanarySelection, Step
from sellergate.domain.rollout import Phase, RolloutState, Unselected
from sellergate.domain.rollout_moves import adopted, held, promoted, reduced, resumed, rolled_back

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


def promote(state, percentage=None, canary_products=None, *, plan=THE_PLAN):
    return promoted(state, plan, percentage=percentage, canary_products=canary_products)


def place_of(thing):
    return (thing.kind if isinstance(thing, Step) else thing.phase, thing.percentage)


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
    assert percentage is not None or place_of(THE_PLAN.next_step(at(start))) == end


@pytest.mark.parametrize(
    ("start", "percentage"), [(CANARY, 0), (CANARY, -1), (CANARY, 101), (share(50), 50), (share(50), 49)]
)
def test_a_promotion_does_not_go_back(start, percentage):
    with pytest.raises(InvalidInput):
        promote(at(start), percentage)


@pytest.mark.parametrize("percentage", [None, 100])
def test_a_full_rollout_goes_no_further(percentage):
    assert THE_PLAN.next_step(at(FULL)) is None
    with pytest.raises(InvalidStatus):
        promote(at(FULL), percentage)


def test_a_promotion_may_name_the_canary_products():
    assert promote(at(SHADOW), canary_products=["p-2", "p-2", "p-3"]).canary_products == {"p-2", "p-3"}
    assert promote(at(SHADOW), canary_products=[]).canary_products == set()


def test_a_promotion_ends_a_hold():
    moved = promote(held(at(CANARY)))

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
    moved = reduced(at(start), THE_PLAN, percentage)

    assert place_of(moved) == end
    assert moved.canary_products == LIST


@pytest.mark.parametrize(
    ("start", "percentage"), [(share(50), 50), (share(50), 51), (FULL, 100), (FULL, -1), (CANARY, 0), (CANARY, 5)]
)
def test_a_reduction_does_not_go_forward(start, percentage):
    with pytest.raises(InvalidInput):
        reduced(at(start), THE_PLAN, percentage)


@pytest.mark.parametrize("start", [OFF, SHADOW])
@pytest.mark.parametrize("percentage", [None, 0])
def test_where_nothing_is_enforced_nothing_can_be_reduced(start, percentage):
    with pytest.raises(InvalidStatus):
        reduced(at(start), THE_PLAN, percentage)


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


OPEN_SHADOW = Step(name="enrol", kind=Phase.SHADOW, endpoints=True, unselected=Unselected.BYPASS)
CLOSED_CANARY = Step(name="quiet", kind=Phase.CANARY, endpoints=False, unselected=Unselected.BYPASS)
GROWN_CANARY = Step(name="canary", kind=Phase.CANARY, canary=CanarySelection(products=("p-7", "p-8")))
LONG = a_plan(OPEN_SHADOW, CLOSED_CANARY, GROWN_CANARY, *(a_share(percentage) for percentage in (5, 25, 50, 75)))


def ladder(plan, state):
    while (state := promoted(state, plan)) and state.phase is not Phase.FULL:
        yield state
    yield state


def test_a_plan_of_many_steps_is_climbed_one_by_one():
    climbed = list(ladder(LONG, at(OFF)))

    assert [state.step for state in climbed] == [step.name for step in LONG.steps]
    assert [state.endpoints_open for state in climbed] == [step.endpoints for step in LONG.steps]
    assert [state.unselected for state in climbed] == [step.unselected for step in LONG.steps]
    assert [state.percentage for state in climbed] == [0, 0, 0, 0, 5, 25, 50, 75, 100]


def test_the_products_a_step_lists_join_the_canary_and_stay():
    climbed = {state.step: state.canary_products for state in ladder(LONG, at(SHADOW))}

    assert climbed["quiet"] == {"p-1"}
    assert climbed["canary"] == climbed["full"] == {"p-1", "p-7", "p-8"}


@pytest.mark.parametrize(
    ("start", "step"),
    [
        (OFF, "shadow"),
        (SHADOW, "enrol"),
        (CANARY, "canary"),
        (share(4), "share-5"),
        (share(5), "share-25"),
        (share(60), "share-75"),
    ],
)
def test_a_state_without_a_step_goes_to_the_first_one_beyond_it(start, step):
    assert promoted(at(start), LONG).step == step


def test_a_state_whose_step_the_plan_no_longer_has_is_placed_by_what_it_enforces():
    assert LONG.place_of(at(share(25), step="half")) == LONG.place_of(at(share(25), step="share-5")) == 5
    assert LONG.step_of(at(share(25), step="half")).name == "share-25"
    assert LONG.step_of(at(share(30))) is None


def test_a_share_that_is_a_step_is_that_step_and_one_between_two_is_none():
    on_step, between = promote(at(CANARY), 25, plan=LONG), promote(at(CANARY), 30, plan=LONG)

    assert (on_step.step, on_step.endpoints) == ("share-25", True)
    assert (between.step, between.endpoints, between.endpoints_open) == (None, None, True)


def test_a_reduction_follows_the_plan():
    plan = a_plan(OPEN_SHADOW, GROWN_CANARY, a_share(20), a_share(60), reductions=(60, 20, 5))
    steps = [at(FULL)]
    while steps[-1].phase is not Phase.OFF:
        steps.append(reduced(steps[-1], plan))

    assert [(state.percentage, state.step) for state in steps[1:]] == [
        (60, "share-60"),
        (20, "share-20"),
        (5, None),
        (0, None),
    ]


def test_a_canary_goes_back_to_the_last_shadow_step_and_stays_on_hold():
    back = reduced(at(CANARY, held=True), LONG)

    assert (back.step, back.endpoints_open, back.unselected, back.held) == ("enrol", True, Unselected.BYPASS, True)
    assert reduced(at(CANARY, endpoints=True), a_plan(a_share(5))).step == "shadow"


def test_off_and_the_kill_switch_close_the_doors_whatever_the_step_says():
    open_shadow = promoted(promoted(at(OFF), LONG), LONG)

    assert open_shadow.endpoints_open
    assert not rolled_back(open_shadow).endpoints_open
    assert not open_shadow.killed().endpoints_open
    assert rolled_back(open_shadow).step is None


def test_the_environments_rollout_is_adopted_without_changing_what_it_does():
    taken = adopted(at(CANARY), LONG)

    assert (taken.step, taken.unselected, taken.endpoints_open) == ("quiet", Unselected.BYPASS, True)
    assert adopted(at(SHADOW, endpoints=True), LONG).step == "enrol"
    assert adopted(at(share(10)), QUICK_PLAN).step is None
