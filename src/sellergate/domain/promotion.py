"""Whether the rollout may go further, and from when on: what the plan asks for, held against what is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sellergate.domain.criteria import Criterion, CriterionStatus, unknown
from sellergate.domain.errors import CriteriaNotMet, OutsideChangeWindow, SellergateError
from sellergate.domain.plan import Level, RolloutPlan, Step
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.domain.windows import any_open, next_opening


class ObstacleKind(StrEnum):
    """What stands in the way of a promotion."""

    HELD = "held"
    STEPS_PASSED_OVER = "steps_passed_over"
    CRITERION = "criterion"
    MINIMUM_DURATION = "minimum_duration"
    CHANGE_WINDOW = "change_window"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One reason not to go further, in one sentence; `facts` are for programs."""

    kind: ObstacleKind
    sentence: str
    facts: Mapping[str, object] = field(default_factory=dict)


def required_criteria(state: RolloutState, plan: RolloutPlan) -> tuple[Criterion, ...]:
    """What has to be met before the next step: to leave the one the state is in, or has passed, and to enter the next.

    Without a next step they are those of the step it is in.
    """
    step = plan.next_step(state)
    return (*_leaving(state, plan), *(() if step is None else step.entry))


def _leaving(state: RolloutState, plan: RolloutPlan) -> tuple[Criterion, ...]:
    place = plan.place_of(state)
    return plan.steps[place].exit_criteria if place >= 0 else ()


def minimum_duration(state: RolloutState, plan: RolloutPlan) -> timedelta:
    """How long the state has to last: as its step says; between two steps as long as a reduction is watched."""
    if state.phase is Phase.OFF:
        return timedelta(0)
    step = plan.step_of(state)
    return plan.observation if step is None else step.minimum_duration


def has_lasted_until(state: RolloutState, plan: RolloutPlan, now: datetime) -> datetime:
    """When the minimum duration is over. Where nobody knows when the state began, it counts from now."""
    return (state.since or now) + minimum_duration(state, plan)


def earliest(state: RolloutState, plan: RolloutPlan, now: datetime) -> datetime | None:
    """The first moment from now on that is late enough and inside a window of the next step; None without a next step."""
    step = plan.next_step(state)
    if step is None:
        return None
    return next_opening(step.windows, max(now, has_lasted_until(state, plan, now)))


def why_not_promote(
    state: RolloutState,
    plan: RolloutPlan,
    criteria: Mapping[str, CriterionStatus],
    now: datetime,
    *,
    percentage: int | None = None,
) -> list[Obstacle]:
    """Everything that stands in the way of a promotion to the next step, or to a `percentage`. Nothing does: an empty list.

    `criteria` are the states of the criteria by name; one that is not among them is not met.
    """
    if plan.next_step(state) is None:
        return []
    entered, passed = _on_the_way(state, plan, percentage)
    obstacles = [_hold()] if state.held else []
    if passed:
        obstacles.append(_passing_over(passed))
    required = [*_leaving(state, plan)]
    for step in entered:
        required += [*step.entry, *(step.exit_criteria if step in passed else ())]
    return [*obstacles, *_unmet(required, criteria), *_too_early(state, plan, now), *_outside(entered[-1], now)]


def refusal_of(obstacles: list[Obstacle], when: datetime | None) -> SellergateError:
    """The error that says all of it: OutsideChangeWindow where only the time is wrong, otherwise CriteriaNotMet."""
    facts = {
        "obstacles": [{"kind": one.kind.value, "detail": one.sentence, **one.facts} for one in obstacles],
        "earliest": when,
        "held": any(one.kind is ObstacleKind.HELD for one in obstacles),
    }
    reasons = " ".join(one.sentence for one in obstacles)
    kind = OutsideChangeWindow if {one.kind for one in obstacles} == {ObstacleKind.CHANGE_WINDOW} else CriteriaNotMet
    return kind(f"{reasons} A person may override with a reason.", **facts)


def _hold() -> Obstacle:
    return Obstacle(kind=ObstacleKind.HELD, sentence="The rollout is on hold: resume it first.")


def _on_the_way(state: RolloutState, plan: RolloutPlan, percentage: int | None) -> tuple[list[Step], list[Step]]:
    """The steps a promotion enters, and those of them that it does not stop at."""
    ahead = list(plan.steps[plan.place_of(state) + 1 :])
    if percentage is None:
        return ahead[:1], []
    target = Level.of(Phase.FULL if percentage == 100 else Phase.PERCENTAGE, percentage)
    entered = [step for step in ahead if step.level <= target] or ahead[:1]
    return entered, [step for step in entered if step.level < target]


def _passing_over(passed: list[Step]) -> Obstacle:
    names = [step.name for step in passed]
    return Obstacle(
        kind=ObstacleKind.STEPS_PASSED_OVER,
        sentence=f"It would pass over {', '.join(names)}.",
        facts={"steps": names},
    )


def _unmet(required: list[Criterion], criteria: Mapping[str, CriterionStatus]) -> list[Obstacle]:
    statuses = [(criterion, criteria.get(criterion.name) or unknown(criterion)) for criterion in required]
    return [
        Obstacle(
            kind=ObstacleKind.CRITERION,
            sentence=f"{criterion.name} is {status.state.replace('_', ' ')}: {status.detail}",
            facts={"criterion": criterion.name, "state": status.state.value},
        )
        for criterion, status in statuses
        if not status.is_met
    ]


def _too_early(state: RolloutState, plan: RolloutPlan, now: datetime) -> list[Obstacle]:
    over = has_lasted_until(state, plan, now)
    if over <= now:
        return []
    if state.since is None:
        sentence = f"Nobody knows since when it lasts; counted from now it has to until {over:%Y-%m-%d %H:%M} UTC."
    else:
        sentence = f"It has to last until {over:%Y-%m-%d %H:%M} UTC."
    return [Obstacle(kind=ObstacleKind.MINIMUM_DURATION, sentence=sentence, facts={"until": over})]


def _outside(step: Step, now: datetime) -> list[Obstacle]:
    if any_open(step.windows, now):
        return []
    opening = next_opening(step.windows, now)
    windows = [str(window) for window in step.windows]
    sentence = f"{step.name} may begin {' or '.join(windows)} only, next at {opening:%Y-%m-%d %H:%M} UTC."
    facts = {"windows": windows, "nextOpening": opening}
    return [Obstacle(kind=ObstacleKind.CHANGE_WINDOW, sentence=sentence, facts=facts)]
