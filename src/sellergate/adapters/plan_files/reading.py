"""From the text of a plan to the plan, or to everything that is wrong with it."""

import re
import tomllib
from pathlib import Path as FilePath
from typing import Any, Final

from sellergate.adapters.plan_files.faults import Fault, Path, PlacedFault, PlanErrors
from sellergate.adapters.plan_files.lines import lines_of
from sellergate.adapters.plan_files.plan_shape import plan_shape, zone
from sellergate.adapters.plan_files.rules import faults_between
from sellergate.domain.plan import RolloutPlan

PLANS: Final = FilePath(__file__).parents[2] / "plans"
DEFAULT: Final = PLANS / "default.toml"
"""The seed's plan, which is followed unless another file is named."""
DEMO: Final = PLANS / "demo.toml"
"""A plan without waiting, for the demo and for trying things out."""

NEUTRAL_ZONE: Final = "UTC"
_AT_LINE: Final = re.compile(r" \(at line (\d+), column \d+\)$| \(at end of document\)$")


def load_plan(path: FilePath) -> RolloutPlan:
    """The plan in this file. Raises PlanErrors for one that cannot be followed, OSError for one that cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PlanErrors([PlacedFault(path.name, line, Fault((), "allowed is UTF-8 text"))]) from error
    return parse_plan(text, path.name)


def parse_plan(text: str, file: str) -> RolloutPlan:
    """The plan this TOML text describes; `file` is its name in messages. Raises PlanErrors, and nothing else."""
    raw, lines = _tables(text, file)
    faults: list[Fault] = []
    shape = plan_shape(_zone_of(raw))
    values = shape.values(raw, (), faults)
    faults += faults_between(values, raw)
    if faults:
        placed = [PlacedFault(file, _line(lines, fault.path), fault) for fault in faults]
        raise PlanErrors(sorted(placed, key=lambda one: one.line))
    plan: RolloutPlan = shape.make(**values)
    return plan


def facts_of_plan(plan: RolloutPlan) -> dict[str, Any]:
    """The plan in the keys and the words of a file; what it does not say is left out."""
    return plan_shape(plan.zone).written(plan)


def _tables(text: str, file: str) -> tuple[dict[str, Any], dict[Path, int]]:
    try:
        return tomllib.loads(text), lines_of(text)
    except RecursionError as error:
        raise PlanErrors([PlacedFault(file, 1, Fault((), "it is nested too deeply"))]) from error
    except ValueError as error:  # a syntax error, or a number that Python refuses to read
        message = str(error)
        place = _AT_LINE.search(message)
        line = int(place[1]) if place and place[1] else text.count("\n") + 1 if place else 1
        problem = f"this is not TOML: {_AT_LINE.sub('', message)}"
        raise PlanErrors([PlacedFault(file, line, Fault((), problem))]) from error


def _zone_of(raw: dict[str, Any]) -> str:
    try:
        return zone(raw.get("zone"))
    except ValueError:
        return NEUTRAL_ZONE


def _line(lines: dict[Path, int], path: Path) -> int:
    """The line of a key, or of the table it is missing from."""
    while path not in lines:
        path = path[:-1]
    return lines[path]
