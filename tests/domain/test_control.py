"""What the controller does about a verdict, as the plan says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import NOON, TICK, a_rollout
from sellergate.domain.control import Act, Standing, due_act, governing_step, is_armed
from sellergate.domain.judgement import Verdict
from sellergate.domain.plan import Breach, Promotion, RolloutPlan, Step
from sellergate.domain.rollout import Phase, RolloutAction

SENTENCE = "Roll back. Errors 3.0 % of 900 checks in the last minute: above the roll-back limit of 1 %."
STEPS = (
    Step(name="shadow", kind=Phase.SHADOW, breach=Breach.NOTIFY),
    Step(name="half", kind=Phase.PERCENTAGE, percentage=50),
    Step(name="full", kind=Phase.FULL),
)
PLAN = RolloutPlan(name="Short", zone="UTC", steps=STEPS, persist=timedelta(seconds=30), bake=timedelta(days=7))
HALF = a_rollout(phase=Phase.PERCENTAGE, percentage=50, step="half")
FULL = a_rollout(phase=Phase.FULL, percentage=100, step="full")
SHADOW = a_rollout(phase=Phase.SHADOW, step="shadow")
SECOND = timedelta(seconds=1)


def a_standing(verdict=Verdict.ROLL_BACK, since=NOON):
    return Standing(verdict=verdict, sentence=SENTENCE, since=since)


def plan_with(**of_half):
    shadow, half, full = STEPS
    return replace(PLAN, steps=(shadow, replace(half, **of_half), full))


def act(state=HALF, plan=PLAN, standing=None, at=NOON + 30 * SECOND, *, may_promote=True):
    done = due_act(state, plan, standing or a_standing(), at, may_promote=lambda: may_promote)
    return None if done is None else done.action


def test_a_verdict_to_roll_back_acts_once_it_has_lasted_as_long_as_the_plan_says():
    assert act(at=NOON + 30 * SECOND - TICK) is None
    assert act(at=NOON + 30 * SECOND) is RolloutAction.ROLLBACK


def test_the_reason_says_how_long_and_what_was_measured_and_fits_the_history():
    done = due_act(HALF, PLAN, a_standing(), NOON + 45.9 * SECOND, may_promote=lambda: False)
    assert done == Act(RolloutAction.ROLLBACK, f"For 45 s: {SENTENCE}")

    long = replace(a_standing(), sentence="x" * 900)
    assert len(due_act(HALF, PLAN, long, NOON + 31 * SECOND, may_promote=lambda: False).reason) == 500


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.ROLL_BACK])
def test_no_other_verdict_rolls_back_or_holds(verdict):
    assert act(standing=a_standing(verdict), at=NOON + timedelta(days=9)) is None


@pytest.mark.parametrize(
    ("breach", "held", "expected"),
    [
        (Breach.ROLLBACK, False, RolloutAction.ROLLBACK),
        (Breach.ROLLBACK, True, RolloutAction.ROLLBACK),
        (Breach.HOLD, False, RolloutAction.HOLD),
        (Breach.HOLD, True, None),
        (Breach.NOTIFY, False, None),
    ],
)
def test_a_breach_does_what_its_step_says(breach, held, expected):
    assert act(replace(HALF, held=held), plan_with(breach=breach)) is expected


def test_nothing_is_rolled_back_where_nothing_is_enforced():
    shadow = replace(STEPS[0], breach=Breach.ROLLBACK)
    plan = replace(PLAN, steps=(shadow, *STEPS[1:]))

    assert act(SHADOW, plan) is RolloutAction.HOLD
    assert act(SHADOW) is None
    assert not is_armed(SHADOW, plan, NOON)
    assert not is_armed(a_rollout(phase=Phase.OFF), plan, NOON)


def test_a_full_rollout_stays_armed_for_its_bake_time_and_not_a_tick_longer():
    end = NOON + PLAN.bake

    assert act(FULL, at=end - TICK) is RolloutAction.ROLLBACK
    assert act(FULL, at=end) is None


def test_before_the_last_step_the_rollback_stays_armed_however_long_a_promotion_waits():
    assert is_armed(HALF, PLAN, NOON + timedelta(days=400))
    assert act(replace(HALF, held=True), at=NOON + timedelta(days=400)) is RolloutAction.ROLLBACK


def test_a_rollout_of_the_environment_whose_age_nobody_knows_is_armed():
    assert is_armed(replace(FULL, since=None), PLAN, NOON)


def test_between_two_steps_the_limits_of_the_one_before_hold():
    assert governing_step(HALF, PLAN).name == "half"
    assert governing_step(a_rollout(phase=Phase.PERCENTAGE, percentage=70), PLAN).name == "half"
    assert governing_step(a_rollout(phase=Phase.OFF), PLAN).name == "shadow"


def test_what_is_enforced_below_the_first_step_that_enforces_is_held_to_the_limits_of_that_one():
    tenth = a_rollout(phase=Phase.PERCENTAGE, percentage=10)

    assert governing_step(tenth, PLAN).name == "half"
    assert act(tenth) is RolloutAction.ROLLBACK


def test_the_plan_goes_on_by_itself_where_it_says_so_and_nothing_stands_in_the_way():
    plan = plan_with(promotion=Promotion.AUTOMATIC)
    good = a_standing(Verdict.CONTINUE)

    assert act(HALF, plan, good, NOON) is RolloutAction.PROMOTE
    assert act(HALF, plan, good, NOON, may_promote=False) is None
    assert act(HALF, PLAN, good, NOON) is None
    assert act(HALF, plan, a_standing(Verdict.INVESTIGATE), NOON) is None
    assert act(FULL, replace(plan, steps=(*STEPS[:2], replace(STEPS[2], promotion=Promotion.AUTOMATIC))), good) is None
