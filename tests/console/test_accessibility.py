"""axe finds nothing wrong: every page, both languages, both themes, on a desk and on a phone.

Dialogs have a file of their own.
"""

import re
from pathlib import Path

import pytest
from browsing import DESKTOP
from looking import COLOURS, violations
from page_walks import filled
from playwright.sync_api import expect
from shown import LANGUAGES, a_lived_in_house, looked_at

import sellergate.faces.console

STYLES = Path(sellergate.faces.console.__file__).parent / "static" / "css"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with a_lived_in_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.mark.parametrize("language", LANGUAGES)
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
