"""A whole rollout on one page."""

from datetime import timedelta

import pytest
from control_world import OPERATOR, PLAN, REASON, Fleet

from builders import NOON
from sellergate.domain.denials import DenialCount, DenialKey
from sellergate.domain.trials import TrialKind
from sellergate.ports.control import SignOff
from sellergate.services.damage import Damage
from sellergate.services.retrospective import Retrospective
from sellergate.services.trials import TrialBook


@pytest.fixture
def fleet(memory_store):
    return Fleet(memory_store)


def page(fleet):
    return Retrospective(fleet.store, PLAN, Damage(fleet.store), now=fleet.now).page()


def section(text, name):
    return text.partition(f"## {name}\n\n")[2].partition("\n\n")[0]


def test_before_anything_has_happened_the_page_says_so(fleet):
    text = page(fleet)

    assert text.startswith("# Retrospective: Short\n\nMade 2026-03-01 12:00:00 UTC.\n")
    assert section(text, "Course") == "Nobody has moved the rollout yet."
    assert section(text, "Rollbacks") == section(text, "Overrides") == "There were none."


def test_everything_that_was_done_stands_on_the_page_with_how_long_it_lasted(fleet):
    process = fleet.process("first")
    fleet.at("shadow")
    fleet.wait(3 * 86_400 + 3_600)
    fleet.at("half", canary_products=["p|1"])
    for _ in range(5):
        fleet.measured(errors=50)
        process.tick()
    key = DenialKey(
        minute=NOON, seller_id="anna", product_id="p-1", stage="cart", error_code="ERR_SELLER_NOT_AUTHORIZED"
    )
    at = fleet.now() - timedelta(seconds=20)
    with fleet.store.work() as work:
        work.denials.add([DenialCount(key=key, count=1_234, first_seen=at, last_seen=at)])
        work.sign_offs.add(
            SignOff(
                step="half",
                criterion="runbook",
                by="operator-1",
                role="operator",
                note="It is written.",
                at=fleet.now(),
            )
        )
    TrialBook(fleet.store, now=fleet.now).keep(TrialKind.DRILL, OPERATOR, holds=True, summary={})
    fleet.wait(75)

    text = page(fleet)
    course = section(text, "Course").splitlines()
    assert course[2] == ("| 2026-03-01 12:00:00 UTC | promote | off | shadow | 3 d 1 h | operator-1 | " + REASON + " |")
    assert "| half (percentage 50 %) |" in course[3]
    assert course[4].startswith(
        "| 2026-03-04 13:00:40 UTC | rollback | half (percentage 50 %) | off | 1 min 25 s | controller |"
    )
    assert "1,234 denials of 1 sellers and 1 products" in section(text, "Rollbacks")
    assert section(text, "Overrides").startswith(
        "- 2026-03-04 13:00:00 UTC, by operator-1, to half: shadow-minimum-checks"
    )
    assert "runbook signed by operator-1: It is written." in section(text, "Signatures")
    assert "- Roll back: 2" in section(text, "Verdicts that were stored")
    assert section(text, "Trials, the last of each kind").startswith("- drill, 2026-03-04")
