"""axe finds nothing wrong: every page, both languages, both themes, on a desk and on a phone.

The pages are those of the routers; VARIANTS are the same pages in another state. Dialogs have a file of their own.
"""

import re
from pathlib import Path

import operating
import pytest
import telling
from browsing import DESKTOP
from house import a_house
from looking import COLOURS, violations
from page_walks import PEOPLE, examples, filled, is_page, may_open, routes
from playwright.sync_api import expect

import sellergate.faces.console

STYLES = Path(sellergate.faces.console.__file__).parent / "static" / "css"

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


def looked_at():
    """Each page once, by the first who may open it."""
    pages = {
        route: who for who in reversed(PEOPLE) for route in routes("GET") if is_page(route) and may_open(who, route)
    }
    return [*sorted(((who, route) for route, who in pages.items())), *VARIANTS]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with a_house(tmp_path_factory.mktemp("house"), sellers=27) as house:  # one more page of them
        operating.lived_in(house)
        telling.give_up(house, 3)
        yield house


@pytest.fixture(scope="module")
def ids(house):
    return examples(house)


@pytest.mark.parametrize("language", ["en-GB", "ko-KR"])
@pytest.mark.parametrize(("who", "route"), looked_at())
def test_axe_finds_nothing(readers, ids, who, route, language):
    tab = readers(who, language)
    tab.expect("40[34]")  # pages of errors are pages
    tab.page.set_viewport_size(DESKTOP)
    tab.open(filled(route, ids))
    expect(tab.page.locator("html")).to_have_attribute("lang", language[:2])
    for menu in tab.page.locator("summary.acct").all():
        menu.click()

    assert violations(tab) == []


def test_axe_would_find_what_a_theme_breaks(readers):
    """Each rule that is asked for the dark theme is one that axe knows, and finds grey on grey."""
    tab = readers("supplier", "en-GB")
    tab.open("/s/requests")
    tab.page.locator("h1").evaluate("(h1) => { h1.className = 'grey'; }")
    tab.page.add_style_tag(content="h1.grey { color: light-dark(black, #444) }")

    found = violations(tab)

    assert {(theme, what.split(":")[0]) for _, theme, what in found} == {("dark", "color-contrast")}
    known = tab.page.evaluate("() => axe.getRules(['cat.color']).map((rule) => rule.ruleId)")
    assert set(COLOURS) == set(known) - {"color-contrast-enhanced"}  # AAA


def test_a_theme_is_colours_and_nothing_else():
    """Nothing in a style sheet depends on the theme but which of two colours `light-dark()` means."""
    rules = [
        rule
        for sheet in STYLES.glob("*.css")
        for rule in re.findall(r"[^\n{}]*(?:data-theme|prefers-color)[^}]*}", sheet.read_text())
    ]

    assert [rule.strip() for rule in rules] == [
        f'[data-theme="{theme}"] {{ color-scheme: {theme}; }}' for theme in ("light", "dark")
    ]
