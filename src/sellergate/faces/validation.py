"""What pydantic found wrong, in our words: which field, and what it must be, never what was sent."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

NOT_JSON: Final = "json_invalid"
_NOT_AN_OBJECT: Final = ("model_type", "model_attributes_type", "dict_type")
_WHERE: Final = ("body", "query", "path", "header")


def wrong_fields(errors: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Each wrong field with its message; the field is empty where the whole input is wrong."""
    return [("" if error["type"] == NOT_JSON else _field(error["loc"]), _message(error)) for error in errors]


def _field(location: Iterable[object]) -> str:
    names = [str(part) for part in location]
    if names and names[0] in _WHERE:
        names = names[1:]
    return ".".join(names)


def _message(error: Mapping[str, Any]) -> str:
    kind, text = error["type"], str(error["msg"])
    if kind == NOT_JSON:
        return "This is not valid JSON."
    if kind in _NOT_AN_OBJECT:
        return "must be a JSON object" if error["loc"] != ("body",) else "must be a JSON object, sent as application/json"
    if kind == "extra_forbidden":
        return "is not known here"
    if kind == "missing":
        return "is needed"
    if kind == "string_pattern_mismatch":
        return "has characters that cannot be used here"
    if kind == "value_error":
        return text.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]
