"""What the pages say is what the code does."""

import re
from pathlib import Path

from chaos.play import SCENARIOS
from sellergate.domain.authorization import ACTORS, MOVES

DOCS = Path(__file__).parents[1] / "docs"


def test_the_page_about_states_has_every_move_and_who_may_make_it():
    page = (DOCS / "explanation" / "states.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [a-z] \| (\w+) \| ([\w-]+) \| ([\w, ]+) \| (\w+) \|$", page, re.MULTILINE)

    assert [(start, action, frozenset(by.split(", ")), end) for start, action, by, end in rows] == [
        (start.value, action.value, {role.value for role in ACTORS[action]}, end.value)
        for (start, action), end in MOVES.items()
    ]


def test_every_decision_names_real_tests():
    named = {
        name
        for page in DOCS.glob("decisions/*.md")
        for name in re.findall(r"`(tests/[\w/.]+)`", page.read_text(encoding="utf-8"))
    }

    assert named
    assert {name for name in named if not (DOCS.parent / name).exists()} == set()


def test_the_failures_of_others_are_kept_away_by_tests_that_exist():
    page = (DOCS / "explanation" / "freshness.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    rows = re.findall(r"^\| .*\((?:OpenFGA|SpiceDB|CVE).*\) \| `tests/", page, re.MULTILINE)

    assert len(rows) == 4
    missing = [
        f"{path}::{test}"
        for path, test in named
        if f"def {test}(" not in (DOCS.parent / path).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_the_scenarios_are_those_that_are_played():
    page = (DOCS / "explanation" / "freshness.md").read_text(encoding="utf-8")
    table = page[page.index("| scenario |") : page.index("Of every single check")]

    assert re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE) == [scenario.name for scenario in SCENARIOS]
