"""The plan in force, to be read."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sellergate.domain.communication import Announcement
from sellergate.domain.criteria import Criterion
from sellergate.domain.plan import Breach, Promotion, Step
from sellergate.domain.rollout import Phase, Unselected
from sellergate.domain.thresholds import Threshold
from sellergate.faces.console.formats import NOTHING
from sellergate.faces.console.language import Words
from sellergate.faces.console.views.announcements import occasion_words, ways_of
from sellergate.faces.console.views.rollout import step_label
from sellergate.faces.console.views.verdicts import in_unit, metric_names
from sellergate.faces.console.visit import Visit

ADDRESS: Final = "/o/plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step: what it is, its bands, and what it takes to enter and to leave it."""

    name: str
    label: str
    title: str
    goal: str
    is_now: bool
    facts: list[tuple[str, str]]
    bands: list[tuple[str, str, str, str]]
    criteria: list[tuple[str, list[tuple[str, bool]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """The whole plan."""

    name: str
    facts: list[tuple[str, str]]
    steps: list[StepView]
    announcements: list[tuple[str, str, str, str]]
    afterwards: list[tuple[str, str, tuple[str, ...]]]


def plan_view(visit: Visit) -> PlanView:
    """The plan this server follows, with the step it is at."""
    plan, words, formats = visit.parts.plan, visit.words, visit.formats
    place = plan.place_of(visit.parts.rollout())
    reductions = " → ".join([*(f"{share}%" for share in plan.reductions), words.pgettext("phase", "Off")])
    return PlanView(
        name=plan.name,
        facts=[
            (words.gettext("Time zone"), plan.zone),
            (words.gettext("Acts on a verdict after"), formats.span(plan.persist)),
            (words.gettext("Watched when full"), formats.span(plan.bake)),
            (words.gettext("Gradual rollback"), reductions),
            (words.gettext("Each watched for"), formats.span(plan.observation)),
            (words.gettext("Rollback within"), formats.span(plan.rollback_within)),
        ],
        steps=[_step(visit, step, is_now=at == place) for at, step in enumerate(plan.steps)],
        announcements=[_announcement(visit, each) for each in plan.announcements],
        afterwards=[(each.name, formats.span(each.due), each.items) for each in plan.afterwards],
    )


def _step(visit: Visit, step: Step, *, is_now: bool) -> StepView:
    words = visit.words
    return StepView(
        name=step.name,
        label=step_label(words, step),
        title=step.title,
        goal=step.goal,
        is_now=is_now,
        facts=_facts(visit, step),
        bands=_bands(words, step.thresholds),
        criteria=[
            *_criteria(words.gettext("To begin"), step.entry),
            *_criteria(words.gettext("To go on"), step.exit_criteria),
        ],
    )


def _facts(visit: Visit, step: Step) -> list[tuple[str, str]]:
    words, formats = visit.words, visit.formats
    breach = {
        Breach.ROLLBACK: words.gettext("Rolls back by itself"),
        Breach.HOLD: words.gettext("Holds by itself"),
        Breach.NOTIFY: words.gettext("Tells people"),
    }
    promotion = {
        Promotion.MANUAL: words.gettext("by a person"),
        Promotion.AUTOMATIC: words.gettext("by itself"),
    }
    others = {
        Unselected.BYPASS: words.gettext("pass unchecked"),
        Unselected.SHADOW: words.gettext("run in shadow"),
    }
    facts = [
        (
            words.gettext("Sellers and suppliers"),
            words.gettext("let in") if step.endpoints else words.gettext("not yet let in"),
        ),
        (words.gettext("Lasts"), _lasts(words, formats.span, step)),
        (words.gettext("May begin"), "; ".join(map(str, step.windows)) or words.gettext("always")),
        (words.gettext("On a breach"), breach[step.breach]),
        (words.gettext("Promoted"), promotion[step.promotion]),
    ]
    if step.kind in (Phase.CANARY, Phase.PERCENTAGE):
        facts.append((words.gettext("Other products"), others[step.unselected]))
    return facts


def _lasts(words: Words, span: Callable[[timedelta], str], step: Step) -> str:
    minimum, expected = step.minimum_duration, step.expected_duration
    if expected is None:
        return words.gettext("at least %(span)s", span=span(minimum)) if minimum else words.gettext("stays")
    return span(minimum) if minimum == expected else f"{span(minimum)} {NOTHING} {span(expected)}"


def _bands(words: Words, thresholds: Iterable[Threshold]) -> list[tuple[str, str, str, str]]:
    names = metric_names(words)
    return [
        (
            names[each.metric],
            f"{'>' if each.metric.low_is_bad else '<'} {in_unit(each.metric, each.investigate)}",
            NOTHING
            if each.roll_back is None
            else f"{'<' if each.metric.low_is_bad else '>'} {in_unit(each.metric, each.roll_back)}",
            NOTHING if each.alert is None else f"> {in_unit(each.metric, each.alert)}",
        )
        for each in thresholds
    ]


def _criteria(when: str, criteria: Sequence[Criterion]) -> list[tuple[str, list[tuple[str, bool]]]]:
    return [(when, [(each.text, each.is_signed) for each in criteria])] if criteria else []


def _announcement(visit: Visit, each: Announcement) -> tuple[str, str, str, str]:
    step = each.step or visit.words.gettext("each step")
    return each.audience, occasion_words(visit, each, step), ways_of(each), each.to or ""
