"""Everything the console can show: each page by the first who may open it, the states of some, and what opens on them."""

from contextlib import contextmanager

import operating
import telling
from browsing import DESKTOP, PHONE
from deciding import first_row, press
from house import a_house
from page_walks import PEOPLE, is_page, may_open, routes
from playwright.sync_api import expect

REJECT, ASK, KEYS, DIALOG, MOVE = "#dlg-reject", "#dlg-ask", "#dlg-keys", "#dlg", "#dlg-move"

VARIANTS = [
    ("supplier", "/s/requests?q=nobody"),
    ("supplier", "/s/requests?view=asked"),
    ("supplier", "/s/nothing"),
    ("supplier", "/o/rollout"),
    ("operator", "/o/rollout/promote"),
    ("operator", "/o/verdicts/1"),
    ("operator", "/o/announcements/support-faq/preview?step=half"),
    ("admin", "/a/authorizations/low-risk?max_tier=GOLD"),
    ("admin", "/a/directory/new/products"),
    ("both", "/settings"),
    (None, "/sign-in"),
    (None, "/signed-out"),
]
"""The same pages in another state, and those of strangers."""

LANGUAGES = ("en-GB", "ko-KR")


@contextmanager
def a_lived_in_house(folder):
    """A house with something on every page, and on some a second page of it."""
    with a_house(folder, sellers=40) as house:
        operating.lived_in(house)
        telling.give_up(house, 3)
        yield house


def looked_at():
    """Who opens which address: each page once, by the first who may, and VARIANTS."""
    pages = {
        route: who for who in reversed(PEOPLE) for route in routes("GET") if is_page(route) and may_open(who, route)
    }
    return [*sorted(((who, route) for route, who in pages.items())), *VARIANTS]


def appearances(tab):
    """(width, theme) of what the tab shows then: both themes, on a desk and on a phone. Nothing is loaded again in between."""
    for viewport in (DESKTOP, PHONE):
        tab.page.set_viewport_size(viewport)
        for theme in ("light", "dark"):
            tab.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            yield viewport["width"], theme


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


def open_on(tab, what):
    """What is open on the page, once it is: OPENED says how."""
    _, path, open_it, opened = OPENED[what]
    tab.page.set_viewport_size(DESKTOP)
    tab.open(path)
    open_it(tab)
    shown = tab.page.locator(opened).first
    expect(shown).to_be_visible()
    return shown
