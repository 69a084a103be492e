"""Every page on the narrowest phone there is, in Korean: nothing is cut off, and a finger hits what it wants."""

import pytest
from browsing import NARROW, overflows
from page_walks import PEOPLE, filled
from playwright.sync_api import expect
from shown import a_lived_in_house, looked_at

KOREAN = "ko-KR"
FINGER = 44
SMALL = """(least) => [...document.querySelectorAll('a.btn, nav a, button, summary, select, textarea, input:not([type=hidden])')]
  .filter((el) => el.checkVisibility({ visibilityProperty: true }) && el.getBoundingClientRect().width > 1)
  .filter((el) => { const box = (el.closest('label') ?? el).getBoundingClientRect();
    const around = Math.max(0, -2 * parseFloat(getComputedStyle(el, '::after').top) || 0);
    return Math.round(Math.min(box.width, box.height) + around) < least; })
  .map((el) => el.outerHTML.slice(0, 80))"""
SQUEEZED = """() => [...document.querySelectorAll('.views a')].filter((el) => el.scrollWidth > el.clientWidth + 1)
  .map((el) => el.textContent.trim())"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with a_lived_in_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.mark.parametrize(("who", "route"), looked_at())
def test_a_page_fits_320_pixels_and_a_finger_each_of_its_controls(readers, ids, who, route):
    tab = readers(who, KOREAN)
    tab.expect("40[34]")  # pages of errors are pages
    tab.page.set_viewport_size(NARROW)
    tab.open(filled(route, ids))

    assert not overflows(tab)
    assert tab.page.evaluate(SMALL, FINGER) == []
    assert tab.page.evaluate(SQUEEZED) == []


@pytest.mark.parametrize("who", PEOPLE)
def test_so_does_the_menu(readers, who):
    tab = readers(who, KOREAN)
    tab.page.set_viewport_size(NARROW)
    tab.open("/settings")
    tab.page.get_by_role("button", name="메뉴").click()
    expect(tab.page.locator("#side")).to_be_in_viewport()

    assert tab.page.evaluate(SMALL, FINGER) == []


@pytest.mark.parametrize(
    ("who", "path"), [("supplier", "/s/requests?view=asked"), ("seller", "/m/catalog?status=revoked")]
)
def test_of_more_tabs_than_there_is_room_for_the_current_one_is_in_sight(readers, who, path):
    tab = readers(who, KOREAN)
    tab.page.set_viewport_size(NARROW)
    tab.open(path)

    expect(tab.page.locator(".views [aria-current]")).to_be_in_viewport(ratio=1)
