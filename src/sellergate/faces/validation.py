"""What pydantic found wrong, in our words: which field, and what it must be, never what was sent."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

NOT_JSON: Final = "json_invalid"
_NOT_AN_OBJECT: Final = ("model_type", "model_attributes_type", "dict_type")
_WHERE: Final = ("body", "query", "path", "header")

_OURS: Final = {
    NOT_JSON: "This is not valid JSON.",
    "extra_forbidden": "is not known here",
    "missing": "is needed",
    "string_pattern_mismatch": "has characters that cannot be used here",
}


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
    if kind in _NOT_AN_OBJECT:
        return (
            "must be a JSON object" if error["loc"] != ("body",) else "must be a JSON object, sent as application/json"
        )
    if kind == "value_error":
        return text.removeprefix("Value error, ")
    return _OURS.get(kind) or text[:1].lower() + text[1:]
