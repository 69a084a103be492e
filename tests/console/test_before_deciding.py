"""What a supplier can look at before a rule or a revocation decides: the dry run against the past, and what an approval has sold."""

import pytest
from playwright.sync_api import expect

REASON = "The goods were sold below the agreed price."


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
    expect(result).to_contain_text("33.3% agreement: of 3 that were decided, 1 were approved and kept.")
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
