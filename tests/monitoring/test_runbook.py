"""Alerts and panels lead to a section of the runbook, and what the runbook tells people to paste works."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from live import SECRET, LiveServer, bearer

from builders import THE_PLAN
from sellergate.adapters.monitoring import RUNBOOK, alert_rules, dashboards
from servers.valkey import ValkeyServer

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / RUNBOOK).read_text(encoding="utf-8")
RULES = alert_rules(THE_PLAN)
SECTIONS = {
    re.sub(r"[^a-z0-9]+", "-", title.lower()): text
    for title, text in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
}
OF_THE_SEED = ("gate-latency-spike", "high-error-rate", "supplier-inbox-overload")
OF_OPERATORS = (
    "feed-lag",
    "redis-down",
    "database-pool-exhausted",
    "kill-switch-present",
    "controller-missing",
    "dead-letters",
)
NOT_OURS = {"set", "systemctl", "journalctl", "ls", "rm"}
"""What only a real installation has; the rest is run."""


def commands(text):
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        yield from block.replace("\\\n", " ").splitlines()


EVERY = [(section, line) for section, text in SECTIONS.items() for line in commands(text)]
of_program = [line for _, line in EVERY if line.startswith("sellergate ")]
of_servers = [line for _, line in EVERY if line.startswith(("psql ", "curl ", "redis-cli "))]


def test_every_alert_has_its_section_and_stands_in_the_table():
    assert {rule.section for rule in RULES} <= set(SECTIONS)
    table = dict.fromkeys(re.findall(r"`(Phase9\w+)`", PAGE.partition("## ")[0]))
    assert set(table) == {rule.name for rule in RULES}
    for names, section in re.findall(r"^\| (`Phase9.+?`) \| \[.*?\]\(#(.+?)\) \|$", PAGE, re.MULTILINE):
        assert {rule.section for rule in RULES if f"`{rule.name}`" in names} == {section}


def test_every_panel_that_leads_to_the_runbook_finds_its_section():
    assert {panel.section for board in dashboards(THE_PLAN) for panel in board.panels()} - {None} <= set(SECTIONS)


@pytest.mark.parametrize("section", [*OF_THE_SEED, *OF_OPERATORS, *dict.fromkeys(rule.section for rule in RULES)])
def test_a_section_says_the_symptom_how_to_look_and_what_to_do(section):
    text = SECTIONS[section]

    assert list(commands(text))
    if section != "daily-summary":
        assert text.index("**Symptom.**") < text.index("**Diagnosis.**") < text.index("**Resolution.**")


def test_nothing_is_to_be_pasted_that_is_not_known():
    known = {"sellergate", "psql", "curl", "redis-cli", "export"} | NOT_OURS

    assert {line.split()[0] for _, line in EVERY} <= known


@pytest.fixture(scope="module")
def shell_environ(tmp_path_factory, postgres_server, postgres_template):
    """The variables of "Before you paste", over real servers."""
    folder = tmp_path_factory.mktemp("runbook")
    tokens = {f"{role.upper()}_TOKEN": bearer(role)["Authorization"].split()[1] for role in ("operator", "admin")}
    with (
        postgres_server.database(template=postgres_template) as url,
        ValkeyServer() as redis,
        LiveServer(folder, url, REDIS_URL=redis.url) as server,
    ):
        server.fill(sellers=1, products=1)
        yield {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": url,
            "REDIS_URL": redis.url,
            "SELLERGATE_URL": server.url,
            **tokens,
        }


@pytest.mark.parametrize("line", of_servers)
def test_what_asks_a_server_is_answered(shell_environ, line):
    failing = line.replace("curl -s ", "curl -sS --fail-with-body ")
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", failing],
        env=shell_environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout
    assert "NOAUTH" not in done.stdout


@pytest.mark.parametrize("line", dict.fromkeys(of_program))
def test_what_asks_the_program_is_understood(terminal, line):
    terminal.set("SELLERGATE_JWT_SECRET", SECRET)
    terminal.set("SELLERGATE_KILL_SWITCH_FILE", terminal.folder / "KILL")
    terminal.fill()
    result = terminal(*shlex.split(line)[1:])

    assert result.status in (0, 1), result
    assert result.out or result.err
    assert result.status == 0 or "--help shows" not in result.err


def test_the_tokens_are_made_by_a_command_that_works(terminal):
    terminal.set("SELLERGATE_JWT_SECRET", SECRET)
    made = re.findall(r"\$\((sellergate token .+?)\)", PAGE)

    assert len(made) == 2
    for line in made:
        assert terminal(*shlex.split(line)[1:]).status == 0


def test_commands_named_in_the_text_are_there(terminal):
    for line in set(re.findall(r"`(sellergate [a-z].*?)`", PAGE)):
        assert terminal(*[word for word in shlex.split(line)[1:] if not word.startswith("-")], "--help").status == 0, (
            line
        )


def test_settings_named_in_the_text_are_there():
    settings = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:SELLER|SELLERGATE|DATABASE|REDIS|AUTHORIZATION)_[A-Z_]+)`", PAGE))

    assert named
    assert {name for name in named if f"`{name}`" not in settings} == set()
