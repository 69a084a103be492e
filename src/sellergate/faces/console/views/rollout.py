"""The rollout as the control room shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sellergate.domain.criteria import CriterionState
from sellergate.domain.judgement import Judgement, Verdict
from sellergate.domain.plan import RolloutPlan, Step
from sellergate.domain.rollout import Phase, RolloutAction, RolloutChange, RolloutState, Source, Unselected
from sellergate.faces.console.language import Words
from sellergate.faces.console.views.rollout_figures import LOOKS, Figure, figures
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import PageRequest
from sellergate.services.rollouts import Outlook

ADDRESS: Final = "/o/rollout"
HISTORY: Final = 8
CHANGES: Final = 50
"""How far back it is looked when the steps behind were begun."""

_STATES: Final[Mapping[CriterionState, tuple[str, str]]] = {
    CriterionState.FAILING: ("bad", "circle-x"),
    CriterionState.NOT_ENOUGH_DATA: ("wait", "circle-dashed"),
    CriterionState.UNSIGNED: ("wait", "flag"),
    CriterionState.MET: ("ok", "circle-check"),
}
"""In the order of the card: what fails comes first."""
_ICONS: Final[Mapping[RolloutAction, tuple[str, str]]] = {
    RolloutAction.PROMOTE: ("ok", "circle-arrow-up"),
    RolloutAction.HOLD: ("", "pause"),
    RolloutAction.RESUME: ("", "play"),
    RolloutAction.REDUCE: ("warn", "arrow-down"),
    RolloutAction.ROLLBACK: ("warn", "octagon-x"),
    RolloutAction.DRILL: ("", "rotate-ccw"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMark:
    """One step of the plan. `state` is done, now or todo; `note` is what is said below it."""

    label: str
    state: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictShown:
    """The verdict: its colour, its icon, one word, and the sentence that says why. `metric` is the chart to look at."""

    kind: str
    icon: str
    word: str
    sentence: str
    chart: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionLine:
    """One condition of the next step."""

    name: str
    kind: str
    icon: str
    state: str
    text: str
    detail: str
    may_sign: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One line of the history."""

    kind: str
    icon: str
    text: str
    reason: str
    by: str
    at: datetime
    verdict_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutView:
    """Everything the page says. `warnings` are what is out of the ordinary; `next` is where a promotion leads."""

    enforced: str
    warnings: list[str]
    steps: list[StepMark]
    verdict: VerdictShown
    figures: list[Figure]
    next: str | None
    obstacles: int
    criteria: list[CriterionLine]
    met: int
    bar: list[tuple[str, float, float]]
    earliest: datetime | None
    history: list[ChangeLine]
    is_held: bool
    is_enforcing: bool
    is_off: bool
    is_pinned: bool


def rollout_view(visit: Visit) -> RolloutView:
    """The rollout in force now."""
    parts, words = visit.parts, visit.words
    state, now = parts.rollout(), parts.now()
    outlook = parts.rollouts.outlook(state)
    judged = parts.judge.judge(state)
    judgement = None if judged is None else judged.judgement
    criteria = _criteria(words, outlook)
    changes = parts.rollouts.history(PageRequest(CHANGES)).items
    return RolloutView(
        enforced=enforced_words(words, state),
        warnings=_warnings(words, state),
        steps=_steps(visit, state, changes, now),
        verdict=_verdict(words, judgement),
        figures=figures(visit, judgement),
        next=None if outlook.next is None else step_label(words, outlook.next),
        obstacles=0 if outlook.next is None else len(parts.rollouts.obstacles(state)),
        criteria=criteria,
        met=sum(line.kind == "ok" for line in criteria),
        bar=_bar(criteria),
        earliest=outlook.earliest,
        history=[_change(words, change) for change in changes[:HISTORY]],
        is_held=state.held,
        is_enforcing=state.phase not in (Phase.OFF, Phase.SHADOW),
        is_off=state.phase is Phase.OFF,
        is_pinned=parts.rollouts.is_pinned,
    )


def place_label(words: Words, phase: Phase, percentage: int) -> str:
    """What a place of the rollout is called."""
    if phase is Phase.PERCENTAGE:
        return words.gettext("%(share)s%%", share=percentage)
    return {
        Phase.OFF: words.pgettext("phase", "Off"),
        Phase.SHADOW: words.pgettext("phase", "Shadow"),
        Phase.CANARY: words.pgettext("phase", "Canary"),
        Phase.FULL: words.pgettext("phase", "Full"),
    }[phase]


def step_label(words: Words, step: Step) -> str:
    """What a step of the plan is called."""
    return place_label(words, step.kind, step.percentage)


def enforced_words(words: Words, state: RolloutState) -> str:
    """How much is enforced, in one sentence."""
    whole = {
        Phase.OFF: words.gettext("Nothing is checked: every sale passes"),
        Phase.SHADOW: words.gettext("Nothing is enforced; every check is recorded"),
        Phase.FULL: words.gettext("Every product is enforced"),
    }
    if state.phase in whole:
        return whole[state.phase]
    share, canaries = state.percentage, len(state.canary_products)
    some = (
        words.gettext("%(share)s%% of the products are enforced", share=share)
        if state.phase is Phase.PERCENTAGE
        else words.ngettext("%(num)s canary product is enforced", "%(num)s canary products are enforced", canaries)
    )
    if state.unselected is Unselected.SHADOW:
        return words.gettext("%(some)s; all others run in shadow", some=some)
    return words.gettext("%(some)s; all others pass unchecked", some=some)


def _warnings(words: Words, state: RolloutState) -> list[str]:
    said = {
        words.gettext("The kill switch is on: every gate is off until its file is gone."): state.kill_switch,
        words.gettext("This server could not reach the database and has switched its gate off."): state.tripped,
        words.gettext("On hold: nothing is promoted until it is resumed."): state.held,
        words.gettext("The phase comes from the environment; the first move here takes it over."): (
            state.source is Source.ENVIRONMENT
        ),
    }
    return [text for text, holds in said.items() if holds]


def _steps(visit: Visit, state: RolloutState, changes: Sequence[RolloutChange], now: datetime) -> list[StepMark]:
    plan, words, formats = visit.parts.plan, visit.words, visit.formats
    place, following = plan.place_of(state), plan.next_step(state)
    begun = {change.to_step: change.at for change in reversed(changes) if change.to_step != change.from_step}

    def mark(label: str, at: int, step: Step | None) -> StepMark:
        if at == place:
            since = state.since
            note = words.gettext("%(span)s so far", span=formats.span(now - since)) if since else words.gettext("now")
            return StepMark(label=label, state="now", note=note)
        if at < place:
            since = begun.get(step.name) if step is not None else None
            return StepMark(label=label, state="done", note=formats.day(since) if since else "")
        return StepMark(label=label, state="todo", note=words.gettext("next") if step is following else "")

    return [
        mark(place_label(words, Phase.OFF, 0), -1, None),
        *(mark(step_label(words, step), at, step) for at, step in enumerate(plan.steps)),
    ]


def verdict_word(words: Words, verdict: Verdict) -> str:
    """What a verdict is called."""
    return {
        Verdict.CONTINUE: words.pgettext("verdict", "Continue"),
        Verdict.INVESTIGATE: words.pgettext("verdict", "Investigate"),
        Verdict.ROLL_BACK: words.pgettext("verdict", "Roll back"),
        Verdict.NOT_ENOUGH_DATA: words.pgettext("verdict", "Not enough data"),
    }[verdict]


def _verdict(words: Words, judgement: Judgement | None) -> VerdictShown:
    if judgement is None:
        kind, icon = LOOKS[Verdict.NOT_ENOUGH_DATA]
        sentence = words.gettext("The gates are off: nothing is measured.")
        return VerdictShown(kind=kind, icon=icon, word=words.pgettext("phase", "Off"), sentence=sentence, chart=None)
    verdict = judgement.verdict
    kind, icon = LOOKS[verdict]
    worst = next((opinion for opinion in judgement.metrics if opinion.verdict is verdict), None)
    chart = None if worst is None or verdict is Verdict.CONTINUE else CHARTS.get(worst.metric.value)
    _, _, sentence = judgement.sentence.partition(". ")
    return VerdictShown(kind=kind, icon=icon, word=verdict_word(words, verdict), sentence=sentence, chart=chart)


CHARTS: Final = {"gate_latency_p95": "c-latency", "error_rate": "c-errors", "cache_hit_rate": "c-hits"}
"""Which chart shows a metric."""


def _criteria(words: Words, outlook: Outlook) -> list[CriterionLine]:
    labels = {
        CriterionState.MET: words.gettext("Met"),
        CriterionState.FAILING: words.gettext("Failing"),
        CriterionState.NOT_ENOUGH_DATA: words.gettext("Not enough data"),
        CriterionState.UNSIGNED: words.gettext("Waits for a signature"),
    }
    lines = [
        CriterionLine(
            name=criterion.name,
            kind=_STATES[status.state][0],
            icon=_STATES[status.state][1],
            state=labels[status.state],
            text=criterion.text,
            detail=status.detail,
            may_sign=criterion.is_signed and status.state is CriterionState.UNSIGNED,
            may_withdraw=criterion.is_signed and status.state is CriterionState.MET,
        )
        for criterion, status in outlook.criteria
    ]
    order = list(dict.fromkeys(icon for _, icon in _STATES.values()))
    return sorted(lines, key=lambda line: order.index(line.icon))


def _bar(criteria: Sequence[CriterionLine]) -> list[tuple[str, float, float]]:
    """The parts of the bar over the criteria: colour, where it begins and how long it is, of 100."""
    parts, start = [], 0.0
    for kind in ("ok", "bad", "wait"):
        share = 100 * sum(line.kind == kind for line in criteria) / len(criteria) if criteria else 0
        parts.append((kind, start, share))
        start += share
    return parts


def _change(words: Words, change: RolloutChange) -> ChangeLine:
    before = place_label(words, change.from_phase, change.from_percentage)
    after = place_label(words, change.to_phase, change.to_percentage)
    told = {
        RolloutAction.PROMOTE: words.gettext("Promoted: %(before)s to %(after)s", before=before, after=after),
        RolloutAction.HOLD: words.gettext("Held at %(after)s", after=after),
        RolloutAction.RESUME: words.gettext("Resumed at %(after)s", after=after),
        RolloutAction.REDUCE: words.gettext("Reduced: %(before)s to %(after)s", before=before, after=after),
        RolloutAction.ROLLBACK: words.gettext("Rolled back: %(before)s to %(after)s", before=before, after=after),
        RolloutAction.DRILL: words.gettext("Rollback drill at %(after)s", after=after),
    }[change.action]
    kind, icon = _ICONS[change.action]
    text = words.gettext("%(told)s (override)", told=told) if change.overridden else told
    return ChangeLine(
        kind=kind,
        icon=icon,
        text=text,
        reason=change.reason,
        by=change.actor_id,
        at=change.at,
        verdict_id=change.verdict_id,
    )


def reductions(plan: RolloutPlan, state: RolloutState) -> Sequence[int]:
    """The shares one can go back to from here, the highest first; 0 is off. A canary goes back to shadow: none."""
    if state.phase not in (Phase.PERCENTAGE, Phase.FULL):
        return ()
    return [*(share for share in plan.reductions if share < state.percentage), 0]
