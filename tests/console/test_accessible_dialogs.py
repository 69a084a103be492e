"""axe finds nothing wrong in what opens on a page: dialogs, the bar of a selection, toasts, what slides in on a phone."""

import operating
import pytest
import telling
from browsing import DESKTOP, PHONE
from deciding import first_row, press
from house import a_house
from looking import violations
from playwright.sync_api import expect

REJECT, ASK, KEYS, DIALOG, MOVE = "#dlg-reject", "#dlg-ask", "#dlg-keys", "#dlg", "#dlg-move"


def by_key(*keys):
    """On the first row of the list."""

    def open_it(tab):
        first_row(tab)
        press(tab, *keys)

    return open_it


def by_click(selector):
    return lambda tab: tab.page.locator(selector).first.click()


def sent_too_short(tab):
    """The form of a request as it comes back with what is wrong with it."""
    tab.expect("422")
    by_click("[data-dialog][href$='/request']")(tab)
    tab.page.locator("#dlg textarea").fill("too short" + " " * 20)
    tab.page.locator("#dlg [type=submit]").click()
    expect(tab.page.locator("#rq-error")).to_be_focused()


def on_a_phone(selector):
    def open_it(tab):
        tab.page.set_viewport_size(PHONE)
        by_click(selector)(tab)

    return open_it


OPENED = {
    "reject": ("supplier", "/s/requests", by_key("r"), REJECT),
    "reject several, above the bar": ("supplier", "/s/requests", by_key("x", "j", "x", "r"), REJECT),
    "ask for information": ("supplier", "/s/requests", by_click("#detail [data-act=ask]"), ASK),
    "shortcuts": ("supplier", "/s/requests", by_key("?"), KEYS),
    "selection": ("supplier", "/s/requests", by_key("x", "j", "x"), "#bulk"),
    "toast": ("supplier", "/s/requests", by_key("a"), ".toast"),
    "details": ("supplier", "/s/requests", by_key("Enter"), "#detail.is-open"),
    "menu": ("supplier", "/s/requests", on_a_phone("[data-act=menu]"), "#side.is-open"),
    "revoke": ("supplier", "/s/sellers", by_click("[data-dialog]"), DIALOG),
    "request": ("seller", "/m/catalog", by_click("[data-dialog][href$='/request']"), DIALOG),
    "request sent too short": ("seller", "/m/catalog", sent_too_short, DIALOG),
    "answer": ("seller", "/m/requests", by_click("[data-dialog][href$='/answer']"), DIALOG),
    "roll back": ("operator", "/o/rollout", by_click("[data-dlg=rollback]"), "#dlg-rollback"),
    "promote": ("operator", "/o/rollout", by_click("[data-dlg=promote]"), MOVE),
    "hold": ("operator", "/o/rollout", by_click("[data-dlg=hold]"), MOVE),
    "reduce": ("operator", "/o/rollout", by_click("[data-dlg=reduce]"), MOVE),
    "chart as a table": ("operator", "/o/rollout", by_click("#c-latency summary"), "#c-latency details[open]"),
    "sign": ("operator", "/o/rollout", by_click("#criteria a.btn"), "main form"),
    "send now": ("operator", "/o/announcements/support-faq/preview?step=half", by_click("[data-dialog]"), DIALOG),
    "send all again": ("operator", "/o/notices", by_click("[data-dialog]"), DIALOG),
    "approve a seller": ("admin", "/a/directory/sellers", by_click("[data-dialog]"), DIALOG),
    "suspend": ("admin", "/a/directory/sellers/seller-002", by_click("[data-dialog][href$='/suspend']"), DIALOG),
    "revoke a role": ("admin", "/a/directory/sellers/seller-002", by_click("[data-dialog][href$='/revoke']"), DIALOG),
    "revoke as an admin": ("admin", "/a/authorizations?status=APPROVED", by_click("[data-dialog]"), DIALOG),
}
"""Who opens it, where, how, and what is open then."""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with a_house(tmp_path_factory.mktemp("house"), sellers=40) as house:
        operating.lived_in(house)
        telling.give_up(house, 3)
        yield house


@pytest.mark.parametrize("language", ["en-GB", "ko-KR"])
@pytest.mark.parametrize("what", OPENED)
def test_axe_finds_nothing_in_what_is_open(readers, what, language):
    who, path, open_it, opened = OPENED[what]
    tab = readers(who, language)
    tab.page.set_viewport_size(DESKTOP)
    tab.open(path)
    open_it(tab)
    expect(tab.page.locator(opened).first).to_be_visible()

    assert violations(tab, opened) == []
    expect(tab.page.locator(opened).first).to_be_visible()  # it was open all the time
