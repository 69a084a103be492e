"""axe finds nothing wrong: every page, both languages, both themes, on a desk and on a phone.

A new page is one more line in PAGES.
"""

import operating
import pytest
import telling
from browsing import DESKTOP, PHONE, accessibility_violations, open_tab

from sellergate.domain.authorization import Status
from sellergate.domain.notices import Audience

PAGES = [
    ("supplier", "/s/requests"),
    ("supplier", "/s/requests?q=nobody"),
    ("supplier", "/s/requests?view=asked"),
    ("supplier", "/s/sellers"),
    ("supplier", "/s/products"),
    ("supplier", "/s/rules"),
    ("supplier", "/s/history"),
    ("supplier", "/o/rollout"),
    ("operator", "/o/rollout"),
    ("operator", "/o/rollout/rollback"),
    ("operator", "/o/shadow"),
    ("operator", "/o/backlog"),
    ("operator", "/o/reports"),
    ("operator", "/o/verdicts/1"),
    ("operator", "/o/trials"),
    ("operator", "/o/announcements"),
    ("operator", "/o/announcements/support-faq/preview?step=half"),
    ("operator", "/o/notices"),
    ("operator", "/o/rollout/promote"),
    ("operator", "/o/audit"),
    ("operator", "/o/plan"),
    ("seller", "/m/catalog"),
    ("seller", "/m/catalog/towel/request"),
    ("seller", "/m/requests"),
    ("seller", "/notifications"),
    ("admin", "/a/authorizations"),
    ("admin", "/a/authorizations/low-risk?max_tier=GOLD"),
    ("admin", "/a/directory/sellers"),
    ("admin", "/a/directory/sellers/seller-001"),
    ("admin", "/a/directory/new/products"),
    ("admin", "/a/directory/import/products"),
    ("both", "/settings"),
    (None, "/sign-in"),
    (None, "/signed-out"),
]


@pytest.fixture(scope="module", autouse=True)
def content(house):
    operating.watched(house)
    telling.give_up(house, 3)
    for number in range(1, 31):
        house.ask(number, hours_ago=60 + number / 2)
    house.ask(33, product="towel", status=Status.APPROVED)
    house.decide(house.request("board"), "reject", reason="The track record is below our minimum.")
    house.ask(31, product="lamp", hours_ago=1)
    house.ask(32, status=Status.INFO_REQUESTED, note="How will you ship it?")
    for kind in ("request.approved", "request.rejected", "authorization.revoked"):
        house.notify(kind, reason="The product pages are not good enough.")
    house.notify("request.submitted", audience=Audience.SUPPLIER, recipient="hanbit")


@pytest.mark.parametrize("language", ["en-GB", "ko-KR"])
@pytest.mark.parametrize(("who", "path"), PAGES)
def test_axe_finds_nothing(house, browser, who, path, language):
    tab = open_tab(browser, house.url, language=language, bypass_csp=True)
    if who is not None:
        tab.sign_in(who)
    found = {}
    for viewport in (DESKTOP, PHONE):
        tab.page.set_viewport_size(viewport)
        tab.open(path)
        tab.page.evaluate("() => document.fonts.ready")
        for menu in tab.page.locator("summary.acct").all():
            if menu.is_visible():
                menu.click()
        for theme in ("light", "dark"):
            tab.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found[viewport["width"], theme] = accessibility_violations(tab)
    tab.context.close()

    assert found == {each: [] for each in found}
