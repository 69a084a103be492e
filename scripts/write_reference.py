"""Writes the reference pages that are read off the code: settings, errors, the plan and the metrics.

python scripts/write_reference.py [FOLDER]
"""

import ast
import inspect
import json
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Final

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from sellergate.adapters.plan_files.plan_shape import plan_shape
from sellergate.adapters.plan_files.shapes import REQUIRED, Key, Shape
from sellergate.domain import errors
from sellergate.domain.criteria import Check
from sellergate.domain.gate import DENY_CODES
from sellergate.faces import problems
from sellergate.settings import GROUPS, Settings, explain, load_settings
from sellergate.wiring import assemble, prepare_database

REFERENCE: Final = Path(__file__).parent.parent / "docs" / "reference"


SETTINGS_INTRODUCTION: Final = """\
Read from the environment when a process starts. An empty value is an unset one; a value that cannot be used stops the
start with one line and exit status 2. `sellergate settings` prints those in force, secrets masked.
"""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def code(text: str) -> str:
    """A text as it is typed; nothing for nothing."""
    return f"`{text}`" if text else ""


def settings_page() -> str:
    """Every setting, by group."""
    explained = {row.variable: row for row in explain(Settings())}
    parts = [
        "# Settings\n",
        SETTINGS_INTRODUCTION,
    ]
    for group in GROUPS.values():
        variables = [item.metadata["variable"] for item in group.__dataclass_fields__.values()]
        rows = [(code(name), code(explained[name].default), explained[name].meaning) for name in variables]
        parts.append(f"## {(group.__doc__ or '').splitlines()[0].rstrip('.')}\n")
        parts.append(table(["variable", "default", "meaning"], rows))
    return "\n".join(parts)


def error_classes(of: type[errors.SellergateError] = errors.SellergateError) -> Iterator[type[errors.SellergateError]]:
    """Every class of the tree that callers can meet, the root first."""
    yield of
    for below in of.__subclasses__():
        if below.__module__ in (errors.__name__, problems.__name__):
            yield from error_classes(below)


def errors_page() -> str:
    """Every error code, and what the gate denies with."""
    by_code: dict[str, type[errors.SellergateError]] = {}
    for kind in error_classes():
        by_code.setdefault(kind.code, kind)
    known = sorted(by_code.values(), key=lambda kind: (kind.status, kind.code))
    rows = [(code(kind.code), str(kind.status), (kind.__doc__ or "").splitlines()[0]) for kind in known]
    reasons: dict[str, list[str]] = {}
    for reason, deny_code in DENY_CODES.items():
        reasons.setdefault(deny_code, []).append(code(reason.value))
    return "\n".join(
        [
            "# Errors\n",
            "Every refusal is `application/problem+json` with `errorCode`, `message` and, where there is more to say, `details`.\n",
            table(["errorCode", "status", "meaning"], rows),
            "## Why the gate denies\n",
            table(["errorCode", "reasons"], ((code(deny), ", ".join(why)) for deny, why in reasons.items())),
        ]
    )


PLAN_INTRODUCTION: Final = """\
The rollout moves by a plan: a TOML file, named by `SELLERGATE_PLAN_FILE`. Without one it is the plan that comes with sellergate, which
`sellergate plan show` prints. `sellergate plan check FILE` says everything that is wrong with a file, each with its line; lists are counted
from 0 there. A plan that does not hold stops the start with exit status 2. A key that is not on this page is refused, so that a typing error does
not switch anything off. See [Run a guarded rollout](../how-to/guarded-rollout.md).

Times, shares and latencies carry their unit: `"30 s"`, `"24 hours"`, `"7 days"`, `"5 ms"`, `"0.5 %"`.
"""


def shapes_below(shape: Shape) -> Iterator[Shape]:
    """A table and every table in it, each once."""
    yield shape
    for key in shape.keys.values():
        if key.table is not None:
            yield from shapes_below(key.table)


def default_of(key: Key) -> str:
    """What holds without the key, as it is written."""
    if key.default is REQUIRED:
        return "required"
    if key.default is None:
        return ""
    text = json.dumps(key.default)
    return code(text if not isinstance(key.default, str) or "," not in key.default else key.default)


def plan_page() -> str:
    """Every table and key of a plan, and every check a criterion can name."""
    parts = ["# The rollout plan\n", PLAN_INTRODUCTION]
    shapes = {shape.title: shape for shape in shapes_below(plan_shape("UTC"))}
    for title, shape in shapes.items():
        heading = "The plan" if title == "plan" else f"`{title}`"
        parts += [f"## {heading}\n", f"{shape.meaning}\n"]
        rows = [
            (code(name), "a table, see below" if key.table else key.allowed, default_of(key), key.meaning)
            for name, key in shape.keys.items()
        ]
        parts.append(table(["key", "allowed", "default", "meaning"], rows))
    parts += ["## Checks\n", "What a criterion can have checked without a person.\n"]
    parts.append(table(["check", "is met when"], ((code(check.value), meaning) for check, meaning in meanings(Check))))
    return "\n".join(parts)


def meanings(kind: type[StrEnum]) -> Iterator[tuple[StrEnum, str]]:
    """Every member of an enumeration with the text that stands below it in its source."""
    source = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(source, ast.ClassDef)  # noqa: S101
    for assigned, told in pairwise(source.body):
        if isinstance(assigned, ast.Assign) and isinstance(told, ast.Expr):
            (name,) = assigned.targets
            yield kind[name.id], ast.literal_eval(told.value)  # type: ignore[attr-defined]


METRICS_INTRODUCTION: Final = """\
`GET /metrics` of any worker gives the sum of all workers of its server, in Prometheus' text format, up to the moment it is asked. What a worker
that has ended had counted stays counted; a server that starts anew begins at zero, which `rate()` and `increase()` know how to take. No label holds a
seller or a product: the number of series has an end.

Counters and histograms are added up over servers. Of a gauge each server says its own; those that are read from the database (marked) say
the same everywhere, so take `max` of them over servers, not `sum`. [Dashboards](../how-to/monitoring.md) and alerts are made from
these by `sellergate dashboards export` and `sellergate alerts export`.
"""
STORED: Final = (
    "seller_auth_inbox_size",
    "seller_auth_supplier_decisions",
    "seller_auth_rollout_last_rollback_timestamp_seconds",
)


def metric_families() -> list[Metric]:
    """Every metric of the program as it is assembled, one with Redis."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/shop.db"
        settings = load_settings({"DATABASE_URL": url, "REDIS_URL": "redis://127.0.0.1:1"})  # nobody asks it
        prepare_database(settings)
        assembly = assemble(settings, following=False)
        text = assembly.metrics.exposition().decode()
        assembly.store.close()
    families = text_string_to_metric_families(text)
    return sorted((each for each in families if not each.name.endswith("_created")), key=lambda each: each.name)


def metrics_page() -> str:
    """Every metric with its type, its labels and their values, and its meaning."""
    rows = []
    for family in metric_families():
        name = family.name + ("_total" if family.type == "counter" else "")
        told = family.documentation + (" Read from the database." if family.name in STORED else "")
        rows.append((code(name), family.type, "<br>".join(labels_of(family)), told))
    return "\n".join(["# Metrics\n", METRICS_INTRODUCTION, table(["metric", "type", "labels", "meaning"], rows)])


def labels_of(family: Metric) -> Iterator[str]:
    """Each label with the values it has from the start; where there are more, what they are."""
    values: dict[str, dict[str, None]] = {name: {} for of, name in OPEN_ENDED if of == family.name}
    for sample in family.samples:
        for name, value in sample.labels.items():
            values.setdefault(name, {})[value] = None
    for name, found in values.items():
        yield f"{code(name)}: {OPEN_ENDED.get((family.name, name)) or ', '.join(found)}"


OPEN_ENDED: Final = {
    ("seller_auth_inbox_size", "supplierId"): "an id",
    ("seller_auth_supplier_decisions", "supplierId"): "an id",
    ("seller_auth_supplier_decisions", "action"): "approve, reject",
    ("seller_auth_requests", "result"): "ok, or an [error code](errors.md)",
}


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "settings.md": settings_page,
    "errors.md": errors_page,
    "plan.md": plan_page,
    "metrics.md": metrics_page,
}


def main() -> None:
    """Write every page."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REFERENCE
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
