"""What one rate says: errors, P95 and cache hits, judged by the windows of a phase."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sellergate.domain.judgement import Band, Course, Opinion, State, Verdict
from sellergate.domain.measurements import Measurement
from sellergate.domain.samples import Estimate, against, allowed_share, batch, enough, estimate
from sellergate.domain.sequential import Page, after, slow_and_fast
from sellergate.domain.thresholds import Threshold
from sellergate.domain.verdict_words import (
    NAMES,
    alert_words,
    certainty_words,
    counted,
    good_words,
    investigate_words,
    lately_words,
    past_words,
    rate_words,
    roll_back_limit,
    roll_back_words,
)

DECIMALS: Final = 6
"""Logarithms may differ in their last bit between machines; what is shown of them does not."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The windows of a phase, one after the other, with what was evaluated in all of them."""

    windows: Sequence[Measurement]
    checks: int
    minimum_checks: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class Basis:
    """What an opinion on a rate rests on."""

    threshold: Threshold
    stretch: Sequence[Measurement]
    found: Estimate
    pages: list[Page]

    @property
    def band(self) -> Band:
        """Between which limits the estimate lies."""
        metric, roll_back = self.threshold.metric, self.threshold.roll_back
        if roll_back is not None and against(metric, self.stretch, roll_back).is_passed:
            return Band.ROLL_BACK
        is_reached = against(metric, self.stretch, self.threshold.investigate).is_reached
        return Band.INVESTIGATE if is_reached else Band.GOOD


def rate_opinion(threshold: Threshold, seen: Seen) -> Opinion:
    """To be rolled back by the sequential tests alone; to be looked into, or good, by the estimate over the last minutes."""
    pages = _pages(threshold, seen)
    onsets = [page.onset for page in pages if page.onset is not None]
    if onsets:
        return _alarmed(threshold, seen, pages, min(onsets))
    return _estimated(threshold, seen, pages)


def _pages(threshold: Threshold, seen: Seen) -> list[Page]:
    metric, roll_back = threshold.metric, threshold.roll_back
    if roll_back is None:
        return []
    tests = slow_and_fast(allowed_share(metric, threshold.investigate), allowed_share(metric, roll_back))
    batches = [batch(metric, window, roll_back) for window in seen.windows]
    return [after(test, batches) for test in tests]


def _alarmed(threshold: Threshold, seen: Seen, pages: list[Page], onset: int) -> Opinion:
    """The stretch that is shown begins where the evidence does, but not longer ago than the window of estimates."""
    metric = threshold.metric
    since = seen.windows[-1].end - seen.window
    stretch = [window for window in seen.windows[onset:] if window.end > since]
    found = estimate(metric, stretch)
    if found is None:  # nothing was checked since: the alarm stands
        stretch = list(seen.windows[onset:])
        found = estimate(metric, stretch)
    basis = Basis(threshold, stretch, found or Estimate(0.0, 0.0, None), pages)
    return _opinion(basis, Verdict.ROLL_BACK, _why_alarmed(basis))


def _why_alarmed(basis: Basis) -> str:
    threshold, found = basis.threshold, basis.found
    if basis.band is Band.ROLL_BACK or threshold.roll_back is None:
        return roll_back_words(threshold)
    is_low = threshold.metric.low_is_bad
    worst = found.low if is_low else found.high
    if worst is None or (worst <= threshold.roll_back if is_low else worst >= threshold.roll_back):
        return f"at {roll_back_limit(threshold)}, as far as can be told"
    return f"it was beyond {roll_back_limit(threshold)} and has not recovered for certain"


def _estimated(threshold: Threshold, seen: Seen, pages: list[Page]) -> Opinion:
    stretch = _recent(threshold, seen)
    found = estimate(threshold.metric, stretch)
    if found is None:
        return _silent(threshold, seen, pages)
    basis = Basis(threshold, stretch, found, pages)
    sample = against(threshold.metric, stretch, threshold.investigate)
    if sample.is_certain or (sample.is_reached and sample.is_telling):
        return _opinion(basis, Verdict.INVESTIGATE, _why_investigated(basis))
    if sample.is_reached:
        why = f"{past_words(threshold, found.value)}, by too few checks to be certain"
        return _opinion(basis, Verdict.NOT_ENOUGH_DATA, why)
    if seen.checks < seen.minimum_checks:
        why = f"{good_words(threshold)}, after {seen.checks:,} of at least {counted(seen.minimum_checks, 'check')}"
        return _opinion(basis, Verdict.NOT_ENOUGH_DATA, why)
    return _opinion(basis, Verdict.CONTINUE, good_words(threshold))


def _why_investigated(basis: Basis) -> str:
    if basis.band is Band.ROLL_BACK:
        return f"{roll_back_words(basis.threshold)}, in too few checks or too briefly to roll back"
    return investigate_words(basis.threshold, basis.found.value)


def _silent(threshold: Threshold, seen: Seen, pages: list[Page]) -> Opinion:
    name = NAMES[threshold.metric]
    what = f"nothing was checked {lately_words(seen.window)}"
    return Opinion(
        threshold=threshold,
        verdict=Verdict.NOT_ENOUGH_DATA,
        state=State.NO_TRAFFIC if seen.windows else State.NOT_ENOUGH_DATA,
        measured=f"{name} not known",
        conclusion=what if seen.windows else "no process has reported since the phase began",
        sample=0,
        tests=_courses(pages),
    )


def _recent(threshold: Threshold, seen: Seen) -> Sequence[Measurement]:
    """The last minutes, and what came before while that is too little; nothing where the last minutes have no checks."""
    metric, limit, windows = threshold.metric, threshold.investigate, seen.windows
    if not windows:
        return []
    since, wanted = windows[-1].end - seen.window, enough(allowed_share(metric, limit))
    first, total = len(windows), 0
    while first and (windows[first - 1].end > since or 0 < total < wanted):
        first -= 1
        total += batch(metric, windows[first], limit)[0]
    return windows[first:] if total else []


def _opinion(basis: Basis, verdict: Verdict, why: str) -> Opinion:
    threshold, stretch, found = basis.threshold, basis.stretch, basis.found
    sample = against(threshold.metric, stretch, threshold.investigate).total
    since, until = stretch[0].start, stretch[-1].end
    alert = _alerts(threshold, stretch)
    return Opinion(
        threshold=threshold,
        verdict=verdict,
        state=State.NOT_ENOUGH_DATA if verdict is Verdict.NOT_ENOUGH_DATA else State.MEASURED,
        measured=rate_words(threshold, found.value, sample, until - since),
        certainty=certainty_words(threshold.metric, found.low, found.high),
        conclusion=f"{why}, and {alert_words(threshold)}" if alert else why,
        value=found.value,
        band=basis.band,
        low=found.low,
        high=found.high,
        sample=sample,
        since=since,
        until=until,
        alert=alert,
        tests=_courses(basis.pages),
    )


def _alerts(threshold: Threshold, stretch: Sequence[Measurement]) -> bool:
    if threshold.alert is None:
        return False
    sample = against(threshold.metric, stretch, threshold.alert)
    return sample.is_certain or (sample.is_passed and sample.is_telling)


def _courses(pages: list[Page]) -> tuple[Course, ...]:
    return tuple(
        Course(
            name=page.test.name,
            good=page.test.good,
            bad=page.test.bad,
            statistic=round(page.statistic, DECIMALS),
            threshold=round(page.test.threshold, DECIMALS),
            release=round(page.test.release, DECIMALS),
            alarmed=page.alarmed,
        )
        for page in pages
    )
