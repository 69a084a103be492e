"""The verdict on a phase: what its measurements say, metric by metric and as a whole. Pure: the same in, the same out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from sellergate.domain.judgement import (
    Band,
    Course,
    Judgement,
    Opinion,
    Readings,
    Rules,
    State,
    Unreadable,
    Verdict,
)
from sellergate.domain.levels import inbox_opinion, pool_opinion
from sellergate.domain.measurements import Measurement, together
from sellergate.domain.opinions import Seen, rate_opinion
from sellergate.domain.thresholds import Metric, Threshold
from sellergate.domain.verdict_words import NAMES, counted, span_words

__all__ = [
    "Band",
    "Course",
    "Judgement",
    "Opinion",
    "Readings",
    "Rules",
    "State",
    "Unreadable",
    "Verdict",
    "judge",
]

FRESH: Final = timedelta(seconds=30)
"""Windows that ended longer ago say nothing about now."""

VERBS: Final = {
    Verdict.ROLL_BACK: "Roll back",
    Verdict.INVESTIGATE: "Investigate",
    Verdict.NOT_ENOUGH_DATA: "Not enough data",
    Verdict.CONTINUE: "Continue",
}


def judge(rules: Rules, readings: Readings, now: datetime) -> Judgement:
    """What the readings say by these rules. The worst opinion holds, and whatever is not known is not good.

    Silence improves nothing: what the last windows said stands, as a verdict that is at least NOT_ENOUGH_DATA.
    """
    windows = () if isinstance(readings.windows, Unreadable) else _in_order(readings.windows)
    seen = Seen(windows, sum(window.checks for window in windows), rules.minimum_checks, rules.window)
    opinions = tuple(_opinion(threshold, readings, seen, now) for threshold in rules.thresholds)
    verdict = max((opinion.verdict for opinion in opinions), default=Verdict.NOT_ENOUGH_DATA)
    if seen.checks < rules.minimum_checks:
        verdict = max(verdict, Verdict.NOT_ENOUGH_DATA)
    return Judgement(
        verdict=verdict,
        sentence=_sentence(verdict, opinions, seen),
        metrics=opinions,
        at=now,
        checks=seen.checks,
        minimum_checks=rules.minimum_checks,
    )


def _in_order(windows: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """One window of the fleet after the other, whichever process wrote first."""
    ordered = sorted(windows, key=_place)
    groups = (list(group) for _, group in groupby(ordered, key=_place))
    return tuple(group[0] if len(group) == 1 else together(group) for group in groups)


def _place(window: Measurement) -> tuple[datetime, int]:
    return window.start, window.seconds


def _opinion(threshold: Threshold, readings: Readings, seen: Seen, now: datetime) -> Opinion:
    if threshold.metric is Metric.INBOX:
        return inbox_opinion(threshold, readings.inbox)
    if isinstance(readings.windows, Unreadable):
        return Opinion(
            threshold=threshold,
            verdict=Verdict.NOT_ENOUGH_DATA,
            state=State.UNREADABLE,
            measured=f"{NAMES[threshold.metric]} not known",
            conclusion=f"the measurements could not be read, {readings.windows.why}",
        )
    opinion = pool_opinion(threshold, seen) if threshold.metric is Metric.POOL else rate_opinion(threshold, seen)
    return _stale(opinion, seen, now)


def _stale(opinion: Opinion, seen: Seen, now: datetime) -> Opinion:
    """The same opinion, unless the windows it rests on are of some time ago."""
    if not seen.windows or now - seen.windows[-1].end <= FRESH:
        return opinion
    return replace(
        opinion,
        verdict=max(opinion.verdict, Verdict.NOT_ENOUGH_DATA),
        state=State.UNREADABLE,
        measured=f"No process has reported for {span_words(now - seen.windows[-1].end)}; before that: {opinion.measured}",
    )


def _sentence(verdict: Verdict, opinions: Sequence[Opinion], seen: Seen) -> str:
    if not opinions:
        return f"{VERBS[verdict]}. The phase has no thresholds to be judged by."
    worst = [opinion for opinion in opinions if opinion.verdict is verdict]
    if verdict is Verdict.NOT_ENOUGH_DATA and _only_early(worst, seen):
        return f"{VERBS[verdict]}. {seen.checks:,} of at least {counted(seen.minimum_checks, 'check')} so far."
    if verdict is Verdict.CONTINUE:
        good = "It is as it should be." if len(opinions) == 1 else f"All {len(opinions)} metrics are as they should be."
        return f"{VERBS[verdict]}. {good} {worst[0].headline}"
    return f"{VERBS[verdict]}. {worst[0].headline}{_also(worst[1:])}"


def _only_early(worst: Sequence[Opinion], seen: Seen) -> bool:
    """Whether nothing is missing but checks."""
    is_early = seen.checks < seen.minimum_checks
    return is_early and all(opinion.state is State.NOT_ENOUGH_DATA and opinion.sample for opinion in worst)


def _also(others: Sequence[Opinion]) -> str:
    names = [NAMES[opinion.metric] for opinion in others]
    return f" Also: {', '.join(names)}." if names else ""
