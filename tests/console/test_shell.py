"""What stands around every page: roles kept apart, accounts, theme and language, and forms that only we can send."""

import re

import httpx
import pytest
from browsing import NARROW, PHONE, overflows
from house import seller_name
from playwright.sync_api import expect

LANDINGS = {
    "supplier": "/s/requests",
    "seller": "/notifications",
    "operator": "/o/rollout",
    "admin": "/o/rollout",
}
SECTIONS = {"supplier": "/s", "seller": "/m", "operator": "/o", "admin": "/a"}


@pytest.mark.parametrize(("who", "path"), LANDINGS.items())
def test_everybody_lands_where_their_work_is(signed_in, who, path):
    tab = signed_in(who)
    assert tab.path == path
    tab.open("/")
    assert tab.path == path
    tab.open("/sign-in")
    assert tab.path == path


@pytest.mark.parametrize("who", SECTIONS)
@pytest.mark.parametrize("whose", SECTIONS)
def test_nobody_opens_the_pages_of_another_role(signed_in, who, whose):
    tab = signed_in(who)
    tab.expect("40[34]")

    answer = tab.open(f"{SECTIONS[whose]}/anything")

    assert answer.status == (404 if who == whose else 403)
    heading = tab.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Nothing here" if who == whose else "Not for this account")


def test_strangers_are_asked_to_sign_in_and_come_back(stranger):
    stranger.open("/s/requests?view=overdue&tier=GOLD")

    assert stranger.path == "/sign-in?return=%2Fs%2Frequests%3Fview%3Doverdue%26tier%3DGOLD"
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_one_acts_as_another_account_and_is_shown_the_way_from_a_page_of_it(signed_in):
    tab = signed_in("both")
    page = tab.page
    page.locator("summary.acct").click()
    page.get_by_role("button", name=f"{seller_name(1)} Seller").click()
    expect(page).to_have_url(re.compile("/notifications$"))
    expect(page.locator(".acct small").first).to_have_text("Seller")

    tab.expect("403")
    assert tab.open("/s/requests").status == 403
    page.get_by_role("button", name="Go on as Hanbit Living").click()
    expect(page).to_have_url(re.compile("/s/requests$"))


@pytest.mark.parametrize("javascript", [True, False])
def test_the_theme_is_kept_with_the_person_and_the_browser(signed_in, tabs, house, javascript):
    tab = signed_in("admin", javascript=javascript)
    tab.page.get_by_role("button", name="Dark theme").click()
    expect(tab.page.locator("html")).to_have_attribute("data-theme", "dark")
    tab.page.wait_for_load_state("networkidle") if javascript else None
    tab.open("/settings")
    expect(tab.page.locator("html")).to_have_attribute("data-theme", "dark")

    expect(signed_in("admin").page.locator("html")).to_have_attribute("data-theme", "dark")
    tab.page.get_by_role("button", name="Theme of the system").click()
    expect(tab.page.locator("html")).not_to_have_attribute("data-theme", "dark")


def test_the_language_is_the_browsers_until_somebody_chooses(signed_in, tabs, house):
    tab = signed_in("operator", language="ko-KR")
    page = tab.page
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.get_by_role("heading", level=1)).to_have_text("롤아웃")

    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rollout")
    expect(signed_in("operator", language="ko-KR").page.locator("html")).to_have_attribute("lang", "en")

    tab.context.clear_cookies(name="sellergate_session")
    tab.open("/sign-in")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_signing_out_everywhere_ends_the_other_browsers_session(signed_in):
    one, other = signed_in("seller"), signed_in("seller")
    one.open("/settings")
    one.page.get_by_role("button", name="Sign out everywhere").click()
    expect(one.page.get_by_role("heading", level=1)).to_have_text("You are signed out")

    other.expect("401")
    other.open("/notifications")
    assert other.path == "/sign-in?return=%2Fnotifications"


def test_the_menu_opens_on_a_phone_and_takes_the_focus(signed_in):
    tab = signed_in("supplier", viewport=PHONE)
    menu = tab.page.get_by_role("button", name="Menu")

    menu.click()

    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(tab.page.locator("#side")).to_be_visible()
    expect(tab.page.locator("#side a").first).to_be_focused()


@pytest.mark.parametrize("path", ["/notifications", "/settings", "/s/nothing"])
def test_no_page_is_scrolled_sideways_at_320_pixels(signed_in, path):
    tab = signed_in("seller", viewport=NARROW)
    tab.expect("40[34]")
    tab.open(path)

    assert not overflows(tab)


# By hand: what a browser would not send by itself.
@pytest.fixture
def client(house):
    with httpx.Client(base_url=house.url) as client:
        client.get("/demo/sign-in/both")
        yield client


def csrf_of(client):
    return re.search(r'name="csrf" value="([^"]+)"', client.get("/settings").text)[1]


def is_signed_in(client):
    return client.get("/settings").status_code == 200


def test_a_form_without_its_token_changes_nothing(client):
    for form in ({}, {"csrf": ""}, {"csrf": "x" * 88}, {"csrf": csrf_of(client)[::-1]}):
        assert client.post("/sign-out", data=form).status_code == 403
        assert is_signed_in(client)

    assert client.post("/sign-out", data={"csrf": csrf_of(client)}).status_code == 303
    assert not is_signed_in(client)


def test_a_token_is_good_for_its_own_session_only(client, house):
    with httpx.Client(base_url=house.url) as other:
        other.get("/demo/sign-in/both")
        token = csrf_of(other)

    assert client.post("/sign-out", data={"csrf": token}).status_code == 403


def test_a_token_looks_different_on_every_page(client):
    tokens = {csrf_of(client) for _ in range(3)}

    assert len(tokens) == 3
    assert all(client.post("/preferences", data={"csrf": token}).status_code == 303 for token in tokens)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_another_sites_form_is_refused_even_with_a_token_and_for_strangers(client, house, headers):
    assert client.post("/sign-out", data={"csrf": csrf_of(client)}, headers=headers).status_code == 403
    assert is_signed_in(client)
    assert httpx.post(f"{house.url}/preferences", data={"theme": "dark"}, headers=headers).status_code == 403


def test_what_is_no_form_is_refused(client):
    assert client.post("/preferences", json={"theme": "dark"}).status_code == 400
    assert client.post("/preferences", content=b"a=%ff", headers={"Content-Type": "text/plain"}).status_code == 400


def test_an_account_of_somebody_else_cannot_be_switched_to(client):
    answer = client.post("/account", data={"csrf": csrf_of(client), "account": "admin"})

    assert answer.status_code == 403


def test_the_demos_way_in_exists_only_in_the_demo(tmp_path):
    from sellergate.serving import Server
    from sellergate.settings import load_settings

    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}", "SELLERGATE_JWT_SECRET": "x" * 40}
    with Server(load_settings({**settings, "SELLERGATE_PORT": "0", "SELLERGATE_LOG_LEVEL": "error"})) as server:
        assert httpx.get(f"{server.url}/demo/sign-in/admin").status_code == 404
        assert "SELLERGATE_OIDC_ISSUER" in httpx.get(f"{server.url}/sign-in").text


def test_pages_wait_until_the_rollout_lets_people_in(tmp_path):
    from house import a_house

    with a_house(tmp_path, sellers=1, ENABLE_SELLER_AUTHORIZATION="false") as house, httpx.Client() as client:
        client.base_url = house.url
        assert client.get("/demo/sign-in/supplier").status_code == 303
        answer = client.get("/s/requests")

        assert answer.status_code == 501
        assert "Not open yet" in answer.text
        assert client.get("/settings").status_code == 200
