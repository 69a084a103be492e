"""Pages stay current: one stream a tab, polling where there is none, and a server that can still stop."""

import contextlib
import time
from contextlib import contextmanager

import httpx
import pytest
from browsing import WITHIN
from house import a_house
from playwright.sync_api import expect

from sellergate.domain.authorization import OPEN


class Stream:
    """The events of one stream, one by one."""

    def __init__(self, response):
        self.response = response
        self._lines = response.iter_lines()

    def next(self, wanted=""):
        """The next event of this name, or of any; (name, data). StopIteration when the stream has ended."""
        name, data = "", []
        while True:
            line = next(self._lines)
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                data.append(line.removeprefix("data: "))
            elif not line:
                if name and name.startswith(wanted):
                    return name, "\n".join(data)
                name, data = "", []

    def ends_within(self, seconds):
        began = time.monotonic()
        for _ in self._lines:
            pass
        return time.monotonic() - began < seconds


@contextmanager
def a_stream(client, topics):
    with client.stream("GET", f"/live?topics={topics}") as response:
        yield Stream(response)


@pytest.fixture
def client(house):
    with httpx.Client(base_url=house.url, timeout=30) as client:
        client.get("/demo/sign-in/seller")
        yield client


@pytest.fixture
def asked(house):
    """A request of the seller's, taken back at the end so that the next test begins as this one did."""
    authorization = house.request()
    yield authorization
    with house.store.view() as view:
        status = view.authorizations.get(authorization["id"]).status
    if status in OPEN:
        house.call("seller", "POST", "/api/v1/ds/seller/products/kettle/cancel", {})


def unread(tab):
    """The number beside the bell; 0 where there is none."""
    count = tab.page.locator("#live-unread .count")
    return int(count.inner_text().split()[0]) if count.count() else 0


def test_a_question_of_the_supplier_appears_before_the_seller_without_a_click(signed_in, house, asked):
    tab = signed_in("seller")
    expect(tab.page.locator("body")).to_have_attribute("data-live-state", "on")
    before = unread(tab)

    house.decide(asked, "ask-info", note="How will you ship it?")

    expect(tab.page.locator("#live-unread .count")).to_have_text(f"{before + 1} unread")
    expect(tab.page.locator("#live-bell")).to_have_attribute("aria-label", f"Notifications, {before + 1} unread")


def test_a_request_raises_the_count_beside_the_inbox(signed_in, house):
    tab = signed_in("supplier")
    expect(tab.page.locator("#live-s-requests")).to_have_text("0")

    house.request("board")

    expect(tab.page.locator("#live-s-requests")).to_have_text("1")
    house.call("seller", "POST", "/api/v1/ds/seller/products/board/cancel", {})
    expect(tab.page.locator("#live-s-requests")).to_have_text("0")


def test_an_approval_raises_the_count_beside_approved_sellers(signed_in, house):
    tab = signed_in("supplier")
    approved = tab.page.locator("#live-s-sellers")
    expect(approved).to_have_text("0")
    request = house.request("board")

    house.decide(request, "approve")

    expect(approved).to_have_text("1")
    house.decide(request, "revoke", reason="The goods were sold below the agreed price.")
    expect(approved).to_have_text("0")


def test_marking_one_read_lowers_the_count(signed_in, house, asked):
    tab = signed_in("supplier", "/notifications")
    address = tab.page.locator(".is-new form").first.get_attribute("action")
    tab.page.get_by_role("button", name="Mark read").first.click()

    expect(tab.page.locator(f"form[action='{address}']")).to_have_count(0)
    left = tab.page.locator(".is-new").count()  # the rest, and what has come since
    expect(tab.page.locator(".sub")).to_have_text(f"{left} unread")


def test_a_stream_tells_only_the_topics_one_may_see(client):
    with a_stream(client, "notifications,inbox,nothing") as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert stream.response.headers["cache-control"] == "no-store"
        told = [stream.next() for _ in range(2)]

    assert [name for name, _ in told] == ["notifications", "alive"]
    assert 'id="live-unread"' in told[0][1]


def test_a_change_is_told_at_once_by_the_feed(house, asked):
    """A topic is looked at every five seconds by itself; this is faster, five times in a row."""
    with httpx.Client(base_url=house.url, timeout=30) as client:
        client.get("/demo/sign-in/supplier")
        with a_stream(client, "inbox") as stream:
            stream.next("inbox")
            began = time.monotonic()
            for _ in range(5):
                house.call("seller", "POST", "/api/v1/ds/seller/products/kettle/cancel", {})
                stream.next("inbox")
                house.request()
                stream.next("inbox")

    assert time.monotonic() - began < 10


def test_strangers_get_neither_stream_nor_answer(house):
    for path in ("/live?topics=notifications", "/live/now?topics=notifications"):
        assert httpx.get(house.url + path).status_code == 401


def test_who_polls_is_told_the_same(client, house):
    answer = client.get("/live/now?topics=notifications,inbox").json()

    assert list(answer) == ["notifications"]
    assert 'id="live-bell"' in answer["notifications"]


def test_a_page_polls_where_streams_do_not_get_through(signed_in, house, asked):
    tab = signed_in("operator", own=True)
    tab.expect("Failed to load resource", "EventSource")
    tab.context.route("**/live?*", lambda route: route.abort())
    tab.context.add_init_script(
        "window.setInterval = ((set) => (f, ms) => set(f, Math.min(ms, 300)))(window.setInterval)"
    )
    tab.sign_in("seller")
    expect(tab.page.locator("body")).to_have_attribute("data-live-state", "polling", timeout=2 * WITHIN)

    before = unread(tab)
    house.decide(asked, "ask-info", note="How will you ship it?")

    expect(tab.page.locator("#live-unread .count")).to_have_text(f"{before + 1} unread")


def test_signing_out_everywhere_ends_the_streams(client, house):
    with httpx.Client(base_url=house.url, timeout=30) as other:
        other.get("/demo/sign-in/seller")
        with a_stream(client, "notifications") as stream:
            stream.next("notifications")
            form = other.get("/settings").text
            token = form.partition('name="csrf" value="')[2].partition('"')[0]
            assert other.post("/sign-out/everywhere", data={"csrf": token}).status_code == 303
            assert stream.ends_within(20)
    assert client.get("/live/now?topics=notifications").status_code == 401


def test_a_server_with_open_streams_stops_before_its_grace_is_over(tmp_path):
    with contextlib.ExitStack() as stack:
        house = stack.enter_context(a_house(tmp_path, sellers=1, SELLERGATE_GRACE_SECONDS="30"))
        client = httpx.Client(base_url=house.url, timeout=30)
        client.get("/demo/sign-in/seller")
        with a_stream(client, "notifications") as stream:
            stream.next("notifications")
            began = time.monotonic()
            stack.close()
            took = time.monotonic() - began
            assert stream.ends_within(5)
        client.close()

    assert took < 10
