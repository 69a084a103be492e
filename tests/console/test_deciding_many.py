"""A supplier decides about many requests at once: those ticked on the page, and everything that matches."""

import pytest
from deciding import decided, eventually, first_row, ids, make_due, nine, press, status_of, toast, waiting
from playwright.sync_api import expect

from sellergate.domain.authorization import Status


@pytest.fixture(autouse=True)
def requests(house):
    nine(house)


# Many at once.
def test_x_and_shift_x_select_a_range_and_escape_clears_it(signed_in):
    tab = signed_in("supplier")
    first_row(tab)

    press(tab, "x", "j", "j", "j", "Shift+X")
    expect(tab.page.locator("#bulk-n")).to_have_text("4")
    expect(tab.page.locator("#rows input:checked")).to_have_count(4)
    press(tab, "k", "x")
    expect(tab.page.locator("#bulk-n")).to_have_text("3")
    press(tab, "Escape")
    expect(tab.page.locator("#bulk")).to_be_hidden()


def test_bulk_approves_what_is_possible_and_leaves_the_rest(signed_in, house):
    tab = signed_in("supplier")
    before = ids(tab)

    tab.page.get_by_label("Select the 9 requests on this page").check()

    expect(tab.page.locator("#bulk")).to_contain_text("9 selected")
    expect(tab.page.locator("#bulk")).to_contain_text("1 cannot be approved")
    tab.page.get_by_role("button", name="Approve 8").click()
    expect(toast(tab.page, "Approved 8 requests")).to_be_visible()
    assert ids(tab) == before[8:]
    decided(house, before[:8], Status.APPROVED)
    assert status_of(house, before[8]) is Status.REQUESTED


def test_no_more_are_counted_than_a_product_has_places(signed_in, house):
    with house.capacity("kettle", 3):
        tab = signed_in("supplier")
        first_row(tab)
        press(tab, "x", "j", "j", "j", "j", "Shift+X")

        expect(tab.page.get_by_role("button", name="Approve 3")).to_be_visible()
        expect(tab.page.locator("#bulk")).to_contain_text("2 cannot be approved")


def test_a_second_click_of_a_bulk_decides_once(signed_in, house):
    tab = signed_in("supplier")
    before = ids(tab)
    first_row(tab)
    press(tab, "x", "j", "x")

    tab.page.get_by_role("button", name="Approve 2").dblclick()

    eventually(lambda: len(house.scheduled()) == 2, "two are scheduled")
    assert ids(tab) == before[2:]


def test_reject_many_takes_one_reason(signed_in, house):
    tab = signed_in("supplier")
    before = ids(tab)
    first_row(tab)
    press(tab, "x", "j", "x", "r")
    expect(tab.page.get_by_role("heading", name="Reject 2 requests")).to_be_visible()
    press(tab, "3", "Enter")

    decided(house, before[:2], Status.REJECTED)


def test_when_few_rows_are_left_the_next_ones_follow(signed_in, house):
    house.crowd(20, product="board", hours_ago=0.5)
    tab = signed_in("supplier")
    tab.page.locator("#all").focus()

    press(tab, "Space", "a")

    expect(tab.page.locator("#rows > tr")).to_have_count(5)
    expect(tab.page.locator(".pager .num")).to_have_text("1\N{EN DASH}5 / 5")
    expect(tab.page.locator("#all")).to_be_focused()


# Everything that matches.
def test_everything_that_matches_is_a_job_with_progress(signed_in, house):
    late = house.crowd(30, product="board", hours_ago=0.6)
    tab = signed_in("supplier")
    tab.page.locator("#all").check()
    tab.page.get_by_role("button", name="Select all 39").click()
    expect(tab.page.locator("#bulk-n")).to_have_text("39")

    tab.page.get_by_role("button", name="Approve up to 39").click()
    expect(tab.page.locator("#jobs")).to_contain_text("About to begin with 39 requests")
    make_due(house)

    expect(tab.page.locator("#jobs")).to_contain_text("38 of 39 decided, 1 left as they were")
    expect(tab.page.locator(".pager .num")).to_have_text("1\N{EN DASH}1 / 1")
    assert waiting(house, late) == []


def test_a_job_is_stopped_half_way_and_the_rest_still_waits(signed_in, house):
    house.crowd(391, product="board", hours_ago=20)
    tab = signed_in("supplier")
    jobs = tab.page.locator("#jobs")
    tab.page.locator("#all").check()
    tab.page.get_by_role("button", name="Select all 400").click()
    press(tab, "a")
    expect(jobs).to_contain_text("About to begin")
    make_due(house)

    eventually(lambda: house.how_many(Status.REQUESTED) < 390, "nothing has begun")
    jobs.get_by_role("button", name="Stop").click()

    expect(jobs).to_contain_text("Stopped")
    left = house.how_many(Status.REQUESTED)
    assert 0 < left < 390  # or it was over before it could be stopped
    expect(jobs).to_contain_text(f"Stopped {400 - left} of 400 decided")
    tab.page.reload()
    expect(tab.page.locator(".pager .num")).to_have_text(f"1\N{EN DASH}25 / {left}")


def test_a_job_is_stopped_before_it_begins_and_nothing_is_decided(signed_in, house):
    asked = house.crowd(20, product="board", hours_ago=0.6)
    tab = signed_in("supplier")
    tab.page.locator("#all").check()
    tab.page.get_by_role("button", name="Select all 29").click()
    press(tab, "a")
    tab.page.locator("#jobs").get_by_role("button", name="Stop").click()

    expect(tab.page.locator("#jobs")).to_contain_text("Stopped 0 of 29 decided")
    make_due(house)
    tab.page.reload()
    expect(tab.page.locator(".pager .num")).to_contain_text("29")
    assert len(waiting(house, asked)) == 20


# Without a script.
def test_without_a_script_many_are_rejected_with_a_reason(signed_in, house):
    tab = signed_in("supplier", javascript=False)
    page = tab.page
    before = [row.get_attribute("data-id") for row in page.locator("#rows > tr").all()]
    for row in page.locator("#rows > tr").all()[:2]:
        row.get_by_role("checkbox").check()

    page.get_by_role("button", name="Reject selected…").click()
    page.get_by_role("radio", name="Other (write a note)").check()
    tab.expect("422")
    page.get_by_role("button", name="Reject 2 requests").click()
    expect(page.get_by_role("alert")).to_contain_text("A reason of 10 to 500 characters is needed.")
    page.get_by_label("Note to the seller").fill("Your return address is missing.")
    page.get_by_role("button", name="Reject 2 requests").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Rejected 2 requests")
    decided(house, before[:2], Status.REJECTED)
