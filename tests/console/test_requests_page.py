"""A supplier reads the requests: saved views, search, filters, pages, and the pane beside the list."""

import csv
import io
import re
from contextlib import contextmanager

import pytest
from browsing import NARROW, PHONE, overflows
from house import FULL, seller_name
from playwright.sync_api import expect

from sellergate.domain.authorization import Status


@pytest.fixture(scope="module", autouse=True)
def requests(house):
    """Sixty that wait, one an hour older than the next from 20 hours ago on; one that asks back; one for a full product."""
    for number in range(1, 59):
        house.ask(number, product="kettle", hours_ago=20 + number)
    house.ask(59, product="board", status=Status.INFO_REQUESTED, note="How will you ship it?")
    house.ask(60, product=FULL, hours_ago=71, business_justification="=1+1 is what we sell")
    house.ask(1, product="towel", hours_ago=200)


def names(tab):
    return tab.page.locator("#rows .nm").all_inner_texts()


def test_the_oldest_request_is_the_first_and_its_details_are_beside_it(signed_in):
    page = signed_in("supplier").page

    expect(page).to_have_title("Requests · sellergate")
    expect(page.locator("#rows > tr")).to_have_count(25)
    expect(page.locator("#rows > tr").first).to_contain_text("5 d 8 h overdue")
    expect(page.locator("#detail h2")).to_have_text(seller_name(1))
    expect(page.locator("#detail")).to_contain_text("The answer was due")
    expect(page.locator("#detail")).to_contain_text("We sell kitchen goods every day.")
    expect(page.locator(".sub")).to_contain_text("60 waiting")


@pytest.mark.parametrize(
    ("tab", "count"), [("All waiting", 60), ("Overdue", 8), ("Due in 24 h", 25), ("Asked for information", 1)]
)
def test_a_saved_view_lists_as_many_as_it_says(signed_in, tab, count):
    page = signed_in("supplier").page

    page.get_by_role("navigation", name="Saved views").get_by_role("link", name=tab).click()

    expect(page.locator(".views a[aria-current=page] b")).to_have_text(str(count))
    expect(page.locator("#rows > tr")).to_have_count(min(25, count))
    expect(page.locator(".pager .num")).to_have_text(f"1\N{EN DASH}{min(25, count)} / {count}")


def test_a_search_narrows_while_typing_and_stands_in_the_address(signed_in):
    tab = signed_in("supplier")
    page = tab.page

    page.get_by_role("searchbox").fill("달빛마켓 1")
    expect(page.locator(".pager .num")).to_have_text("1\N{EN DASH}7 / 7")
    assert "q=" in tab.path
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.get_by_role("searchbox")).to_have_value("달빛마켓 1")

    page.reload()
    expect(page.locator("#rows > tr")).to_have_count(7)
    page.go_back()
    expect(page.locator(".pager .num")).to_have_text("1\N{EN DASH}25 / 60")


def test_a_slow_list_shows_where_its_rows_will_be(signed_in):
    page = signed_in("supplier").page
    held = []
    page.route("**/s/requests?*", lambda route: held.append(route))  # noqa: PLW0108 - playwright counts its arguments

    page.get_by_label("Tier").select_option("GOLD")

    expect(page.locator("#inbox")).to_have_attribute("aria-busy", "true")
    page.wait_for_function(
        """() => {
            const cover = getComputedStyle(document.querySelector('#rows'), '::after');
            return cover.content !== 'none' && cover.visibility === 'visible' && parseFloat(cover.height) > 400;
        }"""
    )
    held[0].continue_()
    expect(page.locator(".pager .num")).to_have_text("1\N{EN DASH}15 / 15")
    expect(page.locator("#inbox")).not_to_have_attribute("aria-busy", "true")


def test_a_phone_has_the_filters_too(signed_in):
    tab = signed_in("supplier", viewport=PHONE)
    page = tab.page

    page.get_by_label("Tier").select_option("GOLD")
    expect(page.locator(".pager .num")).to_have_text("1\N{EN DASH}15 / 15")
    page.get_by_label("Sort").select_option("Newest first")
    expect(page.locator("#rows .nm").first).to_have_text(seller_name(2))
    assert not overflows(tab)
    page.set_viewport_size(NARROW)
    assert not overflows(tab)


def test_filters_combine_and_can_be_cleared(signed_in):
    tab = signed_in("supplier")
    page = tab.page

    page.get_by_label("Tier").select_option("GOLD")
    expect(page.locator(".pager .num")).to_have_text("1\N{EN DASH}15 / 15")
    page.get_by_label("Product", exact=True).select_option(FULL)
    expect(page.get_by_text("No requests match these filters")).to_be_visible()
    assert "tier=GOLD" in tab.path
    assert f"product={FULL}" in tab.path

    page.get_by_role("link", name="Clear filters").click()
    expect(page.locator(".pager .num")).to_have_text("1\N{EN DASH}25 / 60")


def test_pages_are_walked_forth_and_back_without_a_gap(signed_in):
    tab = signed_in("supplier")
    page, seen = tab.page, []
    for shown in ("1\N{EN DASH}25 / 60", "26\N{EN DASH}50 / 60", "51\N{EN DASH}60 / 60"):
        expect(page.locator(".pager .num")).to_have_text(shown)
        seen.append(names(tab))
        if page.get_by_role("link", name="Next page").get_attribute("href"):
            page.get_by_role("link", name="Next page").click()

    assert len({name for names in seen for name in names}) == 59  # one seller has asked twice
    for index in (1, 0):
        page.get_by_role("link", name="Previous page").click()
        expect(page.locator(".pager .num")).to_have_text(("1\N{EN DASH}25 / 60", "26\N{EN DASH}50 / 60")[index])
        assert names(tab) == seen[index]
    assert page.get_by_role("link", name="Previous page").get_attribute("aria-disabled") == "true"


def test_newest_first_turns_the_list_around(signed_in):
    tab = signed_in("supplier")

    tab.page.get_by_label("Sort").select_option("newest")

    expect(tab.page).to_have_url(re.compile("sort=newest"))
    expect(tab.page.locator("#rows > tr").first).to_contain_text("2 d 2 h left")


def exported(page):
    """The file behind the button, as its name and its rows."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    return download.value.suggested_filename, list(csv.DictReader(io.StringIO(text)))


def test_the_export_has_every_row_of_the_view_in_its_order_and_no_formula(signed_in):
    tab = signed_in("supplier")

    name, rows = exported(tab.page)

    assert re.fullmatch(r"requests-waiting-\d{4}-\d\d-\d\d\.csv", name)
    assert len(rows) == 60
    assert [row["seller name"] for row in rows[:25]] == names(tab)
    assert [row["requested at"] for row in rows] == sorted(row["requested at"] for row in rows)
    [full] = [row for row in rows if row["product"] == FULL]
    assert full["justification"] == "'=1+1 is what we sell"
    assert (full["obstacle"], full["capacity"]) == ("ERR_PRODUCT_CAPACITY_REACHED", "0")


def test_the_export_follows_the_filters_as_they_change(signed_in):
    tab = signed_in("supplier")
    page = tab.page
    page.get_by_role("searchbox").fill("달빛마켓 1")
    expect(page.locator(".pager .num")).to_have_text("1\N{EN DASH}7 / 7")

    _, rows = exported(page)

    assert sorted(row["seller name"] for row in rows) == sorted(names(tab))
    tab.open("/s/requests?view=overdue&sort=newest&size=50")
    name, rows = exported(page)
    assert name.startswith("requests-overdue-")
    assert [row["seller name"] for row in rows] == names(tab)
    assert len(rows) == 8


def test_a_full_product_says_so(signed_in):
    page = signed_in("supplier").page

    page.get_by_label("Product", exact=True).select_option(FULL)

    expect(page.locator("#rows > tr")).to_have_count(1)
    expect(page.locator("#rows .warn")).to_contain_text("full, 0/0")
    expect(page.locator("#detail")).to_contain_text("no free seller slots")


def test_the_details_follow_the_keys(signed_in):
    tab = signed_in("supplier")
    page = tab.page
    second = names(tab)[1]

    page.locator("#rows > tr").first.focus()
    page.keyboard.press("j")
    expect(page.locator("#detail h2")).to_have_text(second)
    expect(page.locator("#rows > tr").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#detail h2")).to_have_text(seller_name(1))
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("j")
    expect(page.get_by_role("searchbox")).to_have_value("j")


def test_single_letters_can_be_turned_off(signed_in):
    tab = signed_in("both")
    page = tab.page
    tab.open("/settings")
    page.get_by_label("Single-key shortcuts").select_option("off")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Single-key shortcuts")).to_have_value("off")
    tab.open("/s/requests")

    page.locator("#rows > tr").first.focus()
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")

    expect(page.locator("#rows > tr").nth(1)).to_be_focused()


def test_one_request_has_a_page_of_its_own(signed_in, house):
    tab = signed_in("supplier")
    id = tab.page.locator("#rows > tr").first.get_attribute("data-id")

    tab.open(f"/s/requests/{id}")

    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Request")
    expect(tab.page.locator("#detail-h")).to_have_text(seller_name(1))


def test_when_the_database_fails_it_says_that_nothing_was_changed_and_offers_to_try_again(signed_in, house):
    tab = signed_in("supplier")
    tab.expect("503")
    page = tab.page
    with out_of_order(house):
        page.get_by_label("Tier").select_option("GOLD")
        expect(page.locator(".toast", has_text="Nothing was changed")).to_be_visible()
        expect(page.locator("#rows > tr")).to_have_count(25)

        assert tab.open("/s/requests?tier=GOLD").status == 503
        expect(page.get_by_role("heading", level=1)).to_have_text("Not available at the moment")
        expect(page.get_by_text(re.compile("^Reference .+"))).to_be_visible()
    page.get_by_role("link", name="Try again").click()

    expect(page.locator(".pager .num")).to_have_text("1\N{EN DASH}15 / 15")


@contextmanager
def out_of_order(house):
    """So long the database has no authorizations."""
    with house.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE authorizations RENAME TO elsewhere")
    try:
        yield
    finally:
        with house.store.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO authorizations")


def test_without_a_script_the_list_is_read_searched_and_walked(signed_in):
    tab = signed_in("supplier", javascript=False)
    page = tab.page

    page.get_by_role("searchbox").fill("Onnuri")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".pager .num")).to_have_text("1\N{EN DASH}25 / 30")
    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".pager .num")).to_have_text("26\N{EN DASH}30 / 30")
    page.locator("#rows .nm").first.click()
    expect(page.locator("#detail-h")).to_contain_text("Onnuri")


def test_on_a_narrow_phone_nothing_is_scrolled_sideways(signed_in):
    assert not overflows(signed_in("supplier", viewport=NARROW))


def test_another_suppliers_request_does_not_exist(signed_in, house):
    tab = signed_in("supplier")
    tab.expect("404")

    answer = tab.open("/s/requests/auth-999999")

    assert answer.status == 404
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Nothing here")
