"""What holds for every page there is. The pages are those of the routers: a new one is walked without being named here."""

import gzip
import re
from urllib.parse import urlsplit

import httpx
import pytest
from browsing import open_tab
from page_walks import FOR_STRANGERS, PARTLY, PEOPLE, addresses, may_open, own_pages
from playwright.sync_api import expect

from sellergate.domain.identifiers import Role
from sellergate.faces.console.navigation import NAVIGATION

ACTS = ("/preferences", "/sign-out", "/sign-out/everywhere", "/account")
"""Forms of the shell: for everybody."""

BUDGET, ROLLOUT_BUDGET = 110_000, 140_000


@pytest.fixture
def client(house):
    """Whoever is signed in last."""
    with httpx.Client(base_url=house.url) as client:
        yield client


def sign_in(client, who):
    client.get(f"/demo/sign-in/{who}")


def csrf_of(client):
    return re.search(r'name="csrf" value="([^"]+)"', client.get("/settings").text)[1]


def test_the_walk_finds_the_pages_of_every_role(ids):
    found = {urlsplit(address).path.split("/")[1] for address in addresses("GET", ids)}

    assert {"s", "m", "o", "a", "notifications", "settings"} <= found
    assert len(addresses("GET", ids)) > 30
    assert len(addresses("POST", ids)) > 20


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_opens_the_pages_of_their_role_and_no_others(client, ids, who):
    sign_in(client, who)
    told = {path: client.get(path) for path in addresses("GET", ids) if path not in FOR_STRANGERS}

    wrong = {
        path: answer.status_code
        for path, answer in told.items()
        if answer.status_code not in (PARTLY.get(path, {200, 204, 303}) if may_open(who, path) else {403})
    }
    assert wrong == {}
    refused = [answer for path, answer in told.items() if not may_open(who, path)]
    assert refused
    assert all("Not for this account" in answer.text for answer in refused)


@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_sends_the_forms_of_another_role(client, ids, who):
    sign_in(client, who)
    token = csrf_of(client)
    told = {
        path: client.post(path, data={"csrf": token}).status_code
        for path in addresses("POST", ids)
        if path not in ACTS and not may_open(who, path)
    }

    assert told
    assert set(told.values()) == {403}


def test_strangers_open_nothing_but_the_way_in(client, ids):
    for path in addresses("GET", ids):
        if path not in FOR_STRANGERS:
            answer = client.get(path)
            assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in"), path
    for path in addresses("POST", ids):
        if path not in ACTS:
            assert client.post(path, data={}).headers.get("location") == "/sign-in", path


@pytest.mark.parametrize("who", PEOPLE)
def test_a_chosen_language_and_theme_hold_on_every_page(client, ids, who):
    sign_in(client, who)
    for language, theme in (("ko", "dark"), ("en", "system")):
        client.post("/preferences", data={"csrf": csrf_of(client), "language": language, "theme": theme})
        theme_attribute = ' data-theme="dark"' if theme == "dark" else ""
        pages = [client.get(path) for path in own_pages(who, ids)]
        assert all(f'<html lang="{language}"{theme_attribute}>' in page.text for page in pages)


@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_is_heavier_than_it_may_be(client, ids, who):
    """The page and everything it names, as it comes over the wire; what a browser really loads is measured elsewhere."""
    sign_in(client, who)
    sizes = {}
    for path in own_pages(who, ids):
        size, text = fetched(client, path)
        assets = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', text))
        sizes |= {asset: fetched(client, asset)[0] for asset in assets - sizes.keys()}
        size += sum(sizes[asset] for asset in assets)
        assert 60_000 < size <= (ROLLOUT_BUDGET if path == "/o/rollout" else BUDGET), f"{path}: {size:,}"


def fetched(client, path):
    """Bytes over the wire, and the text if there is one."""
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
        is_compressed = answer.headers.get("content-encoding") == "gzip"
    return len(raw), (gzip.decompress(raw) if is_compressed else raw).decode(errors="replace")


MOVING = """() => [...document.querySelectorAll('*')].filter((el) => { const s = getComputedStyle(el);
  return s.animationName !== 'none' || s.transitionDuration.split(',').some((d) => parseFloat(d) > 0.001); }).length"""


@pytest.mark.parametrize("who", PEOPLE)
def test_nothing_moves_where_people_do_not_want_it_and_paper_has_no_sidebar(house, browser, who):
    tab = open_tab(browser, house.url).sign_in(who)
    still = {}
    for entry in NAVIGATION[Role(who)]:
        tab.open(entry.path)
        still[entry.path] = tab.page.evaluate(MOVING)
        expect(tab.page.locator("#side")).to_be_visible()
        tab.page.emulate_media(media="print", reduced_motion="reduce")
        expect(tab.page.locator("#side")).to_be_hidden()
        expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
        tab.page.emulate_media(media="screen", reduced_motion="reduce")
    tab.page.emulate_media(reduced_motion="no-preference")
    moving = tab.page.evaluate(MOVING)
    tab.context.close()

    assert still == dict.fromkeys(still, 0)
    assert moving > 0  # it would have been seen


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("supplier", "/s/requests"),
        ("supplier", "/s/sellers"),
        ("seller", "/m/catalog"),
        ("admin", "/a/authorizations"),
        ("admin", "/a/directory/sellers"),
    ],
)
def test_a_list_that_is_exchanged_leaves_the_focus_where_it_was(signed_in, ids, who, path):
    tab = signed_in(who)
    tab.open(path)
    tab.page.get_by_role("searchbox").press_sequentially("e")
    expect(tab.page).to_have_url(re.compile("q=e"))
    expect(tab.page.get_by_role("searchbox")).to_be_focused()
    tab.page.get_by_role("searchbox").press_sequentially("xyz")
    expect(tab.page.locator(".empty")).to_be_visible()

    assert tab.focused() == "q"
