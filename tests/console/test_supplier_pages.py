"""Approved sellers, products and their places, the rules of auto-approval, and the history of decisions."""

import csv
import io
import re
from dataclasses import replace

import httpx
import pytest
from browsing import NARROW, overflows
from deciding import decided, status_of
from house import SUPPLIER, seller_name
from playwright.sync_api import expect

from sellergate.domain.authorization import Status
from sellergate.domain.policy import AutoApproval
from sellergate.faces.console.formats import NOTHING

REASON = "The goods were sold below the agreed price."


@pytest.fixture(scope="module", autouse=True)
def content(house):
    house.without_limits()
    for number in range(1, 31):
        house.ask(number, product="towel", status=Status.APPROVED, hours_ago=300 + number)
    for number in range(31, 39):
        house.ask(number, product="board", hours_ago=10 + number)


def policy(house):
    with house.store.view() as view:
        return view.directory.policy(SUPPLIER)


def set_places(page, product, places):
    field = page.get_by_label(f"Seller slots of {product}")
    field.fill(places)
    field.press("Enter")


# Approved sellers.
def test_approved_sellers_are_listed_searched_and_walked(signed_in):
    tab = signed_in("supplier", "/s/sellers")
    page = tab.page
    expect(page.locator("tbody > tr")).to_have_count(25)
    expect(page.locator(".recs-foot")).to_contain_text("30 in all")

    page.get_by_role("link", name="Next page").click()
    page.wait_for_url(re.compile("after="))  # with its scripts: without them writing asks nobody
    expect(page.locator("tbody > tr")).to_have_count(5)
    page.get_by_role("searchbox").fill("달빛마켓 1")
    expect(page.locator("tbody > tr")).to_have_count(6)
    assert "q=" in tab.path


def test_revoking_asks_for_a_reason_and_shows_how_soon_every_process_denied_it(signed_in, house):
    tab = signed_in("supplier")
    tab.open("/s/sellers?q=" + seller_name(30).replace(" ", "%20"))
    page = tab.page
    with house.store.view() as view:
        id = view.authorizations.find("seller-030", "towel").id

    page.get_by_role("link", name=f"Revoke… {seller_name(30)}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Reason shown to the seller")).to_be_focused()
    expect(dialog.get_by_text("what they sold is not known")).to_be_visible()  # nothing is recorded in this house
    expect(dialog.get_by_role("row").filter(has_text="Order").get_by_role("cell")).to_have_text([NOTHING, NOTHING, "0"])
    dialog.get_by_role("button", name=f"Revoke {seller_name(30)}").click()
    expect(dialog).to_be_visible()  # the browser asks for the reason first
    page.keyboard.type(REASON)
    dialog.get_by_role("button", name=f"Revoke {seller_name(30)}").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Revoked")
    expect(page.get_by_role("status").filter(has_text="processes")).to_have_text(
        re.compile(r"1 of 1 processes denied it after \d+ ms\.")
    )
    assert status_of(house, id) is Status.REVOKED
    with house.store.view() as view:
        assert view.authorizations.get(id).reason == REASON


def test_a_dialog_that_is_cancelled_revokes_nothing_and_gives_the_focus_back(signed_in, house):
    tab = signed_in("supplier", "/s/sellers")
    link = tab.page.get_by_role("link", name="Revoke…").first
    link.focus()
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_role("dialog")).to_be_visible()

    tab.page.get_by_role("dialog").get_by_role("link", name="Cancel").click()

    expect(tab.page.get_by_role("dialog")).to_be_hidden()
    expect(link).to_be_focused()


def test_without_a_script_revoking_is_a_page_that_comes_back_without_a_reason(signed_in, house):
    tab = signed_in("supplier", javascript=False)
    tab.open("/s/sellers?q=" + seller_name(29).replace(" ", "%20"))
    tab.expect("422")
    page = tab.page
    page.get_by_role("link", name=f"Revoke… {seller_name(29)}").click()
    page.get_by_label("Reason shown to the seller").fill("x" * 9 + " " * 5)
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("alert")).to_contain_text("A reason of 10 to 500 characters is needed.")

    page.get_by_label("Reason shown to the seller").fill(REASON)
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Revoked")


# Products and capacity.
def test_places_are_set_in_the_row_and_more_of_them_offer_those_that_wait(signed_in, house):
    tab = signed_in("supplier", "/s/products")
    page = tab.page
    row = page.locator("tbody > tr", has_text="HB-CB-003")
    set_places(page, "대나무 도마 3종 세트", "3")
    expect(page.get_by_role("status").filter(has_text="seller slots set to 3")).to_be_visible()
    expect(row).to_contain_text("5 blocked")
    assert policy(house).products["board"].max_sellers == 3

    set_places(page, "대나무 도마 3종 세트", "6")
    page.get_by_role("button", name="Approve the 6 waiting").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("About to begin with 8 requests")
    oldest = [house.find(number, "board") for number in range(38, 32, -1)]
    decided(house, oldest, Status.APPROVED)
    assert [status_of(house, house.find(number, "board")) for number in (31, 32)] == [Status.REQUESTED] * 2


def test_an_empty_field_is_as_the_other_products(signed_in, house):
    tab = signed_in("supplier", "/s/products")
    set_places(tab.page, "Stainless drip kettle 1.2 L", "4")
    expect(tab.page.get_by_role("status").filter(has_text="set to 4")).to_be_visible()

    set_places(tab.page, "Stainless drip kettle 1.2 L", "")

    expect(tab.page.get_by_role("status").filter(has_text="set to no limit")).to_be_visible()
    assert "kettle" not in policy(house).products


def test_what_is_no_number_of_places_changes_nothing(signed_in, house):
    tab = signed_in("supplier", "/s/products", javascript=False)
    tab.expect("422")
    before = policy(house)
    field = tab.page.get_by_label("Seller slots of Rattan bedside lamp")
    field.evaluate("(field) => { field.type = 'text'; field.value = '-5'; }")
    tab.page.get_by_role("button", name="Set Rattan bedside lamp").click()

    expect(tab.page.get_by_role("alert")).to_contain_text("A number of places from 1")
    assert policy(house) == before


def test_the_places_of_another_suppliers_product_are_not_ours(house):
    with httpx.Client(base_url=house.url, follow_redirects=True) as client:
        client.get("/demo/sign-in/supplier")
        token = re.search(r'name="csrf" value="([^"]+)"', client.get("/s/products").text)[1]
        answer = client.post("/s/products/nothing/capacity", data={"csrf": token, "places": "5"})

    assert answer.status_code == 404


# Rules.
def test_a_rule_is_tried_before_it_is_saved_and_says_what_then_happens(signed_in, house):
    house.without_limits()
    tab = signed_in("supplier", "/s/rules")
    page = tab.page
    before = policy(house)
    with house.store.view() as view:
        waiting = [each for each in view.authorizations.all_after("", 500) if each.status is Status.REQUESTED]
        sellers = view.directory.sellers_of({each.seller_id for each in waiting})
    gold = sum(sellers[each.seller_id].tier in ("GOLD", "PLATINUM") for each in waiting)
    assert 0 < gold < len(waiting)

    page.get_by_role("radio", name="Those of trusted sellers").check()
    page.get_by_label("Trusted from tier").select_option("GOLD")
    page.get_by_role("button", name="Dry run").click()

    expect(page.get_by_role("status").filter(has_text="Would approve")).to_have_text(
        f"Would approve {gold} of {len(waiting)} now."
    )
    assert policy(house) == before
    expect(page.get_by_label("Trusted from tier")).to_have_value("GOLD")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It holds for requests from now on.")).to_be_visible()
    assert policy(house).auto_approval is AutoApproval.TRUSTED
    assert policy(house).products == before.products
    house.without_limits()


def test_rules_that_somebody_else_has_changed_are_not_written_over_unseen(signed_in, house):
    house.without_limits()
    tab = signed_in("supplier")
    tab.open("/s/rules")
    page = tab.page
    house.set_policy(replace(policy(house), max_sellers_per_product=7))
    tab.expect("409")

    page.get_by_role("radio", name="All requests at once").check()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved.")
    assert policy(house).max_sellers_per_product == 7
    assert policy(house).auto_approval is AutoApproval.MANUAL
    expect(page.get_by_role("radio", name="All requests at once")).to_be_checked()

    page.get_by_role("button", name="Save").click()  # knowing it now
    expect(page.get_by_text("It holds for requests from now on.")).to_be_visible()
    assert policy(house).auto_approval is AutoApproval.ALL
    house.without_limits()


def test_a_seller_who_does_not_have_an_id_is_not_trusted(signed_in, house):
    tab = signed_in("supplier", "/s/rules")
    tab.expect("422")
    tab.page.get_by_role("radio", name="Those of trusted sellers").check()
    tab.page.get_by_label("Trusted sellers", exact=False).last.fill("seller-001\nwho is this?")
    tab.page.get_by_role("button", name="Save").click()

    expect(tab.page.get_by_role("alert")).to_contain_text("Write the ids of sellers, one in a line.")
    assert policy(house).auto_approval is AutoApproval.MANUAL


# History.
def test_decisions_are_found_and_exported_with_the_same_filters(signed_in, house):
    rejected = house.request("kettle")
    house.decide(rejected, "reject", reason='=HYPERLINK("http://evil.test")')
    tab = signed_in("supplier", "/s/history")
    page = tab.page

    page.get_by_label("Decision", exact=True).select_option("reject")

    expect(page.locator("tbody > tr")).to_have_count(1)
    expect(page.locator("tbody > tr")).to_contain_text("Rejected")
    expect(page.locator("tbody > tr")).to_contain_text("demo-supplier")
    assert "action=reject" in tab.path
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    [row] = csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig")))
    assert (row["action"], row["product"], row["to"]) == ("reject", "kettle", "REJECTED")
    assert row["reason"] == '\'=HYPERLINK("http://evil.test")'


def test_what_a_rule_has_approved_is_marked(signed_in, house):
    house.call("supplier", "PUT", "/api/v1/ds/supplier/policy", {"autoApproval": "all"})
    house.request("board")
    tab = signed_in("supplier", "/s/history?by=rule")

    expect(tab.page.locator("tbody > tr")).to_have_count(1)
    expect(tab.page.locator("tbody > tr")).to_contain_text("A rule")
    tab.open("/s/history?since=2001-01-01&until=2001-01-02")
    expect(tab.page.get_by_text("No decisions match these filters")).to_be_visible()
    tab.open("/s/history?since=yesterday&action=nonsense")
    assert tab.page.locator("tbody > tr").count() > 1


@pytest.mark.parametrize("path", ["/s/sellers", "/s/products", "/s/rules", "/s/history"])
def test_on_a_narrow_phone_nothing_is_scrolled_sideways(signed_in, path):
    tab = signed_in("supplier", viewport=NARROW)
    tab.open(path)

    assert not overflows(tab)
