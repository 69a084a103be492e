"""Canary suggestions from the command line."""

import pytest
from test_simulate_command import evidence

from sellergate.domain.trials import TrialKind


@pytest.fixture
def shop(terminal):
    """40 products of a partner, 20 of a test supplier, 20 of anybody; a top seller and one that is too well known."""
    terminal.import_(
        "suppliers",
        {"id": "partner", "name": "P", "isPartner": True},
        {"id": "test", "name": "T", "isTest": True},
        {"id": "plain", "name": "N"},
    )
    terminal.import_(
        "products",
        *(
            {"id": f"{supplier}-{number:02}", "name": "N", "supplierId": supplier, "dailyViews": 200}
            for supplier, products in (("partner", 38), ("test", 20), ("plain", 20))
            for number in range(products)
        ),
        {"id": "top", "name": "N", "supplierId": "partner", "dailyViews": 200, "topSeller": True},
        {"id": "famous", "name": "N", "supplierId": "partner", "dailyViews": 9000},
        {"id": "gone", "name": "N", "supplierId": "partner", "active": False},
        {"id": "free", "name": "N"},
    )
    return terminal


def test_ten_percent_are_chosen_evenly_with_a_reason_each(shop):
    found = shop.done("canary", "suggest")

    assert (found["products"], found["wanted"], found["qualifying"], found["shortBy"]) == (80, 8, 58, 0)
    assert [pick["supplierId"] for pick in found["picks"]] == ["partner"] * 4 + ["test"] * 4
    assert {pick["why"] for pick in found["picks"]} == {
        "200 views a day, within 100-500; partner supplier; no top seller",
        "200 views a day, within 100-500; test supplier; no top seller",
    }
    assert found["notChosen"] == {
        "beyondTheShare": 50,
        "too-few-views": 0,
        "regular-supplier": 20,
        "views-unknown": 0,
        "too-many-views": 1,
        "top-seller": 1,
        "inactive": 1,
        "no-supplier": 1,
    }
    assert shop.done("canary", "suggest") == found


def test_the_file_can_be_given_to_a_promotion(shop):
    file = shop.folder / "canary.txt"
    found = shop.done("canary", "suggest", "--output", file)

    moved = shop("rollout", "promote", "--reason", "The first products.", "--override", "--canary-file", file, "--json")

    assert moved.json["canaryProducts"] == sorted(pick["productId"] for pick in found["picks"])


def test_when_too_few_qualify_it_says_so_and_marks_the_next_best(shop):
    file = shop.folder / "canary.txt"
    result = shop("canary", "suggest", "--share", "80", "--output", file, "--json")

    assert result.status == 1
    assert (result.json["wanted"], result.json["qualifying"], result.json["shortBy"]) == (64, 58, 6)
    assert [pick["misses"] for pick in result.json["nextBest"]] == [["regular-supplier"]] * 6
    assert len(file.read_text().split()) == 58

    shop("canary", "suggest", "--share", "80", "--output", file, "--fill")
    assert len(file.read_text().split()) == 64


def test_people_read_how_far_it_is_below_the_share(shop):
    result = shop("canary", "suggest", "--share", "80")

    assert result.out.startswith(
        "58 of 80 active products with a supplier, 72.5 %, of 2 suppliers. Wanted: 80 %, 64 products."
    )
    assert "Too few qualify: 6 more are needed for 80 %." in result.err
    assert "neither a test nor a partner supplier" in result.out
    assert "… and 38 more products" in result.err


def test_other_views_can_be_asked_for(shop):
    found = shop.done("canary", "suggest", "--share", "1", "--min-views", "9000", "--max-views", "9000")

    assert [pick["productId"] for pick in found["picks"]] == ["famous"]


PLAN = """
name = "Ours"
zone = "UTC"

[[steps]]
name = "canary"
kind = "canary"
canary = {share = "2.5 %", daily_views = [5000, 10000], test_or_partner_suppliers = false, top_sellers = true}

[[steps]]
name = "all"
kind = "full"
"""


def test_it_looks_for_what_the_canary_step_of_the_plan_says(shop):
    shop.set("SELLERGATE_PLAN_FILE", shop.file("plan.toml", PLAN))

    found = shop("canary", "suggest", "--json").json
    assert (found["wanted"], found["qualifying"]) == (2, 1)
    assert [pick["productId"] for pick in found["picks"]] == ["famous"]
    assert (found["notChosen"]["regular-supplier"], found["notChosen"]["top-seller"]) == (0, 0)

    found = shop.done("canary", "suggest", "--min-views", "100")
    assert (found["wanted"], found["qualifying"]) == (2, 80)


def test_it_is_evidence_when_asked(shop):
    shop("canary", "suggest", "--share", "80")
    assert evidence(shop, TrialKind.CANARY) is None

    shop("canary", "suggest", "--share", "80", "--keep")
    assert not evidence(shop, TrialKind.CANARY).holds
    shop("canary", "suggest", "--keep")
    kept = evidence(shop, TrialKind.CANARY)
    assert (kept.holds, len(kept.summary["picks"])) == (True, 8)


def test_an_empty_catalog_has_no_canary(terminal):
    result = terminal("canary", "suggest", "--json")

    assert (result.status, result.json["wanted"]) == (1, 0)


def test_a_range_the_wrong_way_round_is_refused(terminal):
    assert terminal("canary", "suggest", "--min-views", "501").status == 2
