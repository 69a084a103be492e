"""The rules between the tables of a plan: order, names, references."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from sellergate.adapters.plan_files.faults import Fault, Path
from sellergate.domain.plan import Step, minimum_checks_of
from sellergate.domain.rollout import Phase
from sellergate.domain.thresholds import Threshold

T = TypeVar("T")


def faults_between(values: Mapping[str, Any], raw: Mapping[str, Any]) -> Iterator[Fault]:
    """What does not go together. Tables that are faulty in themselves are None and are passed over; `raw` has their names."""
    steps = _placed(("steps",), values.get("steps"))
    yield from _order(steps)
    yield from _last(values.get("steps"))
    yield from _unique("a name that no other step has", [((*path, "name"), step.name) for path, step in steps])
    yield from _unique("a name that no other criterion has", list(_criterion_names(steps)))
    faulty = {name for name in _names(raw.get("steps")) if name not in {step.name for _, step in steps}}
    yield from _references(steps, values.get("announcements"), faulty)
    for name in ("announcements", "alerts", "afterwards"):
        placed = _placed((name,), values.get(name))
        yield from _unique(
            f"a name that no other of the {name} has", [((*path, "name"), one.name) for path, one in placed]
        )
    yield from _unique_metrics(("thresholds",), values.get("thresholds"))
    for path, step in steps:
        yield from _unique_metrics((*path, "thresholds"), step.thresholds)


def _placed(path: Path, items: Sequence[T | None] | None) -> list[tuple[Path, T]]:
    return [((*path, place), item) for place, item in enumerate(items or ()) if item is not None]


def _order(steps: list[tuple[Path, Step]]) -> Iterator[Fault]:
    for (_, before), (path, step) in pairwise(steps):
        if step.kind is Phase.PERCENTAGE is before.kind:
            if step.percentage <= before.percentage:
                allowed = f"allowed is more than {before.percentage}, the share of the step before"
                yield Fault((*path, "percentage"), allowed, str(step.percentage))
        elif step.level < before.level or (step.level == before.level and step.kind is Phase.FULL):
            allowed = f"allowed is a step that reaches further than {before.name} before it, which is {before.kind}"
            yield Fault((*path, "kind"), allowed, step.kind.value)


def _last(steps: Sequence[Step | None] | None) -> Iterator[Fault]:
    last = steps[-1] if steps else None
    if steps and last is not None and last.kind is not Phase.FULL:
        yield Fault(("steps", len(steps) - 1, "kind"), "allowed is full for the last step", last.kind.value)


def _criterion_names(steps: list[tuple[Path, Step]]) -> Iterator[tuple[Path, str]]:
    for path, step in steps:
        for key, criteria in (("entry", step.entry), ("criteria", step.criteria)):
            yield from (((*path, key, place, "name"), one.name) for place, one in enumerate(criteria))
    for path, step in steps:
        if step.minimum_checks:
            yield (*path, "minimum_checks"), minimum_checks_of(step.name)


def _unique(allowed: str, names: list[tuple[Path, str]]) -> Iterator[Fault]:
    seen = set()
    for path, name in names:
        if name in seen:
            yield Fault(path, f"allowed is {allowed}", name)
        seen.add(name)


def _unique_metrics(path: Path, thresholds: Sequence[Threshold | None] | None) -> Iterator[Fault]:
    placed = _placed(path, thresholds)
    yield from _unique("each metric once", [((*where, "metric"), one.metric.value) for where, one in placed])


def _names(tables: object) -> Iterator[str]:
    for table in tables if isinstance(tables, list) else ():
        if isinstance(table, dict) and isinstance(table.get("name"), str):
            yield table["name"]


def _references(
    steps: list[tuple[Path, Step]], announcements: Sequence[Any] | None, faulty: set[str]
) -> Iterator[Fault]:
    earlier = set(faulty)
    for path, step in steps:
        for key, criteria in (("entry", step.entry), ("criteria", step.criteria)):
            for place, one in enumerate(criteria):
                if one.step is not None and one.step not in earlier:
                    yield Fault((*path, key, place, "step"), "allowed is the name of an earlier step", one.step)
        earlier.add(step.name)
    for path, announcement in _placed(("announcements",), announcements):
        if announcement.step is not None and announcement.step not in earlier:
            yield Fault((*path, "step"), "allowed is the name of a step", announcement.step)
