"""A setting as data: a field that says its variable, its default, how it is read, and what it means."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import timedelta
from typing import Any, Final, TypeVar

T = TypeVar("T")

MASK: Final = "********"


class ConfigurationError(Exception):
    """A setting that cannot be used; the message is one line with the variable, the value, and what is allowed."""

    def __init__(self, variable: str, value: str, allowed: str) -> None:
        super().__init__(f"{variable}={value}: {allowed}")


def setting(
    variable: str, default: Any, meaning: str, parse: Callable[[str], Any], *, allowed: str, secret: bool = False
) -> Any:
    """One field of a group: read from `variable` by `parse`, which raises ValueError for what is not `allowed`."""
    metadata = {"variable": variable, "meaning": meaning, "parse": parse, "allowed": allowed, "secret": secret}
    return field(default=default, metadata=metadata)


def load_group(group: type[T], environ: Mapping[str, str]) -> T:
    """One group as the environment gives it. Raises ConfigurationError for the first value that cannot be used."""
    return group(**{item.name: _read(item, environ) for item in fields(group) if _text(item, environ)})  # type: ignore[arg-type]


def _text(item: Field[Any], environ: Mapping[str, str]) -> str:
    return environ.get(item.metadata["variable"], "").strip()


def _read(item: Field[Any], environ: Mapping[str, str]) -> Any:
    text = _text(item, environ)
    try:
        return item.metadata["parse"](text)
    except ValueError:
        shown = MASK if item.metadata["secret"] else text
        raise ConfigurationError(item.metadata["variable"], shown, f"allowed is {item.metadata['allowed']}") from None


@dataclass(frozen=True, slots=True)
class Explained:
    """One setting for people: its variable, its value and default as text (secrets masked), its meaning."""

    variable: str
    value: str
    default: str
    meaning: str


def explain_group(group: Any) -> list[Explained]:
    """Every setting of one group with its value."""
    return [_explained(item, getattr(group, item.name)) for item in fields(group)]


def _explained(item: Field[Any], value: Any) -> Explained:
    default = None if item.default is MISSING else item.default
    hidden = item.metadata["secret"] and value is not None and value != default
    return Explained(
        item.metadata["variable"], MASK if hidden else _shown(value), _shown(default), item.metadata["meaning"]
    )


def _shown(value: Any) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return str(round(value.total_seconds()))
    if isinstance(value, tuple):
        return ",".join(value)
    return _shown_mapping(value) if isinstance(value, Mapping) else str(value)


def _shown_mapping(value: Mapping[str, Any]) -> str:
    if any(isinstance(listed, tuple) for listed in value.values()):
        return " ".join(f"{name}={_shown(listed)}" for name, listed in value.items())
    return ",".join(f"{tier}={'unlimited' if limit is None else limit}" for tier, limit in value.items())
