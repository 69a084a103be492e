"""A seller knows where they stand with every product, asks, answers and takes back, and sees what others decide as it happens."""

import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import httpx
import pytest
from browsing import PHONE, overflows
from house import FULL, SUPPLIER
from playwright.sync_api import expect

from builders import a_product
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.faces.console.formats import Formats
from sellergate.faces.console.language import words_of

REASON = "The product pages are not good enough."
QUESTION = "How will you ship it, and from where?"
WHY = "We list it in our kitchen shop and take returns for thirty days."
COOLDOWN_ENDS = datetime.now(UTC).replace(microsecond=0) + timedelta(days=11, hours=3)

_SPARE = count(10)

STATES = {
    "waiting": ("Waiting", "Cancel request"),
    "asked": ("Question for you", "Answer…"),
    "approved": ("Approved", None),
    "cooling": ("Ask again in 12 d", None),
    "cooled": ("Rejected", "Request…"),
    "revoked": ("Revoked", None),
    "expired": ("Expired", "Request…"),
    "cancelled": ("Taken back", "Request…"),
    "fresh": ("Not requested", "Request…"),
    FULL: ("No free slots", "Request…"),
    "idle": ("Not on offer", None),
    "free": ("Needs no permission", None),
}


@pytest.fixture(scope="module", autouse=True)
def standing(house):
    """One product in each state, and some to ask for."""
    names = [*STATES, *(f"spare-{number:02}" for number in range(30))]
    with house.store.work() as work:
        for name in names:
            if name != FULL:
                product = a_product(name, name=f"The {name} one", sku=f"SKU-{name}", supplier_id=SUPPLIER)
                work.directory.put_product(product)
        work.directory.put_product(
            a_product("idle", name="The idle one", supplier_id=SUPPLIER, active=False, price=Decimal(19900))
        )
        work.directory.put_product(a_product("free", name="The free one", supplier_id=None))
    now = datetime.now(UTC)
    house.ask(product="waiting", hours_ago=30)
    house.ask(product="asked", status=Status.INFO_REQUESTED, note=QUESTION)
    house.ask(product="approved", status=Status.APPROVED)
    house.ask(product="cooling", status=Status.REJECTED, reason=REASON, cooldown_until=COOLDOWN_ENDS)
    house.ask(product="cooled", status=Status.REJECTED, reason=REASON, cooldown_until=now - timedelta(hours=1))
    house.ask(product="revoked", status=Status.REVOKED, reason="Sold below the agreed price, twice.")
    house.ask(product="expired", status=Status.EXPIRED, expires_at=now - timedelta(days=1))
    house.ask(product="cancelled", status=Status.CANCELLED)


def at(tab, product):
    """The row of a product, on the page that a search for it gives."""
    tab.open(f"/m/catalog?q={product}")
    return tab.page.locator("tr", has=tab.page.locator(f"[id='st-{product}']"))


def marked(tab):
    """The page is marked, so that a reload would show."""
    tab.page.evaluate("() => { window.stayed = true }")


def stayed(tab):
    return tab.page.evaluate("() => window.stayed === true")


def ask_for(tab, product, why=WHY):
    at(tab, product).get_by_role("link", name="Request…").click()
    tab.page.get_by_label("Why you want to sell it").fill(why)
    return tab.page.locator("dialog")


def test_every_state_says_what_it_is_and_what_can_be_done(signed_in):
    tab = signed_in("seller")
    for product, (says, offers) in STATES.items():
        row = at(tab, product)
        expect(row.locator(".c-st")).to_contain_text(says)
        actions = row.locator(".c-do").locator("a, button")
        expect(actions).to_have_count(1 if offers else 0)
        if offers:
            expect(actions).to_contain_text(offers)


def test_what_the_supplier_said_stands_beside_the_state(signed_in):
    tab = signed_in("seller")
    for product, why in (("cooling", REASON), ("revoked", "Sold below"), ("asked", QUESTION)):
        expect(at(tab, product).locator(".c-st .l2")).to_contain_text(why)


def test_a_cooldown_is_counted_by_the_servers_clock_and_its_end_is_exact(signed_in):
    tab = signed_in("seller", own=True)
    tab.page.clock.set_fixed_time(datetime(2031, 1, 1, tzinfo=UTC))
    tab.page.reload()

    moment = at(tab, "cooling").locator("time").first

    expect(moment).to_have_text("Ask again in 12 d")
    expect(moment).to_have_attribute("title", Formats(words_of("en")).moment(COOLDOWN_ENDS))
    assert datetime.fromisoformat(moment.get_attribute("datetime")) == COOLDOWN_ENDS


def test_tabs_list_as_many_as_they_say(signed_in):
    tab = signed_in("seller")
    expect(tab.page.locator(".views a[aria-current] b")).to_have_text("45")
    for label, number in (("Rejected", 2), ("Revoked", 1), ("Question for you", 1), ("Not requested", 37)):
        tab.page.locator(".views").get_by_role("link", name=label).click()
        expect(tab.page.locator(".views a[aria-current] b")).to_have_text(str(number))
        expect(tab.page.locator(".cat tbody tr")).to_have_count(min(25, number))


def test_the_catalog_is_searched_while_typing_and_walked(signed_in):
    tab = signed_in("seller")
    page = tab.page
    expect(page.locator(".pager .num")).to_have_text("1\N{EN DASH}25 / 45")
    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".pager .num")).to_have_text("26\N{EN DASH}45 / 45")
    page.get_by_role("link", name="First page").click()
    expect(page.locator(".pager .num")).to_have_text("1\N{EN DASH}25 / 45")

    page.get_by_role("searchbox").fill("SKU-SPARE")
    expect(page.locator(".pager .num")).to_have_text("1\N{EN DASH}25 / 30")
    expect(page.get_by_role("searchbox")).to_be_focused()
    assert "q=SKU-SPARE" in tab.path
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.get_by_text("No products match “nothing like it”")).to_be_visible()


def test_a_request_is_sent_from_a_dialog_and_the_row_shows_it(signed_in, house):
    tab = signed_in("seller")
    marked_used = tab.page.locator(".us-v").inner_text()
    dialog = ask_for(tab, "spare-00")
    marked(tab)
    expect(dialog.locator("[data-count-of]")).to_have_text(f"{len(WHY)} / 500")
    expect(dialog).to_contain_text("you can ask again after 30 days")
    dialog.get_by_label("Expected volume").fill("40")

    dialog.get_by_role("button", name="Send request").click()

    expect(tab.page.locator("[id='st-spare-00']")).to_contain_text("Waiting")
    expect(tab.page.get_by_role("button", name="Cancel request")).to_be_focused()
    expect(tab.page.locator(".toast")).to_contain_text("Request sent")
    expect(tab.page.locator(".us-v")).not_to_have_text(marked_used)
    assert stayed(tab)
    with house.store.view() as view:
        record = view.authorizations.find("seller-001", "spare-00")
    assert (record.business_justification, record.expected_volume) == (WHY, 40)


def test_a_justification_that_is_too_short_comes_back_with_what_was_written(signed_in):
    tab = signed_in("seller")
    tab.expect("422")
    short = "nineteen letters ok"
    dialog = ask_for(tab, "spare-01", short + " " * 6)  # enough for the browser, which counts the blanks

    dialog.get_by_role("button", name="Send request").click()

    expect(dialog.get_by_role("alert")).to_have_text("Write 20 to 500 characters. You wrote 19.")
    expect(dialog.get_by_role("alert")).to_be_focused()
    expect(dialog.get_by_label("Why you want to sell it")).to_have_value(short)
    dialog.get_by_label("Why you want to sell it").fill(WHY)
    dialog.get_by_role("button", name="Send request").click()
    expect(tab.page.locator("[id='st-spare-01']")).to_contain_text("Waiting")


def test_a_dialog_that_is_closed_gives_the_focus_back(signed_in):
    tab = signed_in("seller")
    dialog = ask_for(tab, "spare-02")
    dialog.get_by_role("link", name="Cancel").click()

    expect(dialog).not_to_be_visible()
    expect(tab.page.get_by_role("link", name="Request…")).to_be_focused()


def test_a_request_is_taken_back_where_it_stands(signed_in, house):
    house.request("spare-03")
    tab = signed_in("seller")
    row = at(tab, "spare-03")
    marked(tab)

    row.get_by_role("button", name="Cancel request").click()

    expect(row.locator(".c-st")).to_contain_text("Taken back")
    expect(row.get_by_role("link", name="Request…")).to_be_focused()
    assert stayed(tab)


def test_a_question_is_answered_and_the_request_waits_again(signed_in, house):
    asked = house.request("spare-04")
    house.decide(asked, "ask-info", note=QUESTION)
    tab = signed_in("seller")
    at(tab, "spare-04").get_by_role("link", name="Answer…").click()
    dialog = tab.page.locator("dialog")
    expect(dialog).to_contain_text(QUESTION)

    dialog.get_by_label("Why you want to sell it").fill("By parcel service, from our store in Busan, within two days.")
    dialog.get_by_role("button", name="Send answer").click()

    expect(tab.page.locator("[id='st-spare-04']")).to_contain_text("Waiting")
    with house.store.view() as view:
        record = view.authorizations.find("seller-001", "spare-04")
    assert record.business_justification.endswith("within two days.")
    assert record.status is Status.REQUESTED


@contextmanager
def all_slots_taken(house):
    """So long the seller has ten products: those in use already, and as many more as are missing."""
    with house.store.view() as view:
        free = 10 - view.authorizations.slots_in_use("seller-001", datetime.now(UTC))
    records = [house.ask(product=f"spare-{next(_SPARE)}", status=Status.APPROVED) for _ in range(free)]
    try:
        yield
    finally:
        for record in records:
            house.call("supplier", "POST", f"/api/v1/ds/supplier/authorizations/{record.id}/revoke", {"reason": REASON})


def test_at_the_limit_one_can_still_ask_and_is_told_why_not(signed_in, house):
    with all_slots_taken(house):
        tab = signed_in("seller")
        expect(tab.page.locator(".us-v")).to_have_text("10 of 10")
        expect(tab.page.locator("#usage")).to_contain_text("you reach your limit")
        at(tab, "fresh").get_by_role("link", name="Request…").click()

        dialog = tab.page.locator("dialog")
        expect(dialog).to_contain_text("All 10 of your product slots are in use.")
        expect(dialog.get_by_role("button", name="Send request")).to_have_count(0)
        dialog.get_by_role("link", name="My requests").click()
        expect(tab.page).to_have_url(re.compile("/m/requests$"))


def test_the_limit_is_told_on_the_form_when_it_is_reached_meanwhile(signed_in, house):
    tab = signed_in("seller")
    tab.expect("422")
    dialog = ask_for(tab, "spare-05")
    with all_slots_taken(house):
        dialog.get_by_role("button", name="Send request").click()
        expect(dialog.get_by_role("alert")).to_have_text("All product slots of this seller are in use.")
        expect(dialog.get_by_role("alert")).to_be_focused()


def test_the_segments_show_what_is_approved_waits_and_is_free(signed_in):
    page = signed_in("seller").page
    label = page.locator(".segs").get_attribute("aria-label")
    approved, waiting, limit = (int(number) for number in re.findall(r"\d+", label))

    expect(page.locator(".segs rect")).to_have_count(limit)
    expect(page.locator(".segs rect.on")).to_have_count(approved)
    expect(page.locator(".segs rect.wait")).to_have_count(waiting)


def test_a_decision_shows_in_the_row_the_bell_and_the_list_without_a_click(signed_in, house):
    authorization = house.request("spare-06")
    tab = signed_in("seller")
    row = at(tab, "spare-06")
    expect(tab.page.locator("body")).to_have_attribute("data-live-state", "on")
    row.get_by_role("button", name="Cancel request").focus()
    marked(tab)

    house.decide(authorization, "approve")

    expect(row.locator(".c-st")).to_contain_text("Approved")
    expect(row.get_by_role("button")).to_have_count(0)
    expect(tab.page.locator("#recent li").first).to_contain_text("You may sell The spare-06 one")
    expect(tab.page.locator("#live-unread .count")).to_be_visible()
    assert stayed(tab)
    assert tab.focused() == "do-spare-06"  # the button is gone; what stood around it has the focus
    with house.store.view() as view:
        held = sum(record.status is Status.APPROVED for record in view.authorizations.of_seller("seller-001"))
    expect(tab.page.locator("#live-m-products")).to_have_text(str(held))


def test_a_notification_is_marked_read(signed_in, house):
    house.notify(productId="kettle")
    tab = signed_in("seller", "/notifications")
    new = tab.page.locator(".is-new")
    before = new.count()
    assert before
    expect(new.first).to_contain_text("You may sell Stainless drip kettle 1.2 L")

    tab.page.get_by_role("button", name="Mark read").first.click()

    expect(new).to_have_count(before - 1)


def test_requests_are_listed_by_whether_they_were_answered_each_with_its_history(signed_in, house):
    authorization = house.request("spare-07")
    house.decide(authorization, "reject", reason=REASON)
    tab = signed_in("seller", "/m/requests?which=open")
    expect(tab.page.get_by_role("link", name="The waiting one")).to_be_visible()
    expect(tab.page.get_by_role("link", name="The spare-07 one")).to_have_count(0)
    tab.page.get_by_role("link", name="Answered", exact=True).click()

    tab.page.get_by_role("link", name="The spare-07 one").click()

    steps = tab.page.locator(".tl li")
    expect(steps.nth(0)).to_contain_text("Rejected")
    expect(steps.nth(0)).to_contain_text(REASON)
    expect(steps.nth(1)).to_contain_text("You asked for it")
    expect(tab.page.locator(".one-st")).to_contain_text("Ask again in 30 d")


def test_what_may_be_sold_and_what_has_run_out_is_one_list(signed_in):
    tab = signed_in("seller", "/m/products")

    expect(tab.page.get_by_role("link", name="The approved one")).to_be_visible()
    expect(tab.page.get_by_role("link", name="The expired one", exact=True)).to_be_visible()
    expect(tab.page.get_by_role("link", name="The revoked one", exact=True)).to_have_count(0)


def test_without_a_script_one_asks_corrects_answers_and_takes_back(signed_in, house):
    tab = signed_in("seller", javascript=False)
    tab.expect("422")
    page = tab.page
    at(tab, "spare-08").get_by_role("link", name="Request…").click()
    page.get_by_label("Why you want to sell it").fill("nineteen letters ok" + " " * 6)
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_role("alert")).to_have_text("Write 20 to 500 characters. You wrote 19.")
    page.get_by_label("Why you want to sell it").fill(WHY)
    page.get_by_role("button", name="Send request").click()
    expect(page).to_have_url(re.compile("/m/requests$"))
    row = page.locator("tr", has=page.locator("[id='st-spare-08']"))
    expect(row).to_contain_text("Waiting")

    with house.store.view() as view:
        id = view.authorizations.find("seller-001", "spare-08").id
    house.decide({"id": id}, "ask-info", note=QUESTION)
    tab.open("/m/requests")
    row.get_by_role("link", name="Answer…").click()
    page.get_by_label("Why you want to sell it").fill(WHY + " By parcel.")
    page.get_by_role("button", name="Send answer").click()
    expect(row).to_contain_text("Waiting")
    row.get_by_role("button", name="Cancel request").click()
    expect(row).to_contain_text("Taken back")


def test_a_suspended_seller_finds_nothing_to_ask_with(signed_in, house):
    def is_to_be(status):
        with house.store.work() as work:
            seller = work.directory.seller("seller-001")
            work.directory.put_seller(type(seller)(**{**_facts(seller), "status": status}))

    is_to_be(SellerStatus.SUSPENDED)
    try:
        tab = signed_in("seller")
        expect(at(tab, "fresh").locator(".c-do").locator("a, button")).to_have_count(0)
        tab.open("/m/catalog/fresh/request")
        expect(tab.page.locator(".note-warn")).to_have_text("This seller account is suspended or closed.")
    finally:
        is_to_be(SellerStatus.ACTIVE)


def _facts(seller):
    return {name: getattr(seller, name) for name in seller.__dataclass_fields__}


def test_the_dialog_fits_a_phone(signed_in):
    tab = signed_in("seller", viewport=PHONE)
    dialog = ask_for(tab, "fresh")

    box = dialog.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert not overflows(tab)


# By hand: what the page does not offer.
@pytest.fixture
def client(house):
    with httpx.Client(base_url=house.url) as client:
        client.get("/demo/sign-in/seller")
        yield client


def sent(client, path, **fields):
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/settings").text)[1]
    return client.post(path, data={"csrf": token, **fields})


@pytest.mark.parametrize("volume", ["-1", "1.5", "many", "2000000000", "\N{FULLWIDTH DIGIT NINE}"])
def test_a_volume_that_is_no_number_is_refused(client, volume):
    answer = sent(client, "/m/catalog/fresh/request", justification=WHY, volume=volume)

    assert answer.status_code == 422
    assert "Write a whole number, or leave it empty." in answer.text


@pytest.mark.parametrize(
    ("product", "told"),
    [
        ("revoked", "That is permanent."),
        ("waiting", "There is already a request for this product."),
        ("cooling", "once the cooldown is over"),
    ],
)
def test_what_the_rules_forbid_is_told_on_the_form(client, product, told):
    answer = sent(client, f"/m/catalog/{product}/request", justification=WHY)

    assert answer.status_code == 422
    assert told in answer.text


def test_a_line_end_counts_once_as_it_does_in_the_browser(client):
    assert sent(client, "/m/catalog/revoked/request", justification="a\r\n" * 250).text.count("That is permanent.") == 1
    assert "You wrote 501." in sent(client, "/m/catalog/revoked/request", justification="b\r\n" * 251).text


def test_another_sellers_request_does_not_exist(client, house):
    other = house.ask(2, product="kettle")

    assert client.get(f"/m/requests/{other.id}").status_code == 404
    assert sent(client, f"/m/requests/{other.id}/cancel").status_code == 404
    with house.store.view() as view:
        assert view.authorizations.get(other.id).status is Status.REQUESTED


def test_what_nobody_has_asked_cannot_be_answered(client, house):
    with house.store.view() as view:
        id = view.authorizations.find("seller-001", "waiting").id

    assert client.get(f"/m/requests/{id}/answer").status_code == 400
    assert sent(client, f"/m/requests/{id}/answer", justification=WHY).status_code == 422


def test_the_stream_carries_no_token_of_a_session(client):
    told = client.get("/live/now?topics=standing").json()["standing"]

    assert 'id="st-waiting"' in told
    assert "csrf" not in told
