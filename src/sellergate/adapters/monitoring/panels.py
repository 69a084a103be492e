"""Grafana's dashboards as values: panels, how they are laid out, and the JSON that Grafana loads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

COLUMNS: Final = 24
SCHEMA: Final = 39
GREEN, YELLOW, RED = "green", "yellow", "red"
DATASOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
TAG: Final = "sellergate"


class Kind(StrEnum):
    """How a panel shows its figures."""

    COURSE = "timeseries"
    FIGURE = "stat"
    BARS = "bargauge"


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL expression and what its series are called; `$stage`, `$supplier` and `$__rate_interval` are filled in."""

    expr: str
    legend: str = ""


Band = tuple[float | None, str]
"""From this value on (None: from the beginning) in this colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel. `unit` is Grafana's name for it; `section` the place in the runbook it leads to; `empty` what no value means."""

    title: str
    meaning: str
    queries: Sequence[Query]
    kind: Kind = Kind.COURSE
    unit: str = "short"
    bands: Sequence[Band] = ()
    section: str | None = None
    width: int = 8
    empty: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """What single values are called."""

    @property
    def height(self) -> int:
        """In rows of the grid."""
        return 4 if self.kind is Kind.FIGURE else 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A page of panels under headings. `variables` are names of labels with the metric that has them."""

    uid: str
    title: str
    meaning: str
    rows: Mapping[str, Sequence[Panel]]
    variables: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def panels(self) -> Iterator[Panel]:
        """Every panel."""
        for panels in self.rows.values():
            yield from panels

    def as_json(self, runbook: str) -> dict[str, Any]:
        """As Grafana loads it, from a file or by its API."""
        return {
            "uid": self.uid,
            "title": self.title,
            "description": self.meaning,
            "tags": [TAG],
            "schemaVersion": SCHEMA,
            "editable": True,
            "refresh": "30s",
            "time": {"from": "now-6h", "to": "now"},
            "timezone": "",
            "links": [
                {"type": "link", "title": "Runbook", "url": runbook, "targetBlank": True},
                {"type": "dashboards", "title": "Seller authorization", "tags": [TAG], "asDropdown": True},
            ],
            "templating": {"list": [_datasource(), *(_variable(name, *of) for name, of in self.variables.items())]},
            "annotations": {"list": []},
            "panels": list(_laid_out(self.rows, runbook)),
        }


def _datasource() -> dict[str, Any]:
    return {"name": "datasource", "type": "datasource", "label": "Prometheus", "query": "prometheus", "current": {}}


def _variable(name: str, label: str, metric: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "query",
        "label": name.title(),
        "datasource": DATASOURCE,
        "query": {"query": f"label_values({metric}, {label})", "refId": name},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }


def _laid_out(rows: Mapping[str, Sequence[Panel]], runbook: str) -> Iterator[dict[str, Any]]:
    """From left to right, and below when a line is full."""
    id, top = 0, 0
    for title, panels in rows.items():
        id += 1
        yield {
            "id": id,
            "type": "row",
            "title": title,
            "collapsed": False,
            "panels": [],
            "gridPos": _place(0, top, COLUMNS, 1),
        }
        top, left, tallest = top + 1, 0, 0
        for panel in panels:
            id += 1
            if left + panel.width > COLUMNS:
                top, left, tallest = top + tallest, 0, 0
            yield {"id": id, **_panel(panel, runbook), "gridPos": _place(left, top, panel.width, panel.height)}
            left, tallest = left + panel.width, max(tallest, panel.height)
        top += tallest


def _place(left: int, top: int, width: int, height: int) -> dict[str, int]:
    return {"x": left, "y": top, "w": width, "h": height}


def _panel(panel: Panel, runbook: str) -> dict[str, Any]:
    link = {"title": "Runbook", "url": f"{runbook}#{panel.section}", "targetBlank": True}
    return {
        "type": panel.kind.value,
        "title": panel.title,
        "description": panel.meaning,
        "datasource": DATASOURCE,
        "targets": [
            {
                "refId": chr(ord("A") + number),
                "datasource": DATASOURCE,
                "expr": query.expr,
                "legendFormat": query.legend or panel.title,
                "instant": panel.kind is not Kind.COURSE,
                "range": panel.kind is Kind.COURSE,
            }
            for number, query in enumerate(panel.queries)
        ],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _OPTIONS[panel.kind],
        "links": [link] if panel.section else [],
    }


def _defaults(panel: Panel) -> dict[str, Any]:
    steps = [{"value": value, "color": color} for value, color in panel.bands or ((None, GREEN),)]
    mappings = [{"type": "value", "options": {value: {"text": text} for value, text in panel.names.items()}}]
    area = {"thresholdsStyle": {"mode": "area" if panel.bands else "off"}}
    return {
        "unit": panel.unit,
        "thresholds": {"mode": "absolute", "steps": steps},
        "color": {"mode": "palette-classic" if panel.kind is Kind.COURSE else "thresholds"},
        **({"custom": {**area, "fillOpacity": 10, "showPoints": "never"}} if panel.kind is Kind.COURSE else {}),
        **({"mappings": mappings} if panel.names else {}),
        **({"noValue": panel.empty} if panel.empty else {}),
    }


_LAST: Final = {"reduceOptions": {"calcs": ["lastNotNull"], "values": False, "fields": ""}}
_OPTIONS: Final[Mapping[Kind, dict[str, Any]]] = {
    Kind.COURSE: {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
    Kind.FIGURE: {**_LAST, "colorMode": "background", "graphMode": "none", "textMode": "auto"},
    Kind.BARS: {**_LAST, "orientation": "horizontal", "displayMode": "basic"},
}
