"""Backfill from the command line."""

import pytest

ORDERS = """\
seller_id,product_id,created_at,price
anna,mug,2020-01-01,12.50
anna,mug,2020-02-01,12.50
ben,lamp,2020-03-01,30
"""


def test_past_sales_become_approvals_and_the_report_counts_them(terminal):
    report = terminal.done("backfill", "--orders", terminal.file("orders.csv", ORDERS))

    assert report == {
        "dryRun": False,
        "sales": 3,
        "pairs": 2,
        "sellers": 2,
        "products": 2,
        "granted": 2,
        "alreadyApproved": 0,
        "needsNone": 0,
        "unknown": 0,
        "waitingForInfo": 0,
        "rejected": 0,
        "revoked": 0,
        "expired": 0,
        "sellersCreated": 2,
        "productsCreated": 2,
        "overLimit": [],
        "badLines": [],
    }


def test_a_second_time_nothing_is_granted(terminal):
    orders = terminal.file("orders.csv", ORDERS)
    terminal.done("backfill", "--orders", orders)

    report = terminal.done("backfill", "--orders", orders)

    assert (report["granted"], report["alreadyApproved"], report["sellersCreated"]) == (0, 2, 0)


def test_a_dry_run_says_the_same_and_writes_nothing(terminal):
    orders = terminal.file("orders.csv", ORDERS)

    planned = terminal.done("backfill", "--orders", orders, "--dry-run")

    assert terminal.done("audit", "verify")["events"] == 0
    assert planned == terminal.done("backfill", "--orders", orders) | {"dryRun": True}


def test_only_known_ones_when_asked(terminal):
    terminal.fill()
    orders = terminal.file("orders.csv", ORDERS + "stranger,mug,2020-01-01,1\nanna,own,2020-01-01,1\n")

    report = terminal.done("backfill", "--orders", orders, "--known-only")

    assert (report["granted"], report["unknown"], report["needsNone"]) == (2, 1, 1)
    assert (report["sellersCreated"], report["productsCreated"]) == (0, 0)


def test_only_recent_sales_when_asked(terminal):
    report = terminal.done("backfill", "--orders", terminal.file("orders.csv", ORDERS), "--since", "30")

    assert report["pairs"] == 0


def test_any_columns_and_standard_input(terminal):
    content = b"wer,was\nanna,mug\n"

    report = terminal.done(
        "backfill", "--orders", "-", "--seller-column", "wer", "--product-column", "was", "--supplier", "archive",
        stdin=content,
    )  # fmt: skip

    assert report["granted"] == 1
    assert terminal.import_("products", {"id": "mug", "name": "Mug", "supplierId": "archive"})["updated"] == 1


def test_sellers_beyond_their_limit_are_named(terminal):
    terminal.set("SELLER_PRODUCT_LIMIT", "1")
    orders = terminal.file("orders.csv", ORDERS + "ben,mug,2020-01-01,1\n")

    assert "ben: 2 of 1" in terminal("backfill", "--orders", orders, "--dry-run").err
    report = terminal.done("backfill", "--orders", orders)

    assert report["overLimit"] == [{"sellerId": "ben", "used": 2, "limit": 1}]


def test_a_bad_line_is_reported_with_its_number_and_the_rest_is_done(terminal):
    orders = terminal.file("orders.csv", ORDERS + "anna,not an id,2020-01-01,1\nclara,mug,2020-01-01,-1\n")

    result = terminal("backfill", "--orders", orders, "--json")

    assert result.status == 1
    assert result.json["granted"] == 2
    assert [bad["line"] for bad in result.json["badLines"]] == [5, 6]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "no column seller_id; it has a, b"),
        ("seller_id;product_id\n", "separated by semicolons"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(terminal, content, message):
    orders = terminal.file("orders.csv", content)

    result = terminal("backfill", "--orders", orders)

    assert result.status == 2
    assert str(orders) in result.err
    assert message in result.err


def test_a_header_without_lines_is_nothing_to_do(terminal):
    report = terminal.done("backfill", "--orders", "-", stdin=b"seller_id,product_id\n")

    assert (report["sales"], report["granted"]) == (0, 0)


def test_people_read_what_was_done(terminal):
    result = terminal("backfill", "--orders", terminal.file("orders.csv", ORDERS))

    assert result.out.startswith("3 sales of 2 pairs: 2 sellers, 2 products.")
    assert "granted" in result.out
    assert result.err == ""


def test_what_a_supplier_has_refused_stays_refused(terminal):
    terminal.fill()
    terminal.import_("sellers", {"id": "anna", "name": "Anna", "status": "REVOKED"})

    report = terminal.done("backfill", "--orders", terminal.file("orders.csv", ORDERS))

    assert (report["granted"], report["revoked"]) == (1, 1)
