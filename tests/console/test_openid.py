"""Signing in with a certified provider, in a browser and by hand: the code flow with PKCE, rotation, and what goes wrong."""

import socket
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from browsing import open_tab
from house import a_house
from playwright.sync_api import expect
from provider import CLIENT, PEOPLE, SECRET, a_provider


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def console_url():
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="module")
def provider(console_url):
    with a_provider(console_url) as provider:
        yield provider


def settings_of(console_url, provider, **more):
    return {
        "SELLERGATE_PORT": str(urlsplit(console_url).port),
        "SELLERGATE_CONSOLE_URL": console_url,
        "SELLERGATE_OIDC_ISSUER": provider.issuer,
        "SELLERGATE_OIDC_CLIENT_ID": CLIENT,
        "SELLERGATE_OIDC_CLIENT_SECRET": SECRET,
        **more,
    }


@pytest.fixture(scope="module")
def house(tmp_path_factory, console_url, provider):
    with a_house(tmp_path_factory.mktemp("house"), **settings_of(console_url, provider)) as house:
        yield house


class Browser:
    """Cookies and redirects by hand, so that a test can come in between."""

    def __init__(self, base):
        self.base = base
        self.console = httpx.Client(base_url=base)
        self.provider = httpx.Client()

    def close(self):
        self.console.close()
        self.provider.close()

    def departure(self, wanted=""):
        """Where the console sends people."""
        return self.console.get("/sign-in/start", params={"return": wanted}).headers["location"]

    def answer(self, url, who):
        """What the provider answers for this person: the address it sends the browser back to."""
        while not url.startswith(self.base):
            if urlsplit(url).path.startswith("/interaction/"):
                url += f"?who={who}"
            location = self.provider.get(url).headers["location"]
            url = str(httpx.URL(url).join(location))
        return url

    def arrive(self, url):
        return self.console.get(url.removeprefix(self.base))

    def sign_in(self, who, wanted=""):
        return self.arrive(self.answer(self.departure(wanted), who))


@pytest.fixture
def browsers():
    """Makes browsers, each with cookies of its own."""
    made = []

    def make(base):
        made.append(Browser(base))
        return made[-1]

    yield make
    for browser in made:
        browser.close()


@pytest.fixture
def by_hand(house, browsers):
    return browsers(house.url)


def test_somebody_signs_in_and_out_in_a_browser(house, browser, provider):
    tab = open_tab(browser, house.url)
    tab.expect(f"asked another host: {provider.issuer}", "404")  # the provider's is the other one, and it has no icon
    page = tab.page
    tab.open("/s/requests?view=overdue")
    page.get_by_role("link", name="Continue").click()
    page.get_by_role("link", name="kim").click()
    expect(page).to_have_url(f"{house.url}/s/requests?view=overdue")
    expect(page.locator(".acct strong").first).to_have_text("Hanbit Living")

    page.locator("summary.acct").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert page.get_by_role("link", name="Sign out there as well").get_attribute("href").startswith(provider.issuer)
    tab.open("/s/requests")
    expect(page).to_have_url(f"{house.url}/sign-in?return=%2Fs%2Frequests")
    assert tab.unexpected() == []
    tab.context.close()


def test_the_console_asks_for_a_code_with_pkce_state_and_nonce(by_hand):
    one, other = (parse_qs(urlsplit(by_hand.departure()).query) for _ in range(2))

    assert one["response_type"] == ["code"]
    assert one["code_challenge_method"] == ["S256"]
    assert one["scope"] == ["openid profile"]
    for fresh in ("state", "nonce", "code_challenge"):
        assert len(one[fresh][0]) >= 43
        assert one[fresh] != other[fresh]


def test_a_person_has_the_accounts_of_their_claims(by_hand):
    assert by_hand.sign_in("lee").headers["location"] == "/s/requests"
    page = by_hand.console.get("/settings").text

    assert 'value="supplier:other"' in page
    assert 'value="seller:seller-001"' in page
    assert 'value="operator"' in page
    assert "Signed in as Lee Nari" in page


def test_one_who_wants_a_page_of_another_account_arrives_in_that_account(by_hand):
    assert by_hand.sign_in("lee", "/o/rollout").headers["location"] == "/o/rollout"
    assert by_hand.console.get("/s/requests").status_code == 403


@pytest.mark.parametrize("wanted", ["//evil.example/s/requests", "https://evil.example", "/\\evil.example", "/api/v1"])
def test_nobody_is_sent_anywhere_else(by_hand, wanted):
    assert by_hand.sign_in("kim", wanted).headers["location"] == "/s/requests"


def test_somebody_without_a_role_here_is_told_so(by_hand):
    answer = by_hand.sign_in("nobody")

    assert answer.status_code == 403
    assert "has no role here" in answer.text
    assert by_hand.console.get("/settings").status_code == 303


@pytest.mark.parametrize("who", ["nobody-cancels", "odd"])
def test_a_sign_in_that_fails_is_told_and_leaves_nobody_signed_in(by_hand, who):
    answer = by_hand.sign_in(who)

    assert answer.status_code == 400
    assert "You have not been signed in" in answer.text
    assert by_hand.console.get("/settings").status_code == 303


def test_an_answer_counts_only_in_the_browser_that_asked_and_only_once(by_hand, house, browsers):
    url = by_hand.answer(by_hand.departure(), "kim")
    other = browsers(house.url)
    assert other.arrive(url).status_code == 400
    other.departure()
    assert other.arrive(url).status_code == 400

    assert by_hand.arrive(url).status_code == 303
    assert by_hand.arrive(url).status_code == 400


@pytest.mark.parametrize("part", ["state", "code"])
def test_an_answer_that_was_changed_on_the_way_is_refused(by_hand, part):
    url = httpx.URL(by_hand.answer(by_hand.departure(), "kim"))

    assert by_hand.arrive(str(url.copy_set_param(part, url.params[part][::-1]))).status_code == 400


def test_a_code_is_worth_nothing_without_its_verifier(by_hand, house, browsers):
    stolen = httpx.URL(by_hand.answer(by_hand.departure(), "kim"))
    thief = browsers(house.url)
    own = parse_qs(urlsplit(thief.departure()).query)["state"][0]

    assert thief.arrive(str(stolen.copy_set_param("state", own))).status_code == 400


def test_the_session_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(by_hand):
    cookies = by_hand.sign_in("kim").headers.get_list("set-cookie")
    (session,) = [cookie for cookie in cookies if cookie.startswith("sellergate_session=")]

    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert "Path=/" in session


def test_a_key_the_provider_has_only_now_begun_to_use_is_fetched(house, provider, monkeypatch, by_hand, browsers):
    monkeypatch.setattr("sellergate.faces.keyring.RETRY_SECONDS", 0.0)
    assert by_hand.sign_in("kim").status_code == 303

    provider.rotate()

    assert browsers(house.url).sign_in("kim").status_code == 303


def test_roles_may_stand_deep_in_a_claim_and_a_client_may_be_public(tmp_path, browsers):
    url = f"http://127.0.0.1:{free_port()}"
    with a_provider(url, public=True) as provider:
        settings = settings_of(url, provider, SELLERGATE_OIDC_ROLES_CLAIM="realm_access.roles")
        settings["SELLERGATE_OIDC_CLIENT_SECRET"] = ""
        with a_house(tmp_path, sellers=1, **settings) as house:
            assert PEOPLE["realm"]["realm_access"] == {"roles": ["operator"]}
            assert browsers(house.url).sign_in("realm").headers["location"] == "/o/rollout"


def test_a_provider_that_cannot_be_reached_is_said_so(tmp_path):
    url = f"http://127.0.0.1:{free_port()}"
    settings = {
        "SELLERGATE_PORT": str(urlsplit(url).port),
        "SELLERGATE_CONSOLE_URL": url,
        "SELLERGATE_OIDC_ISSUER": f"http://127.0.0.1:{free_port()}",
        "SELLERGATE_OIDC_CLIENT_ID": CLIENT,
    }
    with a_house(tmp_path, sellers=1, **settings) as house:
        answer = httpx.get(f"{house.url}/sign-in/start")

    assert answer.status_code == 503
    assert "cannot be reached" in answer.text


def test_the_provider_ends_with_the_test_that_started_it(console_url):
    with a_provider(console_url) as provider:
        assert httpx.get(f"{provider.issuer}/.well-known/openid-configuration").is_success

    with pytest.raises(httpx.ConnectError):
        httpx.get(provider.issuer)
