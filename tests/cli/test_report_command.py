"""Reports from the command line, over what was really decided."""

import csv

import pytest

from sellergate.domain.identifiers import Actor, Role
from sellergate.settings import load_settings
from sellergate.wiring import assemble

REASON = "The product pages are not good enough."


@pytest.fixture
def decided(terminal):
    """One request was approved, one rejected, one is refused while its cooldown lasts."""
    terminal.fill()
    acme = Actor("acme", Role.SUPPLIER, supplier_id="acme")
    anna, ben = (Actor(id, Role.SELLER, seller_id=id) for id in ("anna", "ben"))
    with assemble(load_settings(), following=False) as assembly:
        assembly.workflow.approve(acme, assembly.workflow.request(anna, "mug").id)
        assembly.workflow.reject(acme, assembly.workflow.request(ben, "mug").id, REASON)
        with pytest.raises(Exception, match="again"):
            assembly.workflow.request(ben, "mug")


def test_the_summary_says_what_is_known_and_what_is_not(terminal, decided):
    found = terminal.done("report", "summary")

    assert found["approvalRate"] == 0.5
    assert found["revocationRate"] == 0
    assert found["cooldownsEnded"] == 0
    assert found["afterCooldownReturnRate"] is None
    assert found["cooldownRefusals"] == 1
    assert "\N{EN DASH}" in terminal("report", "summary").out


def test_each_supplier_and_each_tier_has_a_row(terminal, decided):
    [supplier] = terminal.done("report", "suppliers")["items"]
    tiers = terminal.done("report", "tiers")["items"]

    assert (supplier["supplier"], supplier["approved"], supplier["rejected"], supplier["answers"]) == ("acme", 1, 1, 2)
    assert sum(tier["asked"] for tier in tiers) == 3
    assert "50.0 %" in terminal("report", "suppliers").out


def test_what_happened_before_or_after_is_not_in_it(terminal, decided):
    assert terminal.done("report", "suppliers", "--until", "2020-01-01")["items"] == []


def test_as_csv_it_has_the_figures_themselves(terminal, decided):
    file = terminal.folder / "suppliers.csv"

    assert terminal("report", "suppliers", "--csv", file).status == 0

    [row] = csv.DictReader(file.read_text().splitlines())
    assert (row["approvalRate"], row["name"] != "") == ("0.5", True)
    assert "ended,askedAgain" in terminal("report", "cooldowns", "--csv", "-").out


def test_a_span_without_days_is_refused(terminal):
    assert terminal("report", "suppliers", "--days", "0").status == 2
