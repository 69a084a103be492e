"""What a supplier can look at before a rule or a revocation decides: the dry run against the past, and what an approval has sold."""

import re

import pytest
from browsing import open_tab
from deciding import eventually
from house import SELLER, a_house
from looking import violations
from playwright.sync_api import expect

REASON = "The goods were sold below the agreed price."


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server that logs every check."""
    folder = tmp_path_factory.mktemp("house")
    with a_house(folder, SELLERGATE_DECISION_LOG=str(folder / "decisions")) as house:
        yield house


@pytest.fixture(scope="module", autouse=True)
def past(house):
    """One seller asked for four products: approved, rejected, revoked, and waiting for one that is full."""
    house.decide(house.request("kettle"), "approve")
    house.decide(house.request("board"), "reject", reason=REASON)
    revoked = house.request("towel")
    house.decide(revoked, "approve")
    house.decide(revoked, "revoke", reason=REASON)
    house.request("lamp")


def dry_run(page, rule, days="30"):
    page.get_by_role("radio", name=rule).check()
    page.get_by_label("Dry run on").select_option(days)
    page.get_by_role("button", name="Dry run").click()
    return page.get_by_role("region", name="What it would do")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_dry_run_tells_agreement_and_differences_of_the_last_days(signed_in, javascript):
    tab = signed_in("supplier", javascript=javascript)
    tab.open("/s/rules")

    result = dry_run(tab.page, "All requests at once")

    expect(result).to_contain_text("Would approve 0 of 1 now.")  # the only one is for a full product
    expect(result).to_contain_text("The last 30 days, against what was decided")
    expect(result).to_contain_text("Would have approved 3 of 4.")
    expect(result).to_contain_text("33.3% agreement: approved and kept in 1 of 3 decisions.")
    rows = result.locator("tbody tr")
    assert [row.split() for row in rows.all_inner_texts()] == [
        ["Approved", "and", "kept", "1", "0"],
        ["Rejected", "1", "0"],
        ["Approved,", "then", "revoked", "1", "0"],
        ["Taken", "back", "by", "the", "seller", "0", "0"],
        ["Still", "waiting", "0", "1"],
    ]
    differences = result.get_by_role("listitem")
    expect(differences).to_have_count(2)
    expect(differences.first).to_contain_text("Approved, then revoked")
    expect(differences.last).to_contain_text("Rejected")
    expect(tab.page.get_by_label("Dry run on")).to_have_value("30")


def test_a_rule_that_approves_nobody_has_nothing_to_agree_with(signed_in):
    tab = signed_in("supplier")
    tab.open("/s/rules")

    result = dry_run(tab.page, "No request")

    expect(result).to_contain_text("Would have approved 0 of 4.")
    expect(result.get_by_text("agreement")).to_have_count(0)
    expect(result.get_by_role("listitem")).to_have_count(0)


def test_a_difference_leads_to_its_history(signed_in):
    tab = signed_in("supplier")
    tab.open("/s/rules")

    dry_run(tab.page, "All requests at once").get_by_role("link").last.click()

    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Decision history")
    expect(tab.page.locator("tbody")).to_contain_text(REASON)


def test_the_head_of_the_requests_tells_how_soon_they_were_answered(signed_in):
    tab = signed_in("supplier")

    expect(tab.page.locator(".sub")).to_contain_text("100.0% answered within 3 days (30 d)")
    expect(tab.page.locator(".sub")).to_contain_text(re.compile(r"\d+ s median answer"))


# What a revocation would end.
def check(house, stage, value):
    body = {"sellerId": SELLER, "productId": "kettle", "stage": stage, "value": value}
    return house.call("admin", "POST", "/api/v1/ds/gate/check", body)["allowed"]


@pytest.fixture(scope="module")
def sold(house, past):
    """Two orders that were allowed, on record."""
    assert all(check(house, "order", value) for value in (10_000, 2_500))
    approval = house.find(1, "kettle")
    path = f"/api/v1/ds/supplier/authorizations/{approval}/impact"
    eventually(lambda: order_of(house.call("supplier", "GET", path)) == 2, "the checks are not on record")
    return approval


def order_of(impact):
    order = next(stage for stage in impact["stages"] if stage["stage"] == "order")
    return (order["allowed"] or {}).get("checks")


def orders(table):
    return table.get_by_role("row").filter(has_text="Order")


def test_the_dialog_of_a_revocation_tells_what_the_seller_sold(signed_in, sold):
    tab = signed_in("supplier")
    tab.open("/s/sellers")
    tab.page.get_by_role("link", name="Revoke…").click()

    dialog = tab.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=3)).to_have_text("What they sold in the last 30 days")
    expect(orders(dialog).get_by_role("cell")).to_have_text(["2", "₩12,500", "0"])
    expect(dialog.get_by_text("Allowed checks are on record since")).to_be_visible()
    expect(dialog.get_by_label("Reason shown to the seller")).to_be_focused()


def test_without_a_script_the_page_tells_it_before_and_after_a_missing_reason(signed_in, sold):
    tab = signed_in("supplier", javascript=False)
    tab.expect("422")
    tab.open("/s/sellers")
    tab.page.get_by_role("link", name="Revoke…").click()
    expect(orders(tab.page).get_by_role("cell")).to_have_text(["2", "₩12,500", "0"])

    tab.page.get_by_label("Reason shown to the seller").fill("x" * 9 + " " * 5)
    tab.page.get_by_role("button", name="Revoke").click()

    expect(tab.page.get_by_role("alert")).to_be_visible()
    expect(orders(tab.page).get_by_role("cell")).to_have_text(["2", "₩12,500", "0"])


def test_a_lookup_that_fails_keeps_nobody_from_revoking(signed_in, sold):
    tab = signed_in("supplier")
    tab.expect("Failed to load resource")
    tab.open("/s/sellers")
    tab.page.route("**/impact", lambda route: route.abort())

    tab.page.get_by_role("link", name="Revoke…").click()

    dialog = tab.page.get_by_role("dialog")
    expect(dialog.get_by_text("What they sold cannot be looked up now.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Revoke")).to_be_enabled()


def test_axe_finds_nothing_in_a_dry_run_and_in_the_form_of_a_revocation(house, browser, sold):
    tab = open_tab(browser, house.url, bypass_csp=True).sign_in("supplier")
    tab.open("/s/rules")
    expect(dry_run(tab.page, "All requests at once").get_by_role("listitem")).to_have_count(2)
    found = violations(tab)
    tab.open("/s/sellers")
    tab.page.get_by_role("link", name="Revoke…").click()
    expect(orders(tab.page.get_by_role("dialog"))).to_be_visible()
    found += violations(tab)
    tab.context.close()

    assert found == []
