"""A supplier decides about one request: by key, by click, without a script; takes it back; and hears what others have done."""

import re

import pytest
from browsing import NARROW, PHONE, overflows
from deciding import decided, event, eventually, first_row, ids, make_due, names, nine, press, status_of, toast
from playwright.sync_api import expect

from sellergate.domain.authorization import Status


@pytest.fixture(autouse=True)
def requests(house):
    nine(house)


# One at a time, by key.
def test_a_approves_and_the_next_row_has_the_focus(signed_in, house):
    tab = signed_in("supplier")
    before = ids(tab)
    first_row(tab)

    press(tab, "a")

    expect(toast(tab.page, "Approved")).to_be_visible()
    assert ids(tab) == before[1:]
    expect(tab.page.locator("#rows > tr").first).to_be_focused()
    expect(tab.page.locator("#rows > tr").first).to_have_attribute("aria-current", "true")
    assert status_of(house, before[0]) is Status.REQUESTED
    decided(house, before[:1], Status.APPROVED)


def test_a_scheduled_request_is_on_no_list_any_more(signed_in, house):
    tab = signed_in("supplier")
    before = ids(tab)
    first_row(tab)
    press(tab, "a")
    eventually(house.scheduled, "nothing was scheduled")

    other = signed_in("supplier")

    assert ids(other) == before[1:]
    expect(other.page.locator(".sub")).to_contain_text("8 waiting")


def test_z_restores_the_order_and_nothing_is_decided(signed_in, house):
    tab = signed_in("supplier")
    before = names(tab)
    first_row(tab)
    press(tab, "j", "a", "a", "a")
    assert names(tab) == [before[0], *before[4:]]

    press(tab, "z")
    expect(tab.page.locator("#rows > tr")).to_have_count(7)
    press(tab, "z")
    expect(tab.page.locator("#rows > tr")).to_have_count(8)
    press(tab, "z")
    expect(tab.page.locator("#rows > tr")).to_have_count(9)

    assert names(tab) == before
    eventually(lambda: not house.scheduled(), "something is still scheduled")


def test_undo_after_it_was_carried_out_says_so_and_changes_nothing(signed_in, house):
    tab = signed_in("supplier")
    tab.expect("409")
    [id] = ids(tab)[:1]
    first_row(tab)
    press(tab, "a")
    expect(tab.page.locator(".toast")).to_be_visible()
    eventually(house.scheduled, "nothing was scheduled")
    decided(house, [id], Status.APPROVED)

    tab.page.get_by_role("button", name="Undo").click()

    expect(toast(tab.page, "too late to undo")).to_be_visible()
    assert id not in ids(tab)
    assert status_of(house, id) is Status.APPROVED


def test_r_a_digit_and_enter_reject_with_that_reason(signed_in, house):
    tab = signed_in("supplier")
    [id] = ids(tab)[:1]
    first_row(tab)

    press(tab, "r")
    expect(tab.page.get_by_role("dialog")).to_be_visible()
    expect(tab.page.get_by_role("radio", name=re.compile("below our minimum"))).to_be_focused()
    press(tab, "4", "Enter")

    expect(toast(tab.page, "They can ask again on")).to_be_visible()
    decided(house, [id], Status.REJECTED)
    with house.store.view() as view:
        assert view.authorizations.get(id).reason == "The justification is too thin to decide on."


def test_other_needs_a_note(signed_in, house):
    tab = signed_in("supplier")
    [id] = ids(tab)[:1]
    first_row(tab)
    press(tab, "r", "5", "Enter")
    expect(tab.page.get_by_role("dialog")).to_be_visible()

    tab.page.get_by_label("Note to the seller").fill("Your return address is missing. 1234")
    tab.page.get_by_role("dialog").get_by_role("button", name="Reject").click()

    expect(tab.page.get_by_role("dialog")).to_be_hidden()
    decided(house, [id], Status.REJECTED)
    with house.store.view() as view:
        assert view.authorizations.get(id).reason == "Your return address is missing. 1234"


def test_a_question_goes_out_from_the_pane(signed_in, house):
    tab = signed_in("supplier")
    [id] = ids(tab)[:1]

    tab.page.locator("#detail").get_by_role("button", name="Ask for information").click()
    tab.page.get_by_label("What do you want to know?").fill("How will you ship it?")
    press(tab, "Tab", "Tab", "Enter")

    expect(toast(tab.page, "Asked")).to_be_visible()
    decided(house, [id], Status.INFO_REQUESTED)


@pytest.mark.parametrize(
    "key", [{"key": "ㅁ", "code": "KeyA"}, {"key": "A", "code": "KeyA"}], ids=["korean-layout", "caps-lock"]
)
def test_keys_are_known_by_their_place(signed_in, key):
    tab = signed_in("supplier")
    first_row(tab)

    event(tab, **key)

    expect(tab.page.locator("#rows > tr")).to_have_count(8)


@pytest.mark.parametrize("code", ["KeyA", "KeyR"])
def test_keys_of_an_input_method_or_with_a_modifier_decide_nothing(signed_in, code):
    tab = signed_in("supplier")
    first_row(tab)

    for facts in ({"isComposing": True}, {"keyCode": 229}, {"ctrlKey": True}, {"metaKey": True}, {"altKey": True}):
        event(tab, key="a", code=code, **facts)

    assert len(ids(tab)) == 9
    assert not tab.page.get_by_role("dialog").is_visible()
    event(tab, key="a", code=code)
    assert len(ids(tab)) == 8 or tab.page.get_by_role("dialog").is_visible()


def test_keys_typed_into_a_field_decide_nothing(signed_in):
    tab = signed_in("supplier")
    tab.page.get_by_role("searchbox").focus()
    press(tab, "a", "x", "r", "z")

    expect(tab.page.get_by_role("searchbox")).to_have_value("axrz")
    assert not tab.page.get_by_role("dialog").is_visible()


def test_keys_typed_into_a_dialog_decide_nothing_and_closing_it_gives_the_focus_back(signed_in, house):
    tab = signed_in("supplier")
    first_row(tab)
    press(tab, "r")
    expect(tab.page.get_by_role("dialog")).to_be_visible()
    press(tab, "a", "x", "j", "z", "r", "?")

    expect(tab.page.get_by_role("dialog")).to_have_count(1)
    expect(tab.page.locator("#bulk")).to_be_hidden()
    press(tab, "Escape")
    expect(tab.page.locator("#rows > tr").first).to_be_focused()
    assert len(ids(tab)) == 9
    assert not house.scheduled()


def test_shortcuts_are_listed_and_can_be_turned_off_there(signed_in):
    tab = signed_in("both")
    first_row(tab)
    press(tab, "?")
    expect(tab.page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    with tab.page.expect_response("**/preferences"):
        tab.page.get_by_role("switch", name="Single-key shortcuts").click()
    press(tab, "Escape")
    press(tab, "a", "x")
    assert len(ids(tab)) == 9
    tab.page.reload()
    first_row(tab)
    press(tab, "a", "?")
    assert len(ids(tab)) == 9
    assert not tab.page.get_by_role("dialog").is_visible()
    tab.open("/settings")
    tab.page.get_by_label("Single-key shortcuts").select_option("on")
    tab.page.get_by_role("button", name="Save").click()
    expect(tab.page.get_by_label("Single-key shortcuts")).to_have_value("on")


# Others.
def test_what_somebody_else_has_decided_shows_its_outcome_and_leaves(signed_in, house):
    mine, theirs = signed_in("supplier"), signed_in("supplier")
    before = ids(mine)
    first_row(theirs)
    press(theirs, "a")
    eventually(house.scheduled, "nothing was scheduled")
    decided(house, before[:1], Status.APPROVED)

    first_row(mine)
    press(mine, "r", "1", "Enter")

    expect(mine.page.locator("#rows .outcome")).to_contain_text("Somebody else has approved this.")
    expect(mine.page.locator("#rows > tr")).to_have_count(8, timeout=8_000)
    assert ids(mine) == before[1:]
    assert status_of(house, before[0]) is Status.APPROVED


def test_when_the_server_fails_the_row_comes_back_to_its_place(signed_in, house):
    tab = signed_in("supplier")
    tab.expect("500")
    before = names(tab)
    tab.page.route("**/decisions", lambda route: route.fulfill(status=500, body="broken"))
    first_row(tab)

    press(tab, "j", "a")

    expect(toast(tab.page, "Nothing was changed")).to_be_visible()
    expect(tab.page.locator("#rows > tr")).to_have_count(9)
    assert names(tab) == before
    assert not house.scheduled()


def test_without_the_server_the_row_comes_back_too(signed_in):
    tab = signed_in("supplier")
    tab.expect("ERR_FAILED", "ERR_INTERNET")
    tab.page.route("**/decisions", lambda route: route.abort())
    first_row(tab)

    press(tab, "a")

    expect(toast(tab.page, "cannot be reached")).to_be_visible()
    expect(tab.page.locator("#rows > tr")).to_have_count(9)


def test_a_place_that_is_gone_when_it_is_due_is_told_and_the_request_is_back(signed_in, house):
    tab = signed_in("supplier")
    [id], [name] = ids(tab)[:1], names(tab)[:1]
    first_row(tab)
    press(tab, "a")
    eventually(house.scheduled, "nothing was scheduled")

    with house.capacity("kettle", 0):
        make_due(house)
        expect(tab.page.locator("#jobs")).to_contain_text(f"{name} could not be approved: the product is full.")
        expect(tab.page.locator("#rows > tr")).to_have_count(9)
    assert id in ids(tab)


def test_new_requests_are_announced_and_not_pushed_under_the_cursor(signed_in, house):
    tab = signed_in("supplier")
    expect(tab.page.locator("body")).to_have_attribute("data-live-state", "on")
    before = ids(tab)

    house.crowd(1, product="towel", hours_ago=0)

    expect(tab.page.get_by_role("link", name="1 new request")).to_be_visible()
    assert ids(tab) == before
    tab.page.get_by_role("link", name="1 new request").click()
    expect(tab.page.locator("#rows > tr")).to_have_count(10)
    expect(tab.page.get_by_role("link", name="1 new request")).to_be_hidden()


# Without a script, and on a phone.
def test_without_a_script_one_is_approved_and_taken_back(signed_in, house):
    tab = signed_in("supplier", javascript=False)
    page, name = tab.page, names(tab)[0]

    page.get_by_role("button", name=f"Approve {name}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Approved 1 request")
    page.get_by_role("button", name="Undo").click()

    expect(page.locator("#rows > tr")).to_have_count(9)
    assert not house.scheduled()


def test_without_a_script_undo_after_it_was_carried_out_is_a_409(signed_in, house):
    tab = signed_in("supplier", javascript=False)
    tab.expect("409")
    [id] = [tab.page.locator("#rows > tr").first.get_attribute("data-id")]
    tab.page.locator("#rows .row-a").first.click()
    decided(house, [id], Status.APPROVED)

    with tab.page.expect_navigation() as navigation:
        tab.page.get_by_role("button", name="Undo").click()

    assert navigation.value.status == 409
    expect(tab.page.get_by_text("It is too late to undo this")).to_be_visible()


def test_on_a_phone_cards_have_their_buttons_and_the_bar_fits(signed_in, house):
    tab = signed_in("supplier", viewport=PHONE)
    before = ids(tab)

    tab.page.locator("#rows > tr").first.get_by_role("button", name="Approve").click()
    expect(toast(tab.page, "Approved")).to_be_visible()
    tab.page.locator("#rows > tr").first.get_by_role("checkbox").check()
    expect(tab.page.locator("#bulk")).to_be_visible()
    assert not overflows(tab)
    tab.page.set_viewport_size(NARROW)
    assert not overflows(tab)
    decided(house, before[:1], Status.APPROVED)


def test_on_a_phone_details_slide_in_and_go_back_to_their_card(signed_in):
    tab = signed_in("supplier", viewport=PHONE)
    [name] = names(tab)[:1]
    sheet = tab.page.locator("#detail")
    expect(sheet).to_be_hidden()

    tab.page.get_by_role("link", name=name, exact=True).click()

    expect(sheet.get_by_role("heading", level=2)).to_have_text(name)
    expect(tab.page.locator("#detail-h")).to_be_focused()
    box = sheet.bounding_box()
    assert (box["x"], box["width"]) == (0, PHONE["width"])
    sheet.get_by_role("button", name="Close details").click()
    expect(sheet).to_be_hidden()
    expect(tab.page.locator("#rows > tr").first).to_be_focused()
