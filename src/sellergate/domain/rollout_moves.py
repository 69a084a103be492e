"""Where the rollout goes: a step of the plan further, to a share, back, on hold, or off at once."""

from collections.abc import Iterable
from dataclasses import replace

from sellergate.domain.errors import InvalidInput, InvalidStatus
from sellergate.domain.plan import Level, RolloutPlan, Step
from sellergate.domain.rollout import Phase, RolloutState, Source


def promoted(
    state: RolloutState,
    plan: RolloutPlan,
    *,
    percentage: int | None = None,
    canary_products: Iterable[str] | None = None,
) -> RolloutState:
    """The plan's next step, or a higher `percentage`; a hold ends with it.

    The products a canary step lists join the canary; `canary_products` replaces all of it. Whether the plan allows it by now
    is for `promotion.why_not_promote`. Raises InvalidStatus when there is no step left, InvalidInput when `percentage` is not
    a step forward.
    """
    step = plan.next_step(state)
    if step is None:
        raise InvalidStatus("The rollout is already full.", phase=state.phase.value)
    if percentage is None:
        moved = _entered(state, step)
    else:
        if not state.percentage < percentage <= 100:
            raise InvalidInput(f"percentage must be above {state.percentage} and at most 100.", field="percentage")
        moved = _at_share(state, plan, percentage)
    if canary_products is not None:
        moved = replace(moved, canary_products=frozenset(canary_products))
    return replace(moved, held=False)


def _entered(state: RolloutState, step: Step) -> RolloutState:
    return replace(
        state,
        phase=step.kind,
        percentage=step.percentage,
        step=step.name,
        endpoints=step.endpoints,
        unselected=step.unselected,
        canary_products=state.canary_products | step.listed_products,
    )


def _at_share(state: RolloutState, plan: RolloutPlan, percentage: int) -> RolloutState:
    phase = Phase.FULL if percentage == 100 else Phase.PERCENTAGE
    moved = replace(state, phase=phase, percentage=percentage, step=None, endpoints=None)
    return _as_planned(moved, plan)


def _as_planned(state: RolloutState, plan: RolloutPlan) -> RolloutState:
    """The state in the step it is now in. Between two steps what is not enforced is treated as in the one before."""
    step = plan.step_of(state)
    if step is not None:
        return replace(state, step=step.name, endpoints=step.endpoints, unselected=step.unselected)
    governing = plan.steps[max(plan.place_of(state), 0)]
    return replace(state, step=None, endpoints=None, unselected=governing.unselected)


def adopted(state: RolloutState, plan: RolloutPlan) -> RolloutState:
    """The environment's rollout as one of the plan. Nothing that is enforced changes, nor whether anybody is let in."""
    planned = _as_planned(state, plan)
    return replace(state, step=planned.step, unselected=planned.unselected)


def reduced(state: RolloutState, plan: RolloutPlan, percentage: int | None = None) -> RolloutState:
    """One step back: to `percentage`, or along the plan's reductions to off; a canary goes back to shadow.

    Raises InvalidStatus when nothing is enforced, InvalidInput when `percentage` is not a step back.
    """
    if state.phase in (Phase.OFF, Phase.SHADOW):
        raise InvalidStatus(f"Nothing is enforced in {state.phase}.", phase=state.phase.value)
    if state.phase is Phase.CANARY:
        if percentage is not None:
            raise InvalidInput("A canary has no percentage to reduce.", field="percentage")
        return _back_in_shadow(state, plan)
    if percentage is not None and not 0 <= percentage < state.percentage:
        raise InvalidInput(f"percentage must be below {state.percentage}.", field="percentage")
    share = percentage if percentage is not None else plan.reduction_below(state.percentage)
    return rolled_back(state) if share == 0 else _at_share(state, plan, share)


def _back_in_shadow(state: RolloutState, plan: RolloutPlan) -> RolloutState:
    shadow = Level.of(Phase.SHADOW, 0)
    before = [step for step in plan.steps if step.level == shadow]
    if before:
        return replace(_entered(state, before[-1]), held=state.held)
    return replace(state, phase=Phase.SHADOW, percentage=0, step=None, endpoints=None)


def rolled_back(state: RolloutState) -> RolloutState:
    """Enforcement off, at once. The canary list is kept for the next attempt."""
    return replace(state, phase=Phase.OFF, percentage=0, step=None, endpoints=None, held=False)


def held(state: RolloutState) -> RolloutState:
    """No promotion until resumed. Raises InvalidStatus when already on hold."""
    if state.held:
        raise InvalidStatus("The rollout is already on hold.", phase=state.phase.value)
    return replace(state, held=True)


def resumed(state: RolloutState) -> RolloutState:
    """Promotions are possible again. Raises InvalidStatus when not on hold."""
    if not state.held:
        raise InvalidStatus("The rollout is not on hold.", phase=state.phase.value)
    return replace(state, held=False)


def drilled(state: RolloutState) -> RolloutState:
    """The same again. Raises InvalidStatus for the environment's: to save it would make it a managed one."""
    if state.source is Source.ENVIRONMENT:
        raise InvalidStatus(
            "The phase comes from the environment: there is no managed rollout yet that could be drilled.", source="env"
        )
    return state


def is_same_place(before: RolloutState, after: RolloutState) -> bool:
    """Whether a change left the rollout where it was, so that its time there goes on."""
    return (before.phase, before.percentage, before.step) == (after.phase, after.percentage, after.step)
