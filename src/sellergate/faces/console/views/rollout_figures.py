"""The numbers of the control room: figures of the last minutes, and charts with the plan's bands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from sellergate.domain.gate import Stage
from sellergate.domain.judgement import Judgement, Opinion, Verdict
from sellergate.domain.thresholds import Metric, Threshold
from sellergate.domain.trend import Point
from sellergate.faces.console.formats import NOTHING
from sellergate.faces.console.language import Words
from sellergate.faces.console.visit import Visit
from sellergate.services.trends import Trend

MILLISECONDS: Final = 1_000
PERCENT: Final = 100
_FACTORS: Final = {" ms": MILLISECONDS, "%": PERCENT}
SPARK: Final = (72, 20)
"""The size of the small curve beside a figure."""
SPARK_POINTS: Final = 24
ROWS: Final = 12
"""How many of the newest points the table beside a chart has."""
SPARKS_OVER: Final = timedelta(hours=1)

Read = Callable[[Point], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of the strip. `kind` is ok, warn, bad or none; `limit` is what it is held against."""

    label: str
    value: str
    unit: str
    kind: str
    icon: str
    limit: str
    chart: str
    spark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a chart: the key of its values, its name, its colour and its dashes."""

    k: str
    name: str
    c: int
    dash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart. `inv` and `rb` are the plan's limits, None for no such limit; `rev`: low values are bad."""

    id: str
    title: str
    unit: str
    digits: int
    low: float
    high: float
    rev: bool
    inv: float | None
    rb: float | None
    lines: list[Line]
    alt: str
    table: list[tuple[str, list[str]]]

    @property
    def config(self) -> dict[str, Any]:
        """What the script draws it by."""
        left_out = {"alt", "table", "title"}
        return {key: value for key, value in asdict(self).items() if key not in left_out}


_READS: Final[Mapping[str, Read]] = {
    "p50": lambda point: _times(point.p50, MILLISECONDS),
    "p95": lambda point: _times(point.p95, MILLISECONDS),
    "p99": lambda point: _times(point.p99, MILLISECONDS),
    "errors": lambda point: _times(point.errors, PERCENT),
    "hits": lambda point: _times(point.hits, PERCENT),
    "cart": lambda point: _times(point.denied[Stage.CART], PERCENT),
    "order": lambda point: _times(point.denied[Stage.ORDER], PERCENT),
    "settlement": lambda point: _times(point.denied[Stage.SETTLEMENT], PERCENT),
}
"""Every line, in the unit it is shown in."""

_JUDGED: Final = {"p95": Metric.LATENCY, "errors": Metric.ERRORS, "hits": Metric.CACHE_HITS}
_CHART_OF: Final = {"p50": "c-latency", "p95": "c-latency", "p99": "c-latency", "errors": "c-errors", "hits": "c-hits"}
LOOKS: Final[Mapping[Verdict, tuple[str, str]]] = {
    Verdict.CONTINUE: ("ok", "circle-check"),
    Verdict.INVESTIGATE: ("warn", "triangle-alert"),
    Verdict.ROLL_BACK: ("bad", "octagon-x"),
    Verdict.NOT_ENOUGH_DATA: ("none", "circle-dashed"),
}
"""The colour and the icon of a verdict."""


def figures(visit: Visit, judgement: Judgement | None) -> list[Figure]:
    """The strip: what was seen in the last minutes, and what the plan says of it."""
    words, point = visit.words, visit.parts.trends.recent()
    opinions = {} if judgement is None else {opinion.metric: opinion for opinion in judgement.metrics}
    points = visit.parts.trends.over(SPARKS_OVER).points
    return [
        _figure(
            words,
            key,
            label,
            point=point,
            opinion=opinions.get(_JUDGED[key]) if key in _JUDGED else None,
            points=points,
        )
        for key, label in _labels(words).items()
    ]


def _labels(words: Words) -> dict[str, str]:
    return {
        "p50": words.gettext("Gate P50"),
        "p95": words.gettext("Gate P95"),
        "p99": words.gettext("Gate P99"),
        "errors": words.gettext("Errors"),
        "hits": words.gettext("Cache hits"),
        "cart": words.gettext("Cart denials"),
        "order": words.gettext("Order denials"),
        "settlement": words.gettext("Settlement denials"),
    }


def _figure(
    words: Words,
    key: str,
    label: str,
    *,
    point: Point | None,
    opinion: Opinion | None,
    points: Sequence[Point | None],
) -> Figure:
    value = None if point is None else _READS[key](point)
    unit = "ms" if key in ("p50", "p95", "p99") else "%"
    kind, icon = ("none", "minus") if opinion is None else LOOKS[opinion.verdict]
    limit = words.gettext("no limit") if opinion is None else _limit_words(words, opinion.threshold)
    if value is None:
        kind, icon, limit = "none", "circle-dashed", words.gettext("Not enough data")
    return Figure(
        label=label,
        value=shown(value),
        unit="" if value is None else unit,
        kind=kind,
        icon=icon,
        limit=limit,
        chart=_CHART_OF.get(key, "c-denials"),
        spark=_spark([None if one is None else _READS[key](one) for one in points]),
    )


def _limit_words(words: Words, threshold: Threshold) -> str:
    if threshold.metric is Metric.LATENCY:
        return words.gettext("below %(limit)s ms", limit=shown(threshold.investigate * MILLISECONDS))
    limit = shown(threshold.investigate * PERCENT)
    if threshold.metric.low_is_bad:
        return words.gettext("above %(limit)s%%", limit=limit)
    return words.gettext("below %(limit)s%%", limit=limit)


def shown(value: float | None) -> str:
    """A figure with as many digits as it takes to tell it from its limit."""
    if value is None:
        return NOTHING
    digits = 0 if value >= PERCENT or value == 0 else 1 if value >= 10 else 2 if value >= 0.1 else 3
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _times(value: float | None, factor: int) -> float | None:
    return None if value is None else value * factor


def _spark(values: Sequence[float | None]) -> str:
    known = _thinned([value for value in values if value is not None])
    if len(known) < 2:
        return ""
    width, height = SPARK
    low, high = min(known), max(known)
    step, scale = width / (len(known) - 1), (height - 2) / ((high - low) or 1)
    return "M" + " L".join(
        f"{at * step:.1f},{height - 1 - (value - low) * scale:.1f}" for at, value in enumerate(known)
    )


def _thinned(values: Sequence[float]) -> list[float]:
    """The highest of each few neighbours: more points than that are a smear in so small a curve."""
    few = max(1, len(values) // SPARK_POINTS)
    return [max(values[at : at + few]) for at in range(0, len(values), few)]


def charts(visit: Visit, trend: Trend, thresholds: Mapping[Metric, Threshold]) -> list[Chart]:
    """The four of them, with the limits of the step the rollout is judged by."""
    words = visit.words
    latency, errors, hits = (thresholds.get(metric) for metric in (Metric.LATENCY, Metric.ERRORS, Metric.CACHE_HITS))
    dashes = ("", "5 3", "1.5 2.5")
    names = {
        "p50": "P50",
        "p95": "P95",
        "p99": "P99",
        "errors": words.gettext("Errors"),
        "hits": words.gettext("Cache hits"),
        "cart": words.pgettext("stage", "Cart"),
        "order": words.pgettext("stage", "Order"),
        "settlement": words.pgettext("stage", "Settlement"),
    }

    def chart(id: str, title: str, unit: str, keys: tuple[str, ...], limits: Threshold | None) -> Chart:
        factor = _FACTORS[unit]
        inv = None if limits is None else limits.investigate * factor
        rb = None if limits is None or limits.roll_back is None else limits.roll_back * factor
        low_is_bad = limits is not None and limits.metric.low_is_bad
        lines = [Line(k=key, name=names[key], c=at + 1, dash=dashes[at]) for at, key in enumerate(keys)]
        rows = _table(visit, trend, keys)
        return Chart(
            id=id,
            title=title,
            unit=unit,
            digits=2,
            low=(inv or 0) * 0.7 if low_is_bad else 0,
            high=PERCENT if low_is_bad else (inv or 1) * 1.3,
            rev=low_is_bad,
            inv=inv,
            rb=rb,
            lines=lines,
            alt=_alt(words, title, unit, lines, trend),
            table=rows,
        )

    return [
        chart("c-latency", words.gettext("Gate latency"), " ms", ("p50", "p95", "p99"), latency),
        chart("c-errors", words.gettext("Errors"), "%", ("errors",), errors),
        chart("c-hits", words.gettext("Cache hits"), "%", ("hits",), hits),
        chart("c-denials", words.gettext("Denials by stage"), "%", ("cart", "order", "settlement"), None),
    ]


def _alt(words: Words, title: str, unit: str, lines: Sequence[Line], trend: Trend) -> str:
    parts = []
    for line in lines:
        values = [value for point in trend.points if point is not None and (value := _READS[line.k](point)) is not None]
        if values:
            now, most = shown(values[-1]), shown(max(values))
            parts.append(
                words.gettext(
                    "%(name)s now %(now)s%(unit)s, at most %(most)s%(unit)s",
                    name=line.name,
                    now=now,
                    most=most,
                    unit=unit,
                )
            )
    return f"{title}: {'; '.join(parts) or words.gettext('Not enough data')}"


def _table(visit: Visit, trend: Trend, keys: Sequence[str]) -> list[tuple[str, list[str]]]:
    newest = [point for point in trend.points if point is not None][-ROWS:]
    return [
        (visit.formats.time(point.start), [shown(_READS[key](point)) for key in keys]) for point in reversed(newest)
    ]


def series(trend: Trend) -> dict[str, list[float | None]]:
    """All lines, as the script takes them: times in seconds since 1970, values in the unit they are shown in."""
    start = trend.since.timestamp() // trend.seconds * trend.seconds
    times: list[float | None] = [start + at * trend.seconds for at in range(len(trend.points))]
    return {"t": times} | {
        key: [None if point is None else _rounded(read(point)) for point in trend.points]
        for key, read in _READS.items()
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
