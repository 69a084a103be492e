"""What every answer carries: the policy, how long it may be kept, how it is compressed; and how much a page weighs."""

import gzip
import re
from html.parser import HTMLParser

import httpx
import pytest
from browsing import weight

from sellergate.faces.console.headers import ALWAYS, POLICY

PAGES = (
    "/",
    "/sign-in",
    "/s/requests",
    "/s/sellers",
    "/s/products",
    "/s/rules",
    "/s/history",
    "/s/nothing",
    "/o/anything",
    "/notifications",
    "/settings",
    "/signed-out",
)
BUDGET = {
    "/s/requests": ("supplier", 110_000),
    "/s/sellers": ("supplier", 100_000),
    "/s/history": ("supplier", 100_000),
    "/settings": ("supplier", 100_000),
    "/m/catalog": ("seller", 105_000),
    "/a/authorizations": ("admin", 105_000),
    "/o/rollout": ("operator", 140_000),
    "/o/shadow": ("operator", 100_000),
    "/o/reports": ("operator", 100_000),
    "/o/plan": ("operator", 105_000),
    "/o/announcements": ("operator", 105_000),
    "/o/notices": ("operator", 100_000),
}
"""Bytes of everything a page loads, over the wire, with an empty cache."""


@pytest.fixture(scope="module", autouse=True)
def requests(house):
    for number in range(1, 41):
        house.ask(number, hours_ago=number)


@pytest.fixture
def client(house):
    with httpx.Client(base_url=house.url) as client:
        client.get("/demo/sign-in/supplier")
        yield client


def addresses(text):
    return set(re.findall(r'(?:src|href)="(/static/[^"#]+)', text))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_forbids_the_browser_what_it_does_not_need(client, path):
    answer = client.get(path)

    assert answer.headers["content-security-policy"] == POLICY
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert answer.headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in answer.headers


def test_over_https_browsers_are_told_to_stay_with_it(client):
    answer = client.get("/sign-in", headers={"X-Forwarded-Proto": "https"})

    assert answer.headers["strict-transport-security"] == "max-age=31536000"


class Inline(HTMLParser):
    """Everything our policy would refuse."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        self.found += [name for name in names if name == "style" or name.startswith(("on", "hx-on"))]
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_script_or_a_style_in_it(client, path):
    inline = Inline()
    inline.feed(client.get(path).text)

    assert inline.found == []


def test_static_files_are_kept_for_ever_under_an_address_that_changes_with_them(client):
    found = addresses(client.get("/s/requests").text)

    assert len(found) >= 8
    for address in found:
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
    hashes = {address.split("/")[2] for address in found}
    assert len(hashes) == 1


@pytest.mark.parametrize(
    ("name", "media_type", "compressed"),
    [
        ("css/app.css", "text/css; charset=utf-8", True),
        ("js/app.js", "text/javascript; charset=utf-8", True),
        ("icons.svg", "image/svg+xml", True),
        ("fonts/inter-latin-wght-normal.woff2", "font/woff2", False),
    ],
)
def test_static_files_have_their_type_and_are_compressed(client, name, media_type, compressed):
    plain = client.get(f"/static/older/{name}", headers={"Accept-Encoding": "identity"})
    short = client.get(f"/static/older/{name}", headers={"Accept-Encoding": "gzip"})

    assert plain.headers["content-type"] == short.headers["content-type"] == media_type
    assert plain.content == short.content
    assert "content-encoding" not in plain.headers
    assert (short.headers.get("content-encoding") == "gzip") is compressed
    assert plain.headers["cache-control"] == "no-cache"  # under the hash of another version
    assert "accept-encoding" in plain.headers["vary"].lower()


@pytest.mark.parametrize("path", ["/static/x/../app.py", "/static/x/nothing.css", "/static/x", "/static/x/css"])
def test_nothing_but_the_static_files_is_served(client, path):
    assert client.get(path).status_code == 404


def test_pages_are_compressed(client):
    request = client.build_request("GET", "/s/requests", headers={"Accept-Encoding": "gzip"})
    answer = client.send(request, stream=True)
    raw = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == "gzip"
    assert len(raw) * 4 < len(gzip.decompress(raw))


def test_the_api_does_not_answer_with_pages_nor_the_console_with_problems(client):
    assert client.get("/nothing").headers["content-type"] == "application/problem+json"
    assert client.get("/s/nothing").headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", BUDGET)
def test_a_page_keeps_within_its_weight(browser, house, path):
    who, most = BUDGET[path]

    size, requests = weight(browser, house.url, who, path)

    assert 60_000 < size <= most, f"{size:,} bytes in {requests} requests"
    assert requests <= 15
