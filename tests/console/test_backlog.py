"""A backlog of five hundred is cleared from end to end without a mouse."""

import csv
import io

import httpx
import pytest
from deciding import eventually, ids, make_due, press
from house import a_house
from playwright.sync_api import expect

from sellergate.domain.authorization import Status

BACKLOG = 500


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with a_house(tmp_path_factory.mktemp("backlog"), SELLERGATE_NOTICES_SEND="false") as house:
        house.without_limits()
        house.crowd(BACKLOG, hours_ago=40)
        yield house


def test_all_of_it_is_exported_each_once_and_in_order(house):
    with httpx.Client(base_url=house.url) as client:
        client.get("/demo/sign-in/supplier")
        answer = client.get("/s/requests/export?sort=newest&size=25")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len({row["id"] for row in rows}) == len(rows) == BACKLOG
    asked = [row["requested at"] for row in rows]
    assert asked == sorted(asked, reverse=True)


def test_five_hundred_requests_are_approved_page_by_page_by_keyboard(signed_in, house):
    tab = signed_in("supplier")
    page = tab.page
    expect(page.locator(".pager .num")).to_have_text(f"1\N{EN DASH}25 / {BACKLOG}")
    page.locator("#rows > tr").first.focus()
    seen = set()
    for left in range(BACKLOG, 0, -25):
        shown = ids(tab)
        assert len(shown) == 25
        assert not seen.intersection(shown)
        seen.update(shown)
        press(tab, "x", *["j"] * 24, "Shift+X")
        expect(page.locator("#bulk-n")).to_have_text("25")
        press(tab, "a")
        if left > 25:
            expect(page.locator(".pager .num")).to_have_text(f"1\N{EN DASH}25 / {left - 25}")
            expect(page.locator("#rows > tr").first).to_be_focused()

    expect(page.get_by_text("No requests waiting")).to_be_visible()
    expect(page.locator(".empty").get_by_role("link", name="Auto-approve rules")).to_be_visible()
    assert len(seen) == BACKLOG

    def all_are_approved():
        make_due(house)
        return house.how_many(Status.APPROVED) == BACKLOG

    eventually(all_are_approved, "some are not approved")
