"""The operator's other pages: what they find, what they leave out, and what they begin."""

import codecs
import csv
import re
from datetime import UTC, datetime, timedelta

import httpx
import operating
import pytest
from browsing import NARROW
from playwright.sync_api import expect

from measured import FAILED
from sellergate.domain.cache_advice import age_bin
from sellergate.domain.measurements import HOUR_SECONDS, Measurement, aligned
from sellergate.domain.rollout import Phase

PAGES = ("shadow", "backlog", "reports", "verdicts", "trials", "audit", "plan")


@pytest.fixture(scope="module", autouse=True)
def furnished(house):
    operating.furnish(house)


@pytest.fixture
def client(house):
    with httpx.Client(base_url=house.url) as http:
        http.get("/demo/sign-in/operator")
        yield http


@pytest.fixture
def tab(signed_in):
    return signed_in("operator")


def rows_of(tab):
    return tab.page.locator("table.recs tbody tr").all_inner_texts()


def lines_of(answer):
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith(codecs.BOM_UTF8)  # Excel asks for it
    return list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize("page", PAGES)
def test_suppliers_and_sellers_are_kept_out(house, page):
    for who in ("supplier", "seller"):
        with httpx.Client(base_url=house.url) as http:
            http.get(f"/demo/sign-in/{who}")
            assert http.get(f"/o/{page}").status_code == 403


@pytest.mark.parametrize("language", ["en-GB", "ko-KR"])
@pytest.mark.parametrize("page", PAGES)
def test_on_a_phone_nothing_sticks_out(signed_in, page, language):
    tab = signed_in("operator", f"/o/{page}", viewport=NARROW, language=language)

    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_shadow_report_is_narrowed_in_place_and_the_address_keeps_it(tab):
    tab.open("/o/shadow")
    assert len(rows_of(tab)) == 5

    tab.page.get_by_label("Stage").select_option("order")
    tab.page.wait_for_url("**/o/shadow?stage=order")
    assert len(rows_of(tab)) == 2
    tab.page.get_by_label("Why").select_option("ERR_AUTHORIZATION_REVOKED")
    tab.page.wait_for_url("**reason=ERR_AUTHORIZATION_REVOKED*")
    [row] = rows_of(tab)
    assert "대나무 도마" in row
    assert "₩902,000" in row

    tab.page.go_back()
    tab.page.wait_for_url("**/o/shadow?stage=order")
    tab.page.get_by_role("link", name="Clear filters").click()
    tab.page.wait_for_url("**/o/shadow")
    assert len(rows_of(tab)) == 5


def test_the_shadow_report_is_summed_up_and_a_group_leads_to_its_rows(tab):
    tab.open("/o/shadow")
    tab.page.get_by_role("navigation", name="Group by").get_by_role("link", name="Product").click()
    tab.page.wait_for_url("**/o/shadow?group=product")
    assert re.match(r"Stainless drip kettle 1.2 L\s+102", rows_of(tab)[0])

    tab.page.get_by_role("link", name="Stainless drip kettle").click()
    tab.page.wait_for_url("**/o/shadow?product=kettle")
    assert len(rows_of(tab)) == 2


def test_the_shadow_report_finds_what_was_seen_lately_and_exports_it(client):
    lately = lines_of(client.get("/o/shadow/export?since=24h"))

    assert {line["seller"] for line in lately} == {"seller-001"}
    assert [line["count"] for line in lately] == ["64", "7"]
    assert len(lines_of(client.get("/o/shadow/export"))) == 5
    assert "Nothing matches these filters" in client.get("/o/shadow?seller=nobody").text


def test_the_backlog_has_who_waits_and_since_when(tab):
    tab.open("/o/backlog")

    [row] = rows_of(tab)
    assert "Hanbit Living" in row
    assert re.search(r"12\s+12\s+5 d 4 h", row)
    assert "50.0%" in row


def test_the_sidebar_counts_the_suppliers_for_whom_requests_wait(tab):
    expect(tab.page.locator("#live-o-backlog")).to_have_text("1")  # looked at every ten seconds


def test_the_reports_say_what_was_decided_and_what_is_not_known(tab, client):
    tab.open("/o/reports")
    figures = dict(
        zip(
            tab.page.locator(".stats dt").all_inner_texts(),
            tab.page.locator(".stats dd.num").all_inner_texts(),
            strict=True,
        )
    )
    assert figures["Approval rate"] == "50.0%"
    assert figures["Back after a cooldown"] == "–"  # noqa: RUF001  no cooldown has ended

    tab.page.get_by_role("link", name="7 d").click()
    tab.page.wait_for_url("**/o/reports?days=7")

    [supplier] = lines_of(client.get("/o/reports/suppliers.csv?days=7"))
    assert (supplier["supplier"], supplier["approved"], supplier["rejected"]) == ("hanbit", "1", "1")
    assert len(lines_of(client.get("/o/reports/tiers.csv"))) == 1
    assert lines_of(client.get("/o/reports/cooldowns.csv"))[0]["returnRate"] == ""
    assert client.get("/o/reports/others.csv").status_code == 404


def test_the_reports_advise_how_long_cached_answers_should_live_by_what_was_measured(tab, client, house):
    tab.open("/o/reports?days=7")
    card = tab.page.get_by_role("region", name="Cached answers")
    expect(card).to_contain_text("no longer life would answer 1.0% of checks more")

    start = aligned(datetime.now(UTC) - timedelta(hours=2), HOUR_SECONDS)
    with house.store.work() as work:
        window = Measurement(start=start, counts={FAILED: 30_000}, again={age_bin(64): 30_000})
        work.windows.put("another-gate", [window])
    tab.open("/o/reports?days=7")

    expect(card).to_contain_text(re.compile("Advised.*15 m.*at least 7.9% of checks more", re.DOTALL))
    [row] = lines_of(client.get("/o/reports/cache.csv?days=7"))
    assert (row["advice"], row["advisedTtlSeconds"], row["ranOut"]) == ("longer", "900.0", "30000")


def test_a_verdict_can_be_looked_into_and_is_the_same_when_judged_again(tab):
    tab.open("/o/verdicts")
    tab.page.locator("table.recs tbody a").first.click()

    tab.page.get_by_text("the same, to the last bit").wait_for()
    assert any("Gate P95" in row and "5 ms" in row for row in rows_of(tab))
    tab.page.locator(".evidence summary").click()
    assert '"windows"' in tab.page.locator(".evidence pre").inner_text()


def test_a_drill_is_begun_and_kept_with_its_measured_time(house, tab):
    version = operating.rollout(house)["version"]
    tab.open("/o/trials")
    assert tab.page.locator(".trials li").count() >= 2
    tab.page.get_by_role("button", name="Start a drill").click()

    tab.page.get_by_text(re.compile(r"Drill: 1 of 1 servers followed within \d+ ms")).wait_for()
    newest = tab.page.locator(".trials li").first.inner_text()
    assert "Rollback drill" in newest
    assert "demo-operator" in newest
    after = operating.rollout(house)
    assert (after["phase"], after["version"] > version) == ("canary", True)


def test_a_drill_with_too_short_a_reason_is_refused(client):
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/o/trials").text)[1]

    refused = client.post("/o/trials/drill", data={"csrf": token, "reason": "short"})

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text


def test_the_audit_log_is_narrowed_sealed_and_proved(house, tab, client):
    tab.open("/o/audit")
    operating.wait_for(lambda: "not sealed yet" not in client.get("/o/audit").text)
    tab.page.get_by_label("Action").select_option("reject")
    tab.page.wait_for_url("**/o/audit?action=reject")
    [row] = rows_of(tab)
    assert "The track record is below our minimum." in row
    assert [line["action"] for line in lines_of(client.get("/o/audit/export?action=reject"))] == ["reject"]

    tab.page.get_by_role("button", name="Verify the trail").click()
    tab.page.get_by_role("heading", name="The trail").wait_for()
    facts = tab.page.locator(".facts").inner_text()
    assert "Events" in facts
    # The house has records that no event tells of: exactly what a proof has to notice.
    assert tab.page.get_by_role("heading").first.inner_text() == "The trail does not hold"
    assert "has no event" in tab.page.locator(".note-bad").inner_text()


def test_the_plan_shows_each_step_and_where_the_rollout_is(house, tab):
    operating.begun(house, Phase.CANARY, minutes_ago=60, step="canary", canary=["kettle"])
    tab.open("/o/plan")

    assert tab.page.locator(".step h2").all_inner_texts() == ["Shadow", "Canary", "50%", "Full"]
    assert tab.page.locator(".step[aria-current] h2").inner_text() == "Canary"
    assert "Tue-Thu 02:00-04:00 Asia/Seoul" in tab.page.locator(".step").last.inner_text()
    assert "> 10 ms" in tab.page.locator(".step").first.inner_text()


def test_the_control_room_has_what_waits_and_what_would_be_denied(tab):
    tab.open("/o/rollout")

    assert "5 pairs would be denied" in tab.page.locator("section[aria-labelledby=shadow-h]").inner_text()
    assert "Hanbit Living" in tab.page.locator("section[aria-labelledby=backlog-h]").inner_text()
