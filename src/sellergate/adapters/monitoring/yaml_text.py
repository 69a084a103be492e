"""Documents as YAML that people can read. Every text is quoted as JSON quotes it, which YAML reads alike."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

INDENT: Final = "  "


def yaml_text(document: Mapping[str, Any], *, comment: str) -> str:
    """The document below a comment."""
    head = [f"# {line}" for line in comment.splitlines()]
    return "\n".join([*head, *_lines(document, "")]) + "\n"


def _lines(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _entry(f"{indent}{name}:", item, indent + INDENT)
    else:
        for item in value:
            if isinstance(item, Mapping) and item:
                first, *rest = _lines(item, indent + INDENT)
                yield f"{indent}- {first.lstrip()}"
                yield from rest
            else:
                yield from _entry(f"{indent}-", item, indent + INDENT)


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str) and value:
        yield head
        yield from _lines(value, indent)
    else:
        yield f"{head} {json.dumps(value, ensure_ascii=False)}"
