"""What the control room says of good and of bad measurements, and what it lets an operator do then."""

import re

import pytest
from browsing import open_tab
from operating import REASON, ROLLOUT, begun, rollout, traffic, wait_for

from sellergate.domain.rollout import Phase
from sellergate.faces.console.formats import NOTHING


@pytest.fixture
def room(signed_in):
    tab = signed_in("operator")

    def open_room():
        tab.open("/o/rollout")
        tab.page.locator("html[data-ready=rollout]").wait_for(state="attached")
        return tab.page

    return open_room


def judged(house, verdict):
    """The rollout is judged so, once what was measured has been read."""
    wait_for(lambda: rollout(house)["verdict"]["verdict"] == verdict)


@pytest.mark.parametrize(
    ("measured", "verdict", "says", "kind", "chart"),
    [
        ({}, "CONTINUE", "All 5 metrics are as they should be", "ok", None),
        ({"misses": 200}, "INVESTIGATE", "Cache hits", "warn", "c-hits"),
        ({"slow": 100}, "ROLL_BACK", "P95", "bad", "c-latency"),
        ({"failing": 50}, "ROLL_BACK", "Errors", "bad", "c-errors"),
    ],
)
def test_the_verdict_names_the_worst_cause_and_its_chart(house, room, measured, verdict, says, kind, chart):
    begun(house, Phase.PERCENTAGE, minutes_ago=3, percentage=50, step="half")
    traffic(house, 3, **measured)
    judged(house, verdict)

    page = room()

    told = page.locator(".verdict")
    assert f"v-{kind}" in told.get_attribute("class")
    assert says in told.inner_text()
    assert told.locator("a").count() == (chart is not None)
    if chart:
        assert told.locator("a").get_attribute("href") == f"#{chart}"
        assert page.locator(f".kpi.k-{kind}").first.get_attribute("href") == f"#{chart}"


def test_what_nobody_has_measured_is_a_dash_never_zero_and_never_green(browser, tmp_path_factory):
    from house import a_house

    with a_house(tmp_path_factory.mktemp("quiet"), sellers=1) as quiet:
        begun(quiet, Phase.CANARY, minutes_ago=3, step="canary", canary=["kettle"])
        tab = open_tab(browser, quiet.url).sign_in("operator")
        tab.open("/o/rollout")

        assert tab.page.locator(".verdict strong").inner_text() == "Not enough data"
        assert tab.page.locator(".kpi .k-v").all_inner_texts() == [NOTHING] * 8
        assert tab.page.locator(".kpi.k-ok").count() == 0
        assert set(tab.page.locator(".kpi .k-s").all_inner_texts()) == {"Not enough data"}
        assert tab.unexpected() == []
        tab.context.close()


def test_a_promotion_is_refused_until_an_override_gives_its_reason(house, room):
    begun(house, Phase.CANARY, minutes_ago=3, step="canary", canary=["kettle"])
    traffic(house, 3)
    judged(house, "CONTINUE")
    page = room()

    page.get_by_role("link", name="Promote to 50%").click()
    dialog = page.locator("#dlg-move")
    dialog.get_by_text("is an override").wait_for()
    dialog.locator("textarea").fill("short")
    dialog.get_by_role("button", name="Override and promote").click()
    assert dialog.is_visible()
    assert rollout(house)["phase"] == "canary"

    dialog.locator("textarea").fill(REASON)
    dialog.get_by_role("button", name="Override and promote").click()
    page.get_by_text("Promoted to 50%.").wait_for()
    assert "(override)" in page.locator(".tl li").first.inner_text()


def test_a_promotion_that_nothing_stands_in_the_way_of_is_no_override(browser, tmp_path_factory):
    from house import a_house

    from sellergate.adapters.plan_files import DEMO

    with a_house(tmp_path_factory.mktemp("free"), sellers=1, SELLERGATE_PLAN_FILE=str(DEMO)) as free:
        free.call("operator", "POST", f"{ROLLOUT}/rollback", {"reason": REASON})
        tab = open_tab(browser, free.url).sign_in("operator")
        tab.open("/o/rollout")
        tab.page.locator("html[data-ready=rollout]").wait_for(state="attached")
        promote = tab.page.get_by_role("link", name="Promote to Shadow")
        assert "primary" in promote.get_attribute("class")
        promote.click()
        dialog = tab.page.locator("#dlg-move")
        assert dialog.get_by_text("is an override").count() == 0
        dialog.locator("textarea").fill(REASON)
        dialog.get_by_role("button", name="Promote", exact=True).click()

        tab.page.get_by_text("Promoted to Shadow.").wait_for()
        assert "(override)" not in tab.page.locator(".tl li").first.inner_text()
        assert tab.unexpected() == []
        tab.context.close()


def test_old_numbers_are_amber_then_said_to_be_old_and_a_rollback_still_works(house, signed_in):
    begun(house, Phase.PERCENTAGE, minutes_ago=3, percentage=50, step="half")
    tab = signed_in("operator", own=True)
    tab.page.clock.install()
    tab.page.route(re.compile(r"/live(\?|/now|$)"), lambda route: route.abort())
    tab.expect("live", "ERR_FAILED", "net::")
    tab.open("/o/rollout")
    tab.page.locator("html[data-ready=rollout]").wait_for(state="attached")
    assert not tab.page.locator("#stale").is_visible()

    tab.page.clock.fast_forward(16_000)
    tab.page.locator("#live.is-old").wait_for()
    assert not tab.page.locator("#stale").is_visible()

    tab.page.clock.fast_forward(15_000)
    tab.page.locator("#stale").wait_for()
    assert "A rollback still works" in tab.page.locator("#stale").inner_text()
    assert "is-stale" in tab.page.locator("body").get_attribute("class")

    tab.page.get_by_role("link", name="Emergency rollback").click()
    tab.page.keyboard.press("Enter")
    tab.page.get_by_text("Rolled back to Off.").wait_for()


def test_a_tab_that_comes_back_asks_for_the_lines_again(house, room):
    begun(house, Phase.PERCENTAGE, minutes_ago=3, percentage=50, step="half")
    page = room()

    # Sooner than it would ask by itself.
    with page.expect_response(lambda answer: "/o/rollout/series" in answer.url, timeout=3000):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_all_charts_have_their_cursor_at_the_same_moment(house, room):
    begun(house, Phase.PERCENTAGE, minutes_ago=3, percentage=50, step="half")
    traffic(house, 60)
    page = room()

    page.locator("#c-latency .u-over").hover(position={"x": 200, "y": 40})
    legend = {key: page.locator(f"[data-lv={key}]") for key in ("p95", "errors", "hits", "cart")}
    page.wait_for_function(
        "() => [...document.querySelectorAll('.u-cursor-x')].filter((e) => !e.classList.contains('u-off')).length === 4"
    )
    shown = page.locator(".u-cursor-x").evaluate_all("all => all.map((e) => e.style.transform)")
    assert len(set(shown)) <= 2  # of two widths at most: an axis may be wider
    assert all(each.inner_text() != NOTHING for each in legend.values())


def test_a_kill_switch_is_said_to_be_on(browser, tmp_path_factory):
    from house import a_house

    folder = tmp_path_factory.mktemp("killed")
    switch = folder / "KILL"
    with a_house(folder, sellers=1, SELLERGATE_KILL_SWITCH_FILE=str(switch)) as killed:
        switch.touch()
        wait_for(lambda: rollout(killed)["killSwitch"])
        tab = open_tab(browser, killed.url).sign_in("operator")
        tab.open("/o/rollout")

        assert "kill switch" in tab.page.locator(".phase .note").first.inner_text()
        tab.context.close()
