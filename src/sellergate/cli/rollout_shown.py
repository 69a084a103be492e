"""How the rollout is shown: to people in words, to programs as facts."""

from sellergate.cli.opening import listed
from sellergate.cli.output import text_of
from sellergate.domain.rollout import RolloutState, Source
from sellergate.ports.control import Watch
from sellergate.services.judging import Judged
from sellergate.services.rollouts import Outlook


def facts_of(state: RolloutState, outlook: Outlook) -> dict[str, object]:
    """The rollout for programs, in the names of the API."""
    return {
        "phase": state.phase.value,
        "percentage": state.percentage,
        "step": None if outlook.step is None else outlook.step.name,
        "canaryProducts": sorted(state.canary_products),
        "unselected": state.unselected.value,
        "version": state.version,
        "since": state.since,
        "source": state.source.value,
        "held": state.held,
        "killSwitch": state.kill_switch,
        "endpointsOpen": state.endpoints_open,
        "criteria": [
            {"name": criterion.name, "text": criterion.text, "state": status.state.value, "detail": status.detail}
            for criterion, status in outlook.criteria
        ],
        "next": _next_facts(outlook),
    }


def _next_facts(outlook: Outlook) -> dict[str, object] | None:
    step = outlook.next
    if step is None:
        return None
    return {
        "step": step.name,
        "phase": step.kind.value,
        "percentage": step.percentage,
        "earliest": outlook.earliest,
    }


def words_of(state: RolloutState, outlook: Outlook) -> dict[str, object]:
    """The rollout for people."""
    words: dict[str, object] = {
        "phase": named(state.phase, state.percentage),
        "step of the plan": None if outlook.step is None else outlook.step.name,
        "decided by": _decider(state),
        "since": state.since,
        "version": state.version,
        "endpoints": "open" if state.endpoints_open else "closed (501)",
        "on hold": state.held,
        "next step": _next_words(outlook),
    }
    if state.canary_products:
        words["canary products"] = f"{len(state.canary_products)}: {listed(sorted(state.canary_products))}"
    if state.kill_switch:
        words["kill switch"] = "present: every gate is off, whatever was decided"
    return words


def judged_facts(judged: Judged | None, watch: Watch | None) -> dict[str, object]:
    """The verdict, and who watches over the rollout, for programs."""
    return {
        "verdict": None if judged is None else judged.shown,
        "controller": None if watch is None else {"holder": watch.holder, "lastBeat": watch.at},
    }


def judged_words(judged: Judged | None, watch: Watch | None) -> dict[str, object]:
    """The verdict, and who watches over the rollout, for people."""
    by = "nobody" if watch is None or watch.holder is None else f"{watch.holder}, last at {text_of(watch.at)} UTC"
    return {
        "verdict": "The gates are off: nothing is measured." if judged is None else judged.judgement.sentence,
        "controlled by": by,
    }


def _next_words(outlook: Outlook) -> str | None:
    step = outlook.next
    if step is None:
        return None
    name = step.name if step.name == step.kind else f"{step.name} ({named(step.kind, step.percentage)})"
    return name if outlook.earliest is None else f"{name}, at {text_of(outlook.earliest)} UTC at the earliest"


def _decider(state: RolloutState) -> str:
    if state.version:
        return "an operator"
    return "the environment" if state.source is Source.ENVIRONMENT else "nobody yet (ROLLOUT_SOURCE=managed)"


def named(phase: str, percentage: int) -> str:
    """A phase with its share, where it has one."""
    return f"{phase} {percentage} %" if phase == "percentage" else str(phase)
