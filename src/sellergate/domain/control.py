"""What the controller does about a verdict: a pure function of the plan, the rollout, and what was judged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.authorization import REASON_MAX
from sellergate.domain.identifiers import Actor, Role
from sellergate.domain.judgement import Verdict
from sellergate.domain.plan import Breach, Promotion, RolloutPlan, Step
from sellergate.domain.rollout import Phase, RolloutAction, RolloutState

CONTROLLER: Final = Actor("controller", Role.SYSTEM)
"""Whoever acts by the plan and not by a person's word."""

NOTHING_ENFORCED: Final = frozenset({Phase.OFF, Phase.SHADOW})


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done, and why: the reason that goes into the history."""

    action: RolloutAction
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A verdict as it stands: in one sentence, and since when it has been this one without a break."""

    verdict: Verdict
    sentence: str
    since: datetime


def governing_step(state: RolloutState, plan: RolloutPlan) -> Step:
    """The step whose limits hold: the one the state is in, the last one it is beyond, or the first.

    Where something is enforced it is one that enforces something: to look on is not enough there.
    """
    step = plan.steps[max(plan.place_of(state), 0)]
    if step.kind in NOTHING_ENFORCED and state.phase not in NOTHING_ENFORCED:
        return plan.next_step(state) or step
    return step


def is_armed(state: RolloutState, plan: RolloutPlan, now: datetime) -> bool:
    """Whether a breach may still roll back: where something is enforced, and for the bake time once everything is."""
    if state.phase in NOTHING_ENFORCED:
        return False
    if plan.next_step(state) is not None or state.since is None:
        return True
    return now < state.since + plan.bake


def due_act(
    state: RolloutState, plan: RolloutPlan, standing: Standing, now: datetime, *, may_promote: Callable[[], bool]
) -> Act | None:
    """What the plan does about this verdict now; None for nothing, or nothing yet.

    `may_promote` says whether nothing stands in the way of a promotion, and is asked only where that matters. A verdict to
    roll back acts once it has lasted for the plan's `persist`, also while a promotion waits for its window or its
    signatures.
    """
    step = governing_step(state, plan)
    if standing.verdict is Verdict.ROLL_BACK:
        if now - standing.since < plan.persist:
            return None
        return _about_breach(state, plan, step, standing, now)
    if standing.verdict is Verdict.CONTINUE and step.promotion is Promotion.AUTOMATIC:
        following = plan.next_step(state)
        if following is not None and may_promote():
            return Act(RolloutAction.PROMOTE, _reason(f"The plan goes on to {following.name}", standing))
    return None


def _about_breach(state: RolloutState, plan: RolloutPlan, step: Step, standing: Standing, now: datetime) -> Act | None:
    lasted = int((now - standing.since) / timedelta(seconds=1))
    if step.breach is Breach.ROLLBACK and is_armed(state, plan, now):
        return Act(RolloutAction.ROLLBACK, _reason(f"For {lasted} s", standing))
    if step.breach is not Breach.NOTIFY and not state.held and plan.next_step(state) is not None:
        return Act(RolloutAction.HOLD, _reason(f"For {lasted} s", standing))
    return None


def _reason(why: str, standing: Standing) -> str:
    return f"{why}: {standing.sentence}"[:REASON_MAX]
