"""Reports from the command line, over what was really decided."""

import csv
from datetime import timedelta

import pytest

from measured import FAILED, HIT
from sellergate.domain.cache_advice import age_bin
from sellergate.domain.identifiers import Actor, Role
from sellergate.domain.measurements import HOUR_SECONDS, Measurement, aligned
from sellergate.ports.clock import utc_now
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


def test_a_span_that_would_begin_before_there_were_years_is_refused(terminal):
    said = terminal("report", "suppliers", "--until", "0001-01-02")

    assert (said.status, "--until" in said.err) == (2, True)


def test_the_life_of_cached_answers_is_advised_or_said_not_to_be_known(terminal, decided):
    assert terminal("report", "cache").out.splitlines()[-1].startswith("Not enough data: memory was asked for 0 checks")

    with assemble(load_settings(), following=False) as assembly, assembly.store.work() as work:
        at = aligned(utc_now() - timedelta(hours=2), HOUR_SECONDS)
        window = Measurement(start=at, counts={HIT: 600, FAILED: 400}, again={age_bin(64): 400})
        work.windows.put("gate", [window])

    assert "Let answers live 900 s instead of 60 s" in terminal("report", "cache").out
    [row] = terminal.done("report", "cache")["items"]
    assert (row["advice"], row["advisedTtlSeconds"], row["ranOut"]) == ("longer", 900, 400)
    [row] = csv.DictReader(terminal("report", "cache", "--csv", "-").out.splitlines())
    assert row["hitRate"] == "0.6"
