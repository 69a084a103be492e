"""A browser and the real server for every test of the console.

The browser is a module's: Playwright runs an event loop in this thread, and other folders' tests run their own.
"""

from collections import defaultdict
from itertools import chain

import pytest
from browsing import ARGUMENTS, CHROMIUM, WITHIN, Tab, a_context
from house import a_house
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
def contexts(browser):
    """Contexts that wait to be used again, by what they were made with: what is cached in them is not fetched for every test."""
    idle = defaultdict(list)
    yield idle
    for context in chain.from_iterable(idle.values()):
        context.close()


@pytest.fixture
def tabs(browser, contexts):
    """Opens tabs, and holds against them, at the end, whatever they did that nobody expected.

    Two tabs of a test are two browsers. One that a test has in its hands more than a page can be (its clock, scripts of its
    own) has to be `own`: nobody gets it afterwards.
    """
    opened = []

    def open_one(base, *, own=False, **options):
        key = repr(sorted(options.items()))
        context = contexts[key].pop() if contexts[key] and not own else a_context(browser, **options)
        opened.append((Tab(context, base), None if own else key))
        return opened[-1][0]

    yield open_one
    problems = [problem for tab, _ in opened for problem in tab.unexpected()]
    for tab, key in opened:
        if key is None:
            tab.context.close()
        else:
            tab.put_away()
            contexts[key].append(tab.context)
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
