"""The control room in a browser: what it shows of a rollout, and the moves an operator makes."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from browsing import PHONE

from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.histogram import EDGES
from sellergate.domain.measurements import WINDOW_SECONDS, Counted, Measurement, aligned

ROLLOUT = "/api/admin/dropshipping/rollout"
REASON = "We have looked at it together."


@pytest.fixture(scope="module", autouse=True)
def measured(house):
    """An hour of traffic, with a gap, and two failed checks in a hundred during the last minutes of it."""
    end = aligned(datetime.now(UTC), WINDOW_SECONDS) - timedelta(seconds=WINDOW_SECONDS)
    windows = [_window(end - timedelta(seconds=WINDOW_SECONDS * back)) for back in range(360) if not 100 <= back < 130]
    with house.store.work() as work:
        work.windows.put("shop-1", windows)


def _window(start):
    counts = {
        Counted(Stage.CART, Mode.ENFORCED, Reason.APPROVED, True): 900,
        Counted(Stage.CART, Mode.ENFORCED, Reason.REVOKED, True): 30,
        Counted(Stage.ORDER, Mode.ENFORCED, Reason.APPROVED, False): 60,
        Counted(Stage.SETTLEMENT, Mode.ENFORCED, Reason.APPROVED, None): 10,
    }
    return Measurement(start=start, counts=counts, latencies={EDGES.index(10_000): 950, EDGES.index(1_000_000): 50})


@pytest.fixture(autouse=True)
def _full(house):
    """Each test finds everything enforced, as it was when the first began."""
    yield
    house.call("operator", "POST", f"{ROLLOUT}/rollback", {"reason": REASON})
    house.call("operator", "POST", f"{ROLLOUT}/promote", {"reason": REASON, "percentage": 100, "override": True})


class Client:
    """A browser without scripts: it sends the forms of the pages it was given."""

    def __init__(self, http):
        self._http = http
        self.get = http.get

    def post(self, path, fields):
        token = re.search(r'name="csrf" value="([^"]+)"', self.get("/settings").text)[1]
        return self._http.post(path, data={"csrf": token, **fields})


@pytest.fixture
def client(house):
    with httpx.Client(base_url=house.url) as http:
        http.get("/demo/sign-in/operator")
        yield Client(http)


@pytest.fixture
def room(signed_in):
    tab = signed_in("operator", "/o/rollout")
    tab.page.locator("html[data-ready=rollout]").wait_for(state="attached")
    return tab


def verdict_of(tab):
    return tab.page.locator(".verdict strong").inner_text()


def test_it_says_how_the_rollout_is(room):
    page = room.page

    assert page.locator("#enforced").inner_text() == "Every product is enforced"
    assert page.locator(".steps .is-done .st").all_inner_texts() == ["Off", "Shadow", "Canary", "50%"]
    assert page.locator("[aria-current=step] .st").inner_text() == "Full"
    assert "environment" in page.locator(".phase .note").inner_text()
    figures = page.locator(".kpi .k-v").all_inner_texts()
    assert len(figures) == 8
    assert figures[3].startswith("0")
    assert "Nobody has signed it yet." in page.locator("#criteria").inner_text()


def test_charts_show_the_limits_of_the_plan_and_have_a_table(room):
    page = room.page

    assert page.locator(".plot canvas").count() == 4
    latency = page.locator("#c-latency")
    assert "P95" in latency.locator(".plot").get_attribute("aria-label")
    latency.locator("summary").click()
    assert latency.locator("tbody tr").count() == 12
    assert page.evaluate("JSON.parse(document.querySelector('#c-latency .plot').dataset.chart)")["rb"] == 10


def test_where_nobody_measured_is_a_gap(client):
    series = client.get("/o/rollout/series?range=1h").json()

    assert None in series["p95"]
    assert len({len(series[key]) for key in ("t", "p50", "p95", "p99", "errors", "hits", "cart")}) == 1
    assert any(value is not None for value in series["cart"])


def test_another_range_is_kept_in_the_address(room):
    room.page.get_by_role("link", name="24 h").click()

    room.page.wait_for_url("**/o/rollout?range=24h")
    assert room.page.locator("[data-range][aria-current]").inner_text() == "24 h"


def test_held_resumed_and_reduced(room):
    page = room.page
    page.get_by_role("link", name="Hold").click()
    page.get_by_role("button", name="Hold").press("Enter")
    page.get_by_text("Held at Full.").wait_for()
    assert "On hold" in page.locator(".phase").inner_text()
    page.get_by_role("link", name="Resume").click()
    page.get_by_role("button", name="Resume").press("Enter")
    page.get_by_text("Resumed at Full.").wait_for()

    page.get_by_role("link", name="Reduce").click()
    page.locator("#dlg-move").get_by_label("10%").check()
    page.locator("#dlg-move textarea").fill(REASON)
    page.locator("#dlg-move").get_by_role("button", name="Reduce").click()

    page.get_by_text("Reduced to 10%.").wait_for()
    assert "servers followed within" in page.locator(".said").inner_text()
    assert page.locator(".tl li").first.inner_text().startswith("Reduced: Full to 10%")


def test_promoted_against_the_plan_it_is_an_override_with_a_reason(house, room):
    page = room.page
    house.call("operator", "POST", f"{ROLLOUT}/reduce", {"reason": REASON, "percentage": 10})
    page.get_by_role("link", name="Promote to 50%").click()  # it has come by itself
    dialog = page.locator("#dlg-move")
    dialog.get_by_text("is an override").wait_for()
    assert dialog.locator(".note li").count() >= 1
    dialog.get_by_role("button", name="Override and promote").click()
    assert dialog.is_visible()  # the browser asks for the reason first
    dialog.locator("textarea").fill(REASON)
    dialog.get_by_role("button", name="Override and promote").click()

    page.get_by_text("Promoted to 50%.").wait_for()
    assert "(override)" in page.locator(".tl li").first.inner_text()


def test_a_rollback_is_two_interactions_also_when_nothing_is_live(signed_in):
    tab = signed_in("operator")
    tab.page.route(re.compile(r"/live(\?|/now|$)"), lambda route: route.abort())
    tab.expect("live", "ERR_FAILED", "net::")
    tab.open("/o/rollout")
    tab.page.locator("html[data-ready=rollout]").wait_for(state="attached")

    tab.page.get_by_role("link", name="Emergency rollback").click()
    tab.page.keyboard.press("Enter")

    tab.page.get_by_text("Rolled back to Off.").wait_for()
    assert "Nothing is checked" in tab.page.locator("#enforced").inner_text()
    assert verdict_of(tab) == "Off"


def test_without_a_script_each_move_has_a_page_of_its_own(house, client):
    house.call("operator", "POST", f"{ROLLOUT}/reduce", {"reason": REASON, "percentage": 10})
    assert 'name="override"' in client.get("/o/rollout/promote").text

    refused = client.post("/o/rollout/promote", {"reason": "short"})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text

    moved = client.post("/o/rollout/promote", {"override": "yes", "reason": REASON})
    assert (moved.status_code, moved.headers["location"]) == (303, "/o/rollout")
    assert "Promoted to 50%." in client.get("/o/rollout").text
    assert "Promoted to 50%." not in client.get("/o/rollout").text.partition('id="history"')[0]


def test_a_criterion_is_signed_and_the_signature_withdrawn(client):
    page = client.get("/o/rollout").text
    address = page.partition('href="/o/rollout/criteria/')[2].partition('"')[0]

    assert client.post(f"/o/rollout/criteria/{address}", {"note": "short"}).status_code == 422
    assert client.post(f"/o/rollout/criteria/{address}", {"note": REASON}).status_code == 303
    assert "Withdraw the signature?" in client.get(f"/o/rollout/criteria/{address}").text
    assert client.post(f"/o/rollout/criteria/{address}", {"note": REASON, "withdraw": "yes"}).status_code == 303
    assert "Sign this criterion?" in client.get(f"/o/rollout/criteria/{address}").text


def test_there_is_no_other_move_and_no_other_criterion(client):

    assert client.get("/o/rollout/away").status_code == 404
    assert client.get("/o/rollout/criteria/none").status_code == 404
    assert client.get("/o/verdicts/999999").status_code == 404


def test_on_a_phone_it_can_be_read_and_rolled_back(signed_in):
    tab = signed_in("operator", "/o/rollout", viewport=PHONE, language="ko-KR")

    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.page.locator(".cmd-act .btn").count() >= 2
