"""Writes the reference pages that are read off the code: settings and errors.

python scripts/write_reference.py [FOLDER]
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from sellergate.domain import errors
from sellergate.domain.gate import DENY_CODES
from sellergate.faces import problems
from sellergate.settings import GROUPS, Settings, explain

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


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "settings.md": settings_page,
    "errors.md": errors_page,
}


def main() -> None:
    """Write every page."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REFERENCE
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
