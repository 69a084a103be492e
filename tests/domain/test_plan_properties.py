"""Whatever the plan: a promotion goes to the next step, skips none, repeats none, and ends with everything enforced."""

from hypothesis import given
from hypothesis import strategies as st

from builders import a_plan, a_share
from sellergate.domain.plan import Level, Step
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.domain.rollout_moves import promoted, reduced

SOME = frozenset({"p-1", "p-2"})


@st.composite
def plans(draw):
    shadows = draw(st.integers(0, 2))
    canaries = draw(st.integers(0, 2))
    shares = draw(st.sets(st.integers(1, 99), max_size=6))
    steps = [
        Step(name=f"{kind}-{number}", kind=kind, endpoints=draw(st.booleans()))
        for kind, count in ((Phase.SHADOW, shadows), (Phase.CANARY, canaries))
        for number in range(count)
    ]
    reductions = sorted(draw(st.sets(st.integers(1, 99), max_size=4)), reverse=True)
    return a_plan(*steps, *(a_share(percentage) for percentage in sorted(shares)), reductions=tuple(reductions))


@st.composite
def states(draw):
    phase = draw(st.sampled_from(Phase))
    share = draw(st.integers(1, 99)) if phase is Phase.PERCENTAGE else 100 if phase is Phase.FULL else 0
    return RolloutState(phase=phase, percentage=share, canary_products=SOME, endpoints=draw(st.none() | st.booleans()))


def level_of(state):
    return Level.of(state.phase, state.percentage)


@given(plans())
def test_from_off_every_step_is_taken_once_and_in_order(plan):
    state, taken = RolloutState(phase=Phase.OFF), []
    while plan.next_step(state) is not None:
        state = promoted(state, plan)
        taken.append(state.step)

    assert taken == [step.name for step in plan.steps]
    assert state.phase is Phase.FULL


@given(plans(), states())
def test_from_anywhere_promotions_reach_full_and_drop_no_product(plan, state):
    for _ in range(len(plan.steps) + 1):
        if plan.next_step(state) is None:
            break
        moved = promoted(state, plan)
        assert level_of(moved) >= level_of(state)
        assert moved.step != state.step
        assert all(moved.is_selected(id) for id in ("p-1", "p-2", "p-3", "p-90") if state.is_selected(id))
        state = moved

    assert state.phase is Phase.FULL
    assert plan.next_step(state) is None


@given(plans(), states())
def test_reductions_enforce_less_each_time_and_end(plan, state):
    while state.phase not in (Phase.OFF, Phase.SHADOW):
        fewer = reduced(state, plan)
        assert level_of(fewer) < level_of(state)
        assert plan.step_of(fewer) is None or plan.step_of(fewer).name == fewer.step
        state = fewer


@given(plans(), states())
def test_the_next_step_is_the_one_after_where_the_state_stands(plan, state):
    place = plan.place_of(state)

    assert all(step.level <= level_of(state) for step in plan.steps[: place + 1])
    assert all(step.level >= level_of(state) for step in plan.steps[place + 1 :])
