"""A browser and the real server for every test of the console.

The browser is a module's: Playwright runs an event loop in this thread, and other folders' tests run their own.
"""

import pytest
from browsing import CHROMIUM, WITHIN, open_tab
from house import a_house
from playwright.sync_api import expect, sync_playwright

expect.set_options(timeout=WITHIN)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        # Chromium refuses root with its sandbox on; what it is shown here is our own.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server with people and goods, shared by a module's tests; a module that wants requests in it adds them."""
    with a_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def tabs(browser):
    """Opens tabs, and holds against them, at the end, whatever they did that nobody expected."""
    opened = []

    def open_one(base, **options):
        opened.append(open_tab(browser, base, **options))
        return opened[-1]

    yield open_one
    problems = [problem for tab in opened for problem in tab.unexpected()]
    for tab in opened:
        tab.context.close()
    assert problems == []


@pytest.fixture
def signed_in(house, tabs):
    """`signed_in("supplier")`: a tab of that person (see house.PEOPLE), on their first page."""

    def sign_in(who, **options):
        return tabs(house.url, **options).sign_in(who)

    return sign_in


@pytest.fixture
def stranger(house, tabs):
    """A tab in which nobody is signed in."""
    return tabs(house.url)
