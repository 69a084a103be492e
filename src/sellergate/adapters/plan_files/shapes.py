"""Tables of a plan file as data: their keys, what each may be, and what is made of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from sellergate.adapters.plan_files.faults import Fault, Path, shown

REQUIRED: Final = object()


class Refused(Exception):
    """Values that are fine each for itself and do not go together; `key` is the one to change."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(key, problem)
        self.key, self.problem = key, problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key: what it means, what is allowed, how it is read (ValueError for what is not) and written again.

    `default` is shown in the reference; `table` makes it a table, `many` a list of tables.
    """

    meaning: str
    allowed: str = ""
    parse: Callable[[Any], Any] = str
    write: Callable[[Any], Any] = lambda value: value
    default: object = REQUIRED
    table: "Shape | None" = None
    many: bool = False

    def read(self, value: object, path: Path, faults: list[Fault]) -> Any:
        """The value, None when it is faulty; of a list of tables those that are not."""
        if self.table is None:
            return self._parsed(value, path, faults)
        if not self.many:
            return self.table.read(value, path, faults)
        if not isinstance(value, list) or (self.default is REQUIRED and not value):
            faults.append(Fault(path, "allowed is a list of tables", shown(value)))
            return None
        return [self.table.read(item, (*path, place), faults) for place, item in enumerate(value)]

    def _parsed(self, value: object, path: Path, faults: list[Fault]) -> Any:
        try:
            return self.parse(value)
        except (ValueError, OverflowError):
            faults.append(Fault(path, f"allowed is {self.allowed}", shown(value)))
            return None

    def written(self, value: Any) -> Any:
        """The value as it stands in a file."""
        if self.table is None:
            return self.write(value)
        return [self.table.written(item) for item in value] if self.many else self.table.written(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One kind of table: its keys by name, and what is made of their values (Refused when they do not go together)."""

    title: str
    meaning: str
    keys: Mapping[str, Key]
    make: Callable[..., Any]
    facts: Callable[[Any], Mapping[str, Any]]

    def read(self, raw: object, path: Path, faults: list[Fault]) -> Any:
        """What the table says, None when something in it is faulty."""
        known = len(faults)
        values = self.values(raw, path, faults)
        if len(faults) > known:
            return None
        try:
            return self.make(**values)
        except Refused as refusal:
            here = raw.get(refusal.key) if isinstance(raw, dict) else None
            value = None if here is None else shown(here)
            faults.append(Fault((*path, refusal.key), refusal.problem, value))
            return None

    def values(self, raw: object, path: Path, faults: list[Fault]) -> dict[str, Any]:
        """The values of the keys that are there; faulty ones are None."""
        if not isinstance(raw, dict):
            faults.append(Fault(path, "allowed is a table", shown(raw)))
            return {}
        faults.extend(Fault((*path, name), self._unknown(name)) for name in raw if name not in self.keys)
        missing = [name for name, key in self.keys.items() if key.default is REQUIRED and name not in raw]
        faults.extend(Fault((*path, name), "is missing") for name in missing)
        return {name: key.read(raw[name], (*path, name), faults) for name, key in self.keys.items() if name in raw}

    def _unknown(self, name: str) -> str:
        alike = get_close_matches(name, self.keys, n=1)
        return f"there is no such key; did you mean {alike[0]}?" if alike else "there is no such key"

    def written(self, thing: Any) -> dict[str, Any]:
        """The table that reads as this thing; what says nothing is left out."""
        facts = self.facts(thing)
        given = {name: facts[name] for name in self.keys if facts.get(name) not in (None, "", ())}
        return {name: self.keys[name].written(value) for name, value in given.items()}


def fields_of(thing: Any) -> Mapping[str, Any]:
    """A frozen object's fields by name, the usual facts of a table."""
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


def frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values with their lists as tuples, as frozen objects keep them."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
