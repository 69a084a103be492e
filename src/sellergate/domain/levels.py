"""What one level says: the database pool by the windows of a phase, the inbox by the number that was read."""

from datetime import timedelta
from math import isfinite
from typing import Final

from sellergate.domain.judgement import Band, Opinion, State, Unreadable, Verdict
from sellergate.domain.opinions import Seen
from sellergate.domain.thresholds import Metric, Threshold
from sellergate.domain.verdict_words import (
    NAMES,
    alert_words,
    good_words,
    investigate_words,
    lately_words,
    roll_back_words,
    value_beside,
)

LASTING: Final = timedelta(seconds=30)
"""A pool that is rolled back for its sake, if a plan says so at all, has been too full in each window this long."""


def pool_opinion(threshold: Threshold, seen: Seen) -> Opinion:
    """The fullest a process's pool has been lately. A pool nobody has looked at is not an empty one."""
    windows = seen.windows
    since = windows[-1].end - seen.window if windows else None
    recent = [window for window in windows if since is not None and window.end > since]
    levels = [window.pool_in_use for window in recent if window.pool_in_use is not None]
    if not levels or not all(isfinite(level) for level in levels):
        return _unknown(threshold, State.NOT_ENOUGH_DATA, "nobody has looked at it lately")
    lasting = [window.pool_in_use for window in recent if window.end > windows[-1].end - LASTING]
    lowest = min((level for level in lasting if level is not None), default=0.0)
    highest = max(levels)
    lately = lately_words(recent[-1].end - recent[0].start)
    words = f"{NAMES[Metric.POOL]} up to {value_beside(threshold, highest)} in use {lately}"
    return _opinion(threshold, highest, lowest, len(levels), words)


def inbox_opinion(threshold: Threshold, inbox: int | Unreadable | None) -> Opinion:
    """How many requests wait for the supplier who has most of them."""
    if isinstance(inbox, Unreadable):
        return _unknown(threshold, State.UNREADABLE, f"it could not be read, {inbox.why}")
    if inbox is None:
        return _unknown(threshold, State.NOT_ENOUGH_DATA, "nobody has looked at it")
    words = f"{NAMES[Metric.INBOX]} has {value_beside(threshold, inbox)} open requests"
    return _opinion(threshold, float(inbox), float(inbox), 1, words)


def _opinion(threshold: Threshold, value: float, lasting: float, sample: int, measured: str) -> Opinion:
    band = _band(threshold, value)
    alert = threshold.alert is not None and value > threshold.alert
    is_lasting = _band(threshold, lasting) is Band.ROLL_BACK
    verdict = Verdict.CONTINUE if band is Band.GOOD else Verdict.INVESTIGATE
    return Opinion(
        threshold=threshold,
        verdict=Verdict.ROLL_BACK if is_lasting else verdict,
        state=State.MEASURED,
        measured=measured,
        conclusion=_conclusion(threshold, band, value, alert=alert),
        value=value,
        band=band,
        low=value,
        high=value,
        sample=sample,
        alert=alert,
    )


def _band(threshold: Threshold, value: float) -> Band:
    if threshold.roll_back is not None and value > threshold.roll_back:
        return Band.ROLL_BACK
    return Band.INVESTIGATE if value >= threshold.investigate else Band.GOOD


def _conclusion(threshold: Threshold, band: Band, value: float, *, alert: bool) -> str:
    if band is Band.ROLL_BACK:
        return roll_back_words(threshold)
    if alert:
        return alert_words(threshold)
    return good_words(threshold) if band is Band.GOOD else investigate_words(threshold, value)


def _unknown(threshold: Threshold, state: State, why: str) -> Opinion:
    return Opinion(
        threshold=threshold,
        verdict=Verdict.NOT_ENOUGH_DATA,
        state=state,
        measured=f"{NAMES[threshold.metric]} not known",
        conclusion=why,
    )
