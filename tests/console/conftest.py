"""A browser and the real server for every test of the console.

The browser is a module's: Playwright runs an event loop in this thread, and other folders' tests run their own.
"""

from collections import defaultdict
from itertools import chain

import pytest
from browsing import ARGUMENTS, CHROMIUM, WITHIN, open_tab
from house import a_house
from page_walks import examples
from playwright.sync_api import expect, sync_playwright

expect.set_options(timeout=WITHIN)


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server with people and goods, shared by a module's tests; a module that wants requests in it adds them."""
    with a_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="module")
def ids(house):
    """An id for each address of the console that needs one."""
    return examples(house)


@pytest.fixture(scope="module")
def idle_tabs():
    """Tabs that wait to be used again, by what they were opened with: a new one costs as much as three pages."""
    idle = defaultdict(list)
    yield idle
    for tab in chain.from_iterable(idle.values()):
        tab.context.close()


@pytest.fixture
def tabs(browser, idle_tabs):
    """Opens tabs, and holds against them, at the end, whatever they did that nobody expected.

    Two tabs of a test are two browsers. One whose context a test changes (its clock, its scripts) has to be its `own`:
    nobody gets it afterwards.
    """
    opened = []

    def open_one(base, *, own=False, **options):
        key = None if own else (base, *map(str, sorted(options.items())))
        tab = idle_tabs[key].pop() if idle_tabs.get(key) else open_tab(browser, base, **options)
        opened.append((key, tab))
        return tab

    yield open_one
    problems = [problem for _, tab in opened for problem in tab.unexpected()]
    for key, tab in opened:
        if key is None:
            tab.context.close()
        else:
            idle_tabs[key].append(tab.cleared())
    assert problems == []


@pytest.fixture
def signed_in(house, tabs):
    """`signed_in("supplier")`: a tab of that person (see house.PEOPLE), on their first page or `at` another."""

    def sign_in(who, at=None, **options):
        return tabs(house.url, **options).sign_in(who, at)

    return sign_in


@pytest.fixture
def stranger(house, tabs):
    """A tab in which nobody is signed in."""
    return tabs(house.url)


@pytest.fixture(scope="module")
def readers(house, browser):
    """`readers("seller", "ko-KR")`: the one tab of that person (None: of a stranger) that a module shows page after page in.

    For axe, which our policy would keep out.
    """
    tabs = {}

    def reader(who, language):
        if (who, language) not in tabs:
            tabs[who, language] = open_tab(browser, house.url, language=language, bypass_csp=True)
            if who is not None:
                tabs[who, language].sign_in(who)
        return tabs[who, language]

    yield reader
    problems = [problem for tab in tabs.values() for problem in tab.unexpected()]
    for tab in tabs.values():
        tab.context.close()
    assert problems == []
