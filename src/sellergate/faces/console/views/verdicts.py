"""Verdicts as their list and their page show them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sellergate.domain.evidence import canonical
from sellergate.domain.judgement import Verdict
from sellergate.domain.thresholds import Metric
from sellergate.faces.console.formats import NOTHING
from sellergate.faces.console.language import Words
from sellergate.faces.console.views.directory import Mark
from sellergate.faces.console.views.rollout import verdict_word
from sellergate.faces.console.views.rollout_figures import LOOKS, MILLISECONDS, PERCENT, shown
from sellergate.faces.console.visit import Visit
from sellergate.ports.control import StoredVerdict

ADDRESS: Final = "/o/verdicts"
_SHARES: Final = frozenset({Metric.ERRORS, Metric.CACHE_HITS, Metric.POOL})


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLine:
    """One stored verdict."""

    id: int
    mark: Mark
    sentence: str
    at: datetime
    since: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricLine:
    """What one metric said: its value with the interval it lies in, of how many checks, against which limits."""

    name: str
    mark: Mark
    value: str
    interval: str
    sample: int
    limits: list[str]
    sentence: str


def verdict_mark(words: Words, name: str) -> Mark:
    """A verdict as a badge."""
    verdict = Verdict[name]
    kind, icon = LOOKS[verdict]
    return Mark(kind="mute" if kind == "none" else kind, text=verdict_word(words, verdict), icon=icon)


def verdict_line(visit: Visit, stored: StoredVerdict) -> VerdictLine:
    """A verdict for the list."""
    return VerdictLine(
        id=stored.id,
        mark=verdict_mark(visit.words, stored.verdict),
        sentence=stored.sentence,
        at=stored.at,
        since=stored.since,
        version=stored.rollout_version,
    )


def metric_names(words: Words) -> dict[str, str]:
    """What is measured."""
    return {
        Metric.LATENCY: words.gettext("Gate P95"),
        Metric.ERRORS: words.gettext("Errors"),
        Metric.CACHE_HITS: words.gettext("Cache hits"),
        Metric.POOL: words.gettext("Database pool"),
        Metric.INBOX: words.gettext("Fullest inbox"),
    }


def in_unit(metric: str, value: float | None) -> str:
    """A value of this metric as it is shown, with its unit."""
    if value is None:
        return NOTHING
    if metric == Metric.LATENCY:
        return f"{shown(value * MILLISECONDS)} ms"
    return f"{shown(value * PERCENT)}%" if metric in _SHARES else shown(value)


def metric_lines(visit: Visit, judgement: Mapping[str, Any]) -> list[MetricLine]:
    """What each metric of a stored judgement said."""
    names = metric_names(visit.words)
    return [_metric(visit.words, names, each) for each in judgement["metrics"]]


def _metric(words: Words, names: Mapping[str, str], opinion: Mapping[str, Any]) -> MetricLine:
    metric, limits = opinion["metric"], opinion["limits"]
    low, high = opinion["low"], opinion["high"]
    roll_back = limits.get("rollBack")
    told = [words.gettext("Investigate: %(limit)s", limit=in_unit(metric, limits["investigate"]))]
    if roll_back is not None:
        told.append(words.gettext("Roll back: %(limit)s", limit=in_unit(metric, roll_back)))
    return MetricLine(
        name=names.get(metric, metric),
        mark=verdict_mark(words, opinion["verdict"]),
        value=in_unit(metric, opinion["value"]),
        interval=NOTHING
        if low is None or high is None
        else f"{in_unit(metric, low)} {NOTHING} {in_unit(metric, high)}",
        sample=opinion["sample"],
        limits=told,
        sentence=opinion["sentence"],
    )


def evidence_text(stored: StoredVerdict) -> str:
    """What the verdict was judged by, to be read."""
    return json.dumps(json.loads(canonical(stored.evidence)), indent=1, ensure_ascii=False)
