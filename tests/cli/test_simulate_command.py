"""The simulation from the command line."""

import csv
import io
import json

import pytest
from terminal import ndjson

from sellergate.adapters.sql import SqlStore
from sellergate.domain.rollout import bucket
from sellergate.domain.trials import TrialKind

CHECKS = [
    {"sellerId": "anna", "productId": "mug", "stage": "cart", "count": 3},
    {"sellerId": "anna", "productId": "mug", "stage": "order", "value": 12.5, "at": "2026-03-01T12:00:00Z"},
    {"sellerId": "ben", "productId": "lamp", "stage": "order", "value": 30, "at": "2026-03-02T12:00:00Z"},
    {"sellerId": "ben", "productId": "own", "stage": "order"},
]
ORDERS = "seller_id,product_id,created_at,price\nanna,mug,2020-01-01,12.50\nben,lamp,2020-03-01,30\n"


@pytest.fixture
def shop(terminal):
    terminal.fill()
    return terminal


@pytest.fixture
def checks(shop):
    return shop.file("checks.ndjson", ndjson(*CHECKS))


def evidence(terminal, kind):
    store = SqlStore.open(f"sqlite:///{terminal.folder / 'shop.db'}", migrate=False)
    try:
        with store.view() as view:
            return view.trials.latest(kind)
    finally:
        store.close()


def test_full_enforcement_is_told_whole(shop, checks):
    found = shop.done("simulate", "--checks", checks, "--phase", "full")
    [outcome] = found["outcomes"]

    assert (found["checks"], found["pairs"], found["value"]) == (6, 3, 42.5)
    assert (found["from"], found["to"]) == ("2026-03-01T12:00:00.000Z", "2026-03-02T12:00:00.000Z")
    assert outcome["denied"] == {"checks": 5, "pairs": 2, "value": 42.5}
    assert outcome["byStage"]["cart"] == {"checks": 3, "pairs": 1, "value": 0.0}
    assert outcome["byReason"] == {"NO_AUTHORIZATION": {"checks": 5, "pairs": 2, "value": 42.5}}
    assert [one["sellerId"] for one in outcome["topSellers"]] == ["anna", "ben"]
    assert outcome["topSuppliers"] == [{"supplierId": "acme", "checks": 5, "pairs": 2, "value": 42.5}]
    assert outcome["inbox"]["topSuppliers"] == [{"supplierId": "acme", "requests": 2, "autoApproved": 0}]
    assert outcome["limits"] == {"sellers": 0, "byTier": {}, "topSellers": []}


def test_without_a_phase_10_50_and_100_percent_stand_side_by_side(shop, checks):
    outcomes = shop.done("simulate", "--checks", checks)["outcomes"]

    by_product = {"mug": 4, "lamp": 1}
    assert [(one["percentage"], one["denied"]["checks"]) for one in outcomes] == [
        (share, sum(number for product, number in by_product.items() if bucket(product) < share))
        for share in (10, 50, 100)
    ]


def test_a_canary_file_says_which_products(shop, checks):
    canary = shop.file("canary.txt", "lamp\n")

    [outcome] = shop.done("simulate", "--checks", checks, "--phase", "canary", "--canary-file", canary)["outcomes"]

    assert (outcome["phase"], outcome["enforced"], outcome["denied"]["pairs"]) == ("canary", 1, 1)


def test_without_a_file_the_canary_is_that_of_the_rollout(shop, checks):
    shop("rollout", "promote", "--reason", "The first few products.", "--override", "--canary", "lamp")

    [outcome] = shop.done("simulate", "--checks", checks, "--phase", "canary")["outcomes"]

    assert outcome["topProducts"] == [{"productId": "lamp", "checks": 1, "pairs": 1, "value": 30.0}]


def test_order_files_are_checks_at_the_stage_order(shop):
    orders = shop.file("orders.csv", ORDERS)

    [outcome] = shop.done("simulate", "--orders", orders, "--phase", "full")["outcomes"]

    assert outcome["byStage"]["order"] == {"checks": 2, "pairs": 2, "value": 42.5}
    shop.done("backfill", "--orders", orders)
    [outcome] = shop.done("simulate", "--orders", orders, "--phase", "full")["outcomes"]
    assert outcome["denied"]["checks"] == 0


def test_the_shadow_report_can_be_replayed(shop):
    shop.set("ENABLE_SELLER_AUTHORIZATION", "false")
    shop("gate", "check", "anna", "mug")

    found = shop.done("simulate", "--shadow", "--phase", "full")

    assert (found["checks"], found["outcomes"][0]["denied"]["checks"]) == (1, 1)
    assert "only checks that would have been denied" in shop("simulate", "--shadow").err


def test_every_denied_pair_can_be_had_as_csv(shop, checks):
    result = shop("simulate", "--checks", checks, "--phase", "full", "--csv", "-")

    rows = list(csv.DictReader(io.StringIO(result.out)))
    assert [(row["sellerId"], row["productId"], row["stage"], row["checks"]) for row in rows] == [
        ("anna", "mug", "cart", "3"),
        ("anna", "mug", "order", "1"),
        ("ben", "lamp", "order", "1"),
    ]
    assert {(row["phase"], row["supplierId"], row["reason"]) for row in rows} == {("full", "acme", "NO_AUTHORIZATION")}


def test_sellers_whose_limit_is_too_low_are_named(shop, checks):
    shop.set("SELLER_PRODUCT_LIMIT", "0")

    [outcome] = shop.done("simulate", "--checks", checks, "--phase", "full")["outcomes"]

    assert outcome["limits"]["byTier"] == {"BRONZE": 1, "GOLD": 1}
    assert outcome["limits"]["topSellers"][0] == {
        "sellerId": "anna", "tier": "BRONZE", "used": 0, "needed": 1, "limit": 0,
    }  # fmt: skip


def test_a_bad_line_is_told_and_spoils_no_other(shop):
    bad = shop.file("bad.ndjson", ndjson(*CHECKS) + b'{"sellerId": "anna"}\n')

    result = shop("simulate", "--checks", bad, "--phase", "full")

    assert result.status == 1
    assert "bad.ndjson, line 5: productId must be" in result.err
    assert shop("simulate", "--checks", bad, "--phase", "full", "--json").json["checks"] == 6


@pytest.mark.parametrize(("most", "status", "holds"), [("83", 1, False), ("84", 0, True)])
def test_the_result_is_evidence_and_a_limit_is_kept(shop, checks, most, status, holds):
    result = shop("simulate", "--checks", checks, "--phase", "full", "--max-denied", most, "--keep", "--json")

    kept = evidence(shop, TrialKind.SIMULATION)
    assert (result.status, kept.holds) == (status, holds)
    assert kept.actor_id.startswith("cli:")
    assert kept.summary["outcomes"] == result.json["outcomes"]


def test_nothing_is_kept_unless_asked(shop, checks):
    shop.done("simulate", "--checks", checks)

    assert evidence(shop, TrialKind.SIMULATION) is None


def test_people_read_the_phases_beside_each_other(shop, checks):
    result = shop("simulate", "--checks", checks)

    assert result.out.startswith("6 checks of 3 pairs from 2026-03-01 to 2026-03-02, worth 42.50.")
    assert "percentage 10 %" in result.out
    assert "requests to suppliers" in result.out
    assert "Sellers denied most at full" in result.out
    assert result.err == ""


def test_no_checks_at_all_are_no_denials(shop):
    found = shop("simulate", "--checks", "-", "--json", stdin=b"sellerId,productId,stage\n")

    assert (found.status, json.loads(found.out)["outcomes"][2]["deniedShare"]) == (0, 0.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "--checks, --orders and --shadow"),
        (("--shadow", "--checks", "-"), "--checks, --orders and --shadow"),
        (("--shadow", "--phase", "percentage"), "--percentage"),
        (("--shadow", "--phase", "full", "--percentage", "10"), "The phase full has none"),
        (("--shadow", "--phase", "canary"), "no canary products"),
        (("--shadow", "--canary-file", "missing.txt"), "missing.txt: No such file"),
    ],
)
def test_wrong_usage_is_one_line(shop, arguments, message):
    result = shop("simulate", *arguments)

    assert result.status == 2
    assert message in result.err
    assert result.err.count("\n") == 1
