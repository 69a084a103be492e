"""The reference page of the command line says what `--help` says."""

import runpy
from pathlib import Path

import pytest
from typer.main import get_command

from sellergate.cli.app import app

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "write_cli_reference.py"))


def test_the_page_is_as_the_commands_have_it():
    written = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")

    assert written == SCRIPT["page"](), "Renew it: .venv/bin/python scripts/write_cli_reference.py"


@pytest.mark.parametrize("name", [name for name, _ in SCRIPT["commands"](get_command(app), "sellergate")])
def test_every_command_answers_help_and_explains_each_option(terminal, name):
    result = terminal(*name.split()[1:], "--help")

    assert result.status == 0
    assert result.out.startswith(f"Usage: {name} ")


def test_every_option_of_every_command_is_explained():
    def unexplained(command, name):
        for below in getattr(command, "commands", {}):
            yield from unexplained(command.commands[below], f"{name} {below}")
        yield from (f"{name} {parameter.name}" for parameter in command.params if not getattr(parameter, "help", None))

    assert list(unexplained(get_command(app), "sellergate")) == []
