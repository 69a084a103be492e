"""How a verdict is put to people: plain words that hold the measured number and the limit."""

from datetime import timedelta
from math import isclose
from typing import Final

from sellergate.domain.thresholds import Metric, Threshold

NAMES: Final = {
    Metric.ERRORS: "Errors",
    Metric.LATENCY: "P95",
    Metric.CACHE_HITS: "Cache hits",
    Metric.POOL: "Database pool",
    Metric.INBOX: "Fullest supplier inbox",
}


def value_words(metric: Metric, value: float, digits: int = 2) -> str:
    """The value with its unit: `1.9 %`, `7.3 ms`, `620`."""
    if metric is Metric.INBOX:
        return f"{value:,.0f}"
    if metric is not Metric.LATENCY:
        return f"{_rounded(value * 100, digits)} %"
    for size, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= size:
            return f"{_rounded(value / size, digits)} {unit}"
    return f"{value * 1e9:.0f} ns"


def _rounded(value: float, digits: int) -> str:
    """Significant digits, one after the point from ten on, none from a hundred on: `0.018`, `1.9`, `52.4`, `840`."""
    places = 0 if value >= 100 else 1 if value >= 10 else None
    text = f"{float(f'{value:.{digits}g}'):.10f}" if places is None else f"{value:.{places + digits - 2}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def value_beside(threshold: Threshold, value: float) -> str:
    """The value in so many digits that it does not read like a limit it is not."""
    limits = {limit for limit in (threshold.investigate, threshold.roll_back, threshold.alert) if limit is not None}
    metric = threshold.metric
    texts = [value_words(metric, value, digits) for digits in range(2, 6)]
    taken = {value_words(metric, limit) for limit in limits - {value}}
    return next((text for text in texts if text not in taken), texts[-1])


def lately_words(span: timedelta) -> str:
    """That it was lately: `in the last minute`, `in the last 50 seconds`."""
    return f"in the last {span_words(span).removeprefix('1 ')}"


def span_words(span: timedelta) -> str:
    """A length of time, in the unit it is thought of: `50 seconds`, `1 minute`, `3 hours`."""
    seconds = round(span.total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size or seconds == size:
            return counted(round(seconds / size), unit)
    return counted(seconds, "second")


def counted(number: int, noun: str) -> str:
    """`1 check`, `4,210 checks`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def rate_words(threshold: Threshold, value: float, sample: int, span: timedelta) -> str:
    """What was seen, of how many checks, over how long."""
    metric = threshold.metric
    asked = " that asked a cache" if metric is Metric.CACHE_HITS else ""
    checks = f"{counted(sample, 'check')}{asked} {lately_words(span)}"
    return f"{NAMES[metric]} {value_beside(threshold, value)} of {checks}"


def certainty_words(metric: Metric, low: float, high: float | None) -> str:
    """Where the true value is."""
    if high is None:
        return f"95 % sure: at least {value_words(metric, low)}"
    return f"95 % sure: {value_words(metric, low)} to {value_words(metric, high)}"


def good_words(threshold: Threshold) -> str:
    """That the value is where it should be."""
    side = "above" if threshold.metric.low_is_bad else "below"
    return f"{side} the limit of {value_words(threshold.metric, threshold.investigate)}"


def investigate_words(threshold: Threshold, value: float) -> str:
    """That the value is in the band in which it is looked into."""
    metric, roll_back = threshold.metric, threshold.roll_back
    if roll_back is None:
        return past_words(threshold, value)
    bands = (value_words(metric, threshold.investigate), value_words(metric, roll_back))
    return f"between the limit of {bands[0]} and the roll-back limit of {bands[1]}"


def past_words(threshold: Threshold, value: float) -> str:
    """On which side of the limit the value is, where it is no longer good."""
    limit = threshold.investigate
    side = "below" if threshold.metric.low_is_bad else "above"
    return f"{'at' if isclose(value, limit) else side} the limit of {value_words(threshold.metric, limit)}"


def roll_back_words(threshold: Threshold) -> str:
    """That the value is beyond the limit to roll back from."""
    return f"{'below' if threshold.metric.low_is_bad else 'above'} {roll_back_limit(threshold)}"


def roll_back_limit(threshold: Threshold) -> str:
    """The limit to roll back from, by name."""
    limit = threshold.roll_back
    return f"the roll-back limit of {'' if limit is None else value_words(threshold.metric, limit)}"


def alert_words(threshold: Threshold) -> str:
    """That people are told of the value."""
    limit = threshold.alert
    side = "below" if threshold.metric.low_is_bad else "above"
    return f"{side} the alert limit of {'' if limit is None else value_words(threshold.metric, limit)}"
