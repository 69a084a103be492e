"""How the rollout is shown: to people in words, to programs as facts."""

from sellergate.cli.opening import listed
from sellergate.domain.rollout import RolloutState, Source, next_step


def facts_of(state: RolloutState) -> dict[str, object]:
    """The rollout for programs, in the names of the API."""
    step = next_step(state)
    return {
        "phase": state.phase.value,
        "percentage": state.percentage,
        "canaryProducts": sorted(state.canary_products),
        "unselected": state.unselected.value,
        "version": state.version,
        "since": state.since,
        "source": state.source.value,
        "held": state.held,
        "killSwitch": state.kill_switch,
        "endpointsOpen": state.endpoints_open,
        "next": None if step is None else {"phase": step[0].value, "percentage": step[1]},
    }


def words_of(state: RolloutState) -> dict[str, object]:
    """The rollout for people."""
    step = next_step(state)
    words: dict[str, object] = {
        "phase": named(state.phase, state.percentage),
        "decided by": _decider(state),
        "since": state.since,
        "version": state.version,
        "endpoints": "open" if state.endpoints_open else "closed (501)",
        "on hold": state.held,
        "next step": None if step is None else named(*step),
    }
    if state.canary_products:
        words["canary products"] = f"{len(state.canary_products)}: {listed(sorted(state.canary_products))}"
    if state.kill_switch:
        words["kill switch"] = "present: every gate is off, whatever was decided"
    return words


def _decider(state: RolloutState) -> str:
    if state.version:
        return "an operator"
    return "the environment" if state.source is Source.ENVIRONMENT else "nobody yet (ROLLOUT_SOURCE=managed)"


def named(phase: str, percentage: int) -> str:
    """A phase with its share, where it has one."""
    return f"{phase} {percentage} %" if phase == "percentage" else str(phase)
