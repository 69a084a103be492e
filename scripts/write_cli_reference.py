"""Writes the reference page of the command line: the help of every command, as `--help` prints it.

python scripts/write_cli_reference.py [FILE]
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer
from typer.main import get_command

from sellergate.cli.app import app

PAGE: Final = Path(__file__).parent.parent / "docs" / "reference" / "cli.md"
WIDTH: Final = 96

INTRODUCTION: Final = """\
# Command line

Every command reads its settings from the environment ([Settings](settings.md)). Tables are for people; `--json` prints one JSON
document on standard output, and whatever else there is to say goes to standard error.

| exit status | meaning |
| --- | --- |
| 0 | done |
| 1 | it failed, or what was asked does not hold: a check is denied, the audit trail is broken, a line could not be taken |
| 2 | wrong usage or configuration: nothing was done |
| 130 | ended by Ctrl-C |

An error is one line on standard error. Files named `-` are standard input or output.
"""


def commands(command: Any, name: str) -> Iterator[tuple[str, str]]:
    """The name and the help of a command and of all below it."""
    context = typer.Context(command, info_name=name, terminal_width=WIDTH)
    yield name, command.get_help(context)
    for below in getattr(command, "commands", {}):
        yield from commands(command.commands[below], f"{name} {below}")


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for name, text in commands(get_command(app), "sellergate"):
        help = "\n".join(line.rstrip() for line in text.splitlines())
        parts.append(f"## {name}\n\n```text\n{help}\n```\n")
    return "\n".join(parts)


def main() -> None:
    """Write the page."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
