"""Asking the gate, replaying an order history, and the shadow report that comes of it."""

import csv
import io

import pytest

ORDERS = "seller_id,product_id,price\nanna,mug,12.5\nanna,mug,12.5\nben,lamp,30\nben,own,5\n"


@pytest.fixture
def filled(terminal):
    terminal.fill()
    return terminal


def enforce(terminal):
    terminal.set("ENABLE_SELLER_AUTHORIZATION", "true")
    terminal.set("PHASE9_ROLLOUT_PERCENTAGE", "100")


def test_in_full_a_seller_without_approval_is_denied_with_status_1(filled):
    enforce(filled)

    result = filled("gate", "check", "anna", "mug", "--stage", "order", "--json")

    assert result.status == 1
    assert result.json == {
        "allowed": False,
        "mode": "ENFORCED",
        "reason": "NO_AUTHORIZATION",
        "status": "NONE",
        "errorCode": "ERR_SELLER_NOT_AUTHORIZED",
        "cacheHit": False,
        "rolloutVersion": 0,
    }


def test_after_a_backfill_the_same_check_is_allowed_strictly_as_well(filled):
    enforce(filled)
    filled.done("backfill", "--orders", filled.file("orders.csv", ORDERS))

    assert filled.done("gate", "check", "anna", "mug")["reason"] == "APPROVED"
    assert filled.done("gate", "check", "anna", "mug", "--strict")["reason"] == "APPROVED"
    assert "allowed" in filled("gate", "check", "anna", "mug").out


def test_the_past_is_asked_with_as_of(filled):
    enforce(filled)
    filled.done("backfill", "--orders", filled.file("orders.csv", ORDERS))

    before = filled("gate", "check", "anna", "mug", "--as-of", "2020-01-01", "--json")

    assert (before.status, before.json["reason"]) == (1, "NO_AUTHORIZATION")


def test_a_replay_says_how_many_would_be_let_through_and_why_the_others_not(filled):
    enforce(filled)

    result = filled("gate", "replay", filled.file("orders.csv", ORDERS), "--json")

    assert result.status == 1
    assert result.json == {
        "phase": "full",
        "checks": 4,
        "allowed": 1,
        "denied": 3,
        "answers": [
            {"allowed": False, "mode": "ENFORCED", "reason": "NO_AUTHORIZATION", "checks": 3},
            {"allowed": True, "mode": "ENFORCED", "reason": "NOT_APPLICABLE", "checks": 1},
        ],
        "badLines": [],
    }


def test_people_read_a_replay_as_a_table_with_the_bad_lines_beside_it(filled):
    result = filled("gate", "replay", "-", stdin=ORDERS.encode() + b"anna,mug,cheap\n")

    assert result.status == 1
    assert result.out.startswith("Phase shadow: 4 checks, 4 allowed, 0 denied.")
    assert "standard input, line 6: 'cheap' is no amount" in result.err


def test_a_replay_in_shadow_fills_the_report_with_counts_and_values(filled):
    filled.done("gate", "replay", filled.file("orders.csv", ORDERS))

    report = filled.done("shadow", "report")

    assert report["totals"] == {"denials": 3, "pairs": 2, "sellers": 2, "products": 2, "suppliers": 1}
    worst = report["items"][0]
    assert (worst["sellerId"], worst["productId"], worst["supplierId"]) == ("anna", "mug", "acme")
    assert (worst["count"], worst["value"], worst["stage"]) == (2, 25.0, "order")
    assert worst["firstSeen"].endswith("Z")


def test_the_report_is_narrowed_by_supplier_and_stage_and_limited(filled):
    filled.done("gate", "replay", filled.file("orders.csv", ORDERS))
    filled.done("gate", "check", "anna", "lamp", "--stage", "cart")

    assert len(filled.done("shadow", "report", "--stage", "cart")["items"]) == 1
    assert filled.done("shadow", "report", "--supplier", "nobody")["items"] == []
    assert len(filled.done("shadow", "report", "--limit", "1")["items"]) == 1


def test_the_report_as_csv_has_every_line_in_a_file_or_on_standard_output(filled):
    filled.done("gate", "replay", filled.file("orders.csv", ORDERS))
    target = filled.folder / "report.csv"

    written = filled("shadow", "report", "--csv", target, "--limit", "1")
    printed = filled("shadow", "report", "--csv", "-")

    assert (written.status, written.out) == (0, "")
    assert target.read_text() == printed.out
    lines = list(csv.DictReader(io.StringIO(printed.out)))
    assert [(line["sellerId"], line["count"], line["value"]) for line in lines] == [
        ("anna", "2", "25.0"),
        ("ben", "1", "30"),
    ]


def test_an_empty_report_is_said_in_one_line(terminal):
    assert terminal("shadow", "report").out == "0 denials, 0 pairs, 0 sellers, 0 products, 0 suppliers.\n"
