"""Domain objects as rows and back: a column is named as the field it keeps."""

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any


def as_row_of(kind: type[Any], *left_out: str) -> Callable[[Any], dict[str, Any]]:
    """A function that gives an object's fields by name, without those `left_out`."""
    names = tuple(field.name for field in fields(kind) if field.name not in left_out)
    values = attrgetter(*names)
    return lambda thing: dict(zip(names, values(thing), strict=True))
