"""What the pages say is what the code does."""

import re
from pathlib import Path

from kinds import every_notice

from chaos.play import SCENARIOS
from sellergate.domain.authorization import ACTORS, MOVES
from sellergate.domain.notices import Kind
from sellergate.domain.webhooks import TOLERANCE, secret_of, signed_headers
from sellergate.ports.clock import utc_now

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


def test_the_table_of_notifications_is_what_is_told_to_whom():
    page = (DOCS / "how-to" / "notifications.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| `([a-z.-]+)` \| (yes|) ?\| ?(yes|) ?\| ?(yes|) ?\|$", page, re.MULTILINE)
    told = {
        kind: {side for side, yes in zip(("seller", "supplier", "operator"), said, strict=True) if yes}
        for kind, *said in rows
    }

    assert told == {
        kind.value: {notice.audience.value for notice in every_notice() if notice.kind == kind} for kind in Kind
    }


def test_the_code_that_believes_a_webhook_believes_ours_and_no_other():
    page = (DOCS / "how-to" / "notifications.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.+?)```", page, re.DOTALL)
    sample = {}
    exec(code, sample)
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    now = utc_now()
    headers = signed_headers("msg_1", now, b"{}", [b"n" * 32, secret_of(secret)])

    assert sample["is_genuine"](headers, b"{}", secret)
    assert not sample["is_genuine"](headers, b"{ }", secret)
    assert not sample["is_genuine"](
        signed_headers("msg_1", now - TOLERANCE * 2, b"{}", [secret_of(secret)]), b"{}", secret
    )
