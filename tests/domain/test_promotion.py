"""What stands in the way of a promotion, and from when on it does not."""

from datetime import UTC, datetime, timedelta

import pytest

from builders import NOON, THE_PLAN, a_plan, a_share
from sellergate.domain.criteria import Check, Criterion, CriterionState, CriterionStatus, unknown
from sellergate.domain.errors import CriteriaNotMet, OutsideChangeWindow
from sellergate.domain.plan import Step
from sellergate.domain.promotion import (
    ObstacleKind,
    earliest,
    minimum_duration,
    refusal_of,
    required_criteria,
    why_not_promote,
)
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.domain.windows import parse_window

DAY = timedelta(days=1)
NIGHT = datetime(2026, 3, 9, 17, 30, tzinfo=UTC)  # 02:30 on a Tuesday in Seoul
HALF = RolloutState(phase=Phase.PERCENTAGE, percentage=50, step="half", since=NOON, version=3)
CANARY = RolloutState(phase=Phase.CANARY, step="canary", since=NOON, version=2)


def all_met(plan=THE_PLAN):
    return {one.name: CriterionStatus(CriterionState.MET, "It is.") for one in plan.criteria()}


def kinds(obstacles):
    return [one.kind for one in obstacles]


def test_with_everything_met_in_time_and_in_the_window_nothing_stands_in_the_way():
    assert why_not_promote(HALF, THE_PLAN, all_met(), NIGHT) == []


def test_everything_that_stands_in_the_way_is_named():
    state = RolloutState(phase=Phase.PERCENTAGE, percentage=50, since=NOON, held=True)

    obstacles = why_not_promote(state, THE_PLAN, {}, NOON + DAY)

    names = [one.name for one in (*THE_PLAN.step("half").exit_criteria, *THE_PLAN.step("full").entry)]
    assert [one.facts["criterion"] for one in obstacles if one.kind is ObstacleKind.CRITERION] == names
    assert kinds(obstacles) == [
        ObstacleKind.HELD,
        *[ObstacleKind.CRITERION] * len(names),
        ObstacleKind.MINIMUM_DURATION,
        ObstacleKind.CHANGE_WINDOW,
    ]


@pytest.mark.parametrize("state", [one for one in CriterionState if one is not CriterionState.MET])
def test_a_criterion_that_is_not_met_is_enough(state):
    criteria = {**all_met(), "half-indexes": CriterionStatus(state, "A query reads the whole table.")}

    [obstacle] = why_not_promote(HALF, THE_PLAN, criteria, NIGHT)

    assert obstacle.facts == {"criterion": "half-indexes", "state": state.value}
    assert "A query reads the whole table." in obstacle.sentence


def test_absence_is_no_permission():
    signed, automatic = Criterion(name="a", text="A"), Criterion(name="b", text="B", check=Check.NO_ERRORS)

    assert unknown(signed).state is CriterionState.UNSIGNED
    assert unknown(automatic).state is CriterionState.NOT_ENOUGH_DATA
    criteria = all_met()
    del criteria["runbook"]
    assert [one.facts["state"] for one in why_not_promote(HALF, THE_PLAN, criteria, NIGHT)] == ["unsigned"]


def test_the_minimum_duration_ends_to_the_second():
    over = NOON + 7 * DAY

    assert kinds(why_not_promote(CANARY, THE_PLAN, all_met(), over - timedelta(seconds=1))) == [
        ObstacleKind.MINIMUM_DURATION
    ]
    assert why_not_promote(CANARY, THE_PLAN, all_met(), over) == []


def test_where_nobody_knows_since_when_the_time_has_not_passed():
    state = RolloutState(phase=Phase.SHADOW)

    [obstacle] = why_not_promote(state, THE_PLAN, all_met(), NOON)

    assert obstacle.kind is ObstacleKind.MINIMUM_DURATION
    assert earliest(state, THE_PLAN, NOON) == NOON + 3 * DAY


def test_from_off_the_first_step_needs_nothing_of_those_after_it():
    off = RolloutState(phase=Phase.OFF, since=NOON)

    assert required_criteria(off, THE_PLAN) == ()
    assert why_not_promote(off, THE_PLAN, {}, NOON) == []
    assert earliest(off, THE_PLAN, NOON) == NOON


def test_a_full_rollout_rests_on_its_own_criteria_and_goes_nowhere():
    full = RolloutState(phase=Phase.FULL, percentage=100, since=NOON)

    assert required_criteria(full, THE_PLAN) == THE_PLAN.step("full").criteria
    assert earliest(full, THE_PLAN, NOON) is None
    assert why_not_promote(full, THE_PLAN, {}, NOON) == []


def test_between_two_steps_it_is_watched_as_long_as_a_reduction():
    tenth = RolloutState(phase=Phase.PERCENTAGE, percentage=10, since=NOON)

    assert minimum_duration(tenth, THE_PLAN) == DAY
    assert kinds(why_not_promote(tenth, THE_PLAN, all_met(), NOON + DAY / 2)) == [ObstacleKind.MINIMUM_DURATION]


def test_a_share_beyond_the_next_step_passes_over_what_lies_between_and_needs_all_of_it():
    shadow = RolloutState(phase=Phase.SHADOW, since=NOON)

    obstacles = why_not_promote(shadow, THE_PLAN, {}, NIGHT, percentage=100)

    assert obstacles[0].facts == {"steps": ["canary", "half"]}
    missing = [one.facts["criterion"] for one in obstacles if one.kind is ObstacleKind.CRITERION]
    last = {one.name for one in THE_PLAN.step("full").criteria}
    assert missing == [one.name for one in THE_PLAN.criteria() if one.name not in last]
    assert kinds(why_not_promote(HALF, THE_PLAN, all_met(), NIGHT, percentage=100)) == []
    assert kinds(why_not_promote(CANARY, THE_PLAN, all_met(), NIGHT, percentage=30)) == []


def test_a_share_has_to_wait_for_the_window_of_the_step_it_reaches():
    noon = NOON + 9 * DAY

    assert why_not_promote(CANARY, THE_PLAN, all_met(), noon, percentage=30) == []
    assert ObstacleKind.CHANGE_WINDOW in kinds(why_not_promote(CANARY, THE_PLAN, all_met(), noon, percentage=100))


def test_the_earliest_time_is_late_enough_and_inside_the_window():
    # A week after noon on Sunday, 1 March, the next window is on Tuesday, 02:00 in Seoul.
    assert earliest(HALF, THE_PLAN, NOON) == datetime(2026, 3, 9, 17, tzinfo=UTC)
    assert earliest(HALF, THE_PLAN, NIGHT) == NIGHT


def test_only_the_wrong_hour_is_outside_the_window_anything_else_is_a_criterion():
    outside = why_not_promote(HALF, THE_PLAN, all_met(), NOON + 9 * DAY)
    both = why_not_promote(HALF, THE_PLAN, {}, NOON + 9 * DAY)

    assert isinstance(refusal_of(outside, NIGHT), OutsideChangeWindow)
    refusal = refusal_of(both, NIGHT)
    assert isinstance(refusal, CriteriaNotMet)
    assert [one["kind"] for one in refusal.facts["obstacles"]][-1] == "change_window"
    assert (refusal.facts["earliest"], refusal.facts["held"]) == (NIGHT, False)
    assert all(one.sentence in str(refusal) for one in both)


def test_a_step_that_asks_for_checks_has_their_criterion_by_itself():
    plan = a_plan(a_share(5, minimum_checks=1_000))
    state = RolloutState(phase=Phase.PERCENTAGE, percentage=5, since=NOON)

    [criterion] = required_criteria(state, plan)
    assert (criterion.name, criterion.check) == ("share-5-minimum-checks", Check.MINIMUM_CHECKS)
    assert "1,000" in criterion.text


def test_any_step_may_have_windows():
    window = parse_window("daily 12:00-13:00", "UTC")
    plan = a_plan(Step(name="canary", kind=Phase.CANARY, windows=(window,)))
    shadow = RolloutState(phase=Phase.SHADOW, since=NOON)

    assert why_not_promote(shadow, plan, {}, NOON) == []
    [obstacle] = why_not_promote(shadow, plan, {}, NOON + timedelta(hours=1))
    assert obstacle.facts == {"windows": ["daily 12:00-13:00 UTC"], "nextOpening": NOON + DAY}
