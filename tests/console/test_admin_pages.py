"""An admin looks after the directory and all authorizations: by the API's rules, by its services, and with its consequences."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from house import SUPPLIER, seller_name
from playwright.sync_api import expect

from builders import a_product, a_seller
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus, Tier

REASON = "Counterfeit goods were found twice."
STAGES = [re.compile(name) for name in ("Cart", "Order", "Settlement")]


@pytest.fixture(scope="module", autouse=True)
def records(house):
    with house.store.work() as work:
        for number in range(6):
            work.directory.put_product(
                a_product(f"slow-{number}", name=f"Slow seller {number}", supplier_id=SUPPLIER, monthly_orders=number)
            )
    for number in range(1, 31):
        house.ask(number, product="kettle", hours_ago=number)
    house.ask(1, product="board", status=Status.APPROVED)
    until = datetime.now(UTC) + timedelta(days=9)
    house.ask(2, product="board", status=Status.REJECTED, reason=REASON, cooldown_until=until)


def seller(house, id):
    with house.store.view() as view:
        return view.directory.seller(id)


def test_sellers_are_searched_narrowed_and_walked(signed_in):
    tab = signed_in("admin")
    page = tab.page
    page.get_by_role("link", name="Directory").click()
    expect(page.locator(".recs-foot")).to_contain_text("60 in all")
    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".recs tbody tr").first).to_contain_text("seller-026")

    tab.open("/a/directory/sellers")
    page.get_by_label("Tier").select_option("GOLD")
    expect(page.locator(".recs-foot")).to_contain_text("15 in all")
    page.get_by_role("searchbox").fill("-003")
    expect(page.get_by_text("Nobody and nothing matches these filters")).to_be_visible()
    page.get_by_role("link", name="Clear filters").click()
    expect(page.locator(".recs-foot")).to_contain_text("60 in all")


def test_a_supplier_is_entered_and_changed(signed_in, house):
    tab = signed_in("admin")
    page = tab.page
    tab.open("/a/directory/suppliers")
    page.get_by_role("link", name="New", exact=True).click()
    page.get_by_label("Id", exact=True).fill("narae")
    page.get_by_label("Name", exact=True).fill("나래상사")
    page.get_by_label("Partner").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("나래상사")

    page.get_by_label("Email").fill("hello@example.org")
    page.get_by_label("Partner").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Email")).to_have_value("hello@example.org")
    with house.store.view() as view:
        stored = view.directory.supplier("narae")
    assert (stored.name, stored.email, stored.is_partner, stored.version) == ("나래상사", "hello@example.org", False, 2)


def test_what_is_wrong_is_marked_and_nothing_is_stored(signed_in, house):
    tab = signed_in("admin")
    tab.expect("422")
    page = tab.page
    tab.open("/a/directory/new/products")
    page.get_by_label("Id", exact=True).fill("no spaces please")
    page.get_by_label("Name", exact=True).fill("Lamp")
    page.get_by_label("Supply price").fill("-1")
    page.get_by_label("Supplier id").fill(SUPPLIER)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert")).to_be_focused()
    wrong = page.locator("[aria-invalid]")
    assert [field.get_attribute("name") for field in wrong.all()] == ["id", "price"]
    expect(page.get_by_label("Name", exact=True)).to_have_value("Lamp")
    page.get_by_label("Id", exact=True).fill("kettle")
    page.get_by_label("Supply price").fill("10")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("There already is one with this id.")).to_be_visible()
    page.get_by_label("Id", exact=True).fill("lamp-2")
    page.get_by_label("Supplier id").fill("nobody")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("There is no supplier of this id. Enter the supplier first.")).to_be_visible()
    with house.store.view() as view:
        assert view.directory.product("lamp-2") is None
        assert view.directory.product("kettle").name == "Stainless drip kettle 1.2 L"


def test_somebody_is_approved_as_a_seller_with_a_tier(signed_in, house):
    tab = signed_in("admin")
    page = tab.page
    tab.open("/a/directory/sellers")
    page.get_by_role("link", name="Approve a seller…").click()
    page.get_by_label("User id").fill("user-901")
    page.get_by_role("dialog").get_by_label("Tier").select_option("GOLD")
    page.get_by_role("button", name="Approve").click()

    expect(page).to_have_url(re.compile("/a/directory/sellers/user-901$"))
    assert (seller(house, "user-901").tier, seller(house, "user-901").user_id) == (Tier.GOLD, "user-901")


def test_a_seller_is_suspended_with_a_reason_and_reactivated(signed_in, house):
    tab = signed_in("admin")
    tab.expect("422")
    page = tab.page
    tab.open("/a/directory/sellers/seller-040")
    page.get_by_role("link", name="Suspend…").click()
    page.get_by_label("Reason").fill("too short" + " " * 5)
    page.get_by_role("button", name="Suspend").click()
    expect(page.get_by_role("alert")).to_have_text("A reason of 10 to 500 characters is needed.")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Suspend").click()
    expect(page.locator(".role .badge")).to_have_text("Suspended")
    assert seller(house, "seller-040").status is SellerStatus.SUSPENDED

    page.get_by_role("button", name="Reactivate").click()
    expect(page.locator(".role .badge")).to_have_text("Active")
    assert seller(house, "seller-040").status is SellerStatus.ACTIVE


def test_a_role_is_revoked_for_good_only_when_the_id_is_typed(signed_in, house):
    approval = house.ask(41, product="board", status=Status.APPROVED)
    tab = signed_in("admin")
    tab.expect("422")
    page = tab.page
    tab.open("/a/directory/sellers/seller-041")
    page.get_by_role("link", name="Revoke the role…").click()
    page.get_by_label("Reason").fill(REASON)
    page.get_by_label("Type seller-041 to confirm").fill("seller-04")
    page.get_by_role("button", name="Revoke the role for good").click()
    expect(page.get_by_role("alert")).to_have_text("Type the id exactly as it is shown.")
    expect(page.get_by_label("Reason")).to_have_value(REASON)
    assert seller(house, "seller-041").status is SellerStatus.ACTIVE

    page.get_by_label("Type seller-041 to confirm").fill("seller-041")
    page.get_by_role("button", name="Revoke the role for good").click()

    expect(page.locator(".role .badge")).to_have_text("Role revoked")
    expect(page.get_by_role("link", name="Revoke the role…")).to_have_count(0)
    with house.store.view() as view:
        assert view.authorizations.get(approval.id).status is Status.REVOKED


def test_a_file_is_imported_and_its_bad_lines_are_named(signed_in, house, tmp_path):
    lines = [
        {"id": f"imported-{number}", "name": f"Imported {number}", "supplierId": SUPPLIER} for number in range(600)
    ]
    lines[1] = {"id": "no name"}
    lines[598] = {"id": "imported-598", "name": "Nobody's", "supplierId": "nobody"}
    file = tmp_path / "products.ndjson"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    tab = signed_in("admin", "/a/directory/import/products")

    tab.page.locator("[name=file]").set_input_files(file)
    tab.page.get_by_role("button", name="Import").click()

    expect(tab.page.get_by_role("status").first).to_contain_text("598 entered, 0 renewed, 2 left out.")
    expect(tab.page.locator(".wrongs li")).to_have_count(2)
    expect(tab.page.locator(".wrongs li").last).to_contain_text("Line 599")
    with house.store.view() as view:
        assert view.directory.product("imported-599").name == "Imported 599"


def test_authorizations_are_narrowed_and_the_filter_stands_in_the_address(signed_in):
    tab = signed_in("admin")
    page = tab.page
    tab.open("/a/authorizations")
    page.get_by_label("Status").select_option("REQUESTED")
    expect(page.locator(".recs-foot")).to_contain_text("30 in all")
    page.get_by_label("Tier").select_option("GOLD")
    expect(page.locator(".recs-foot")).to_contain_text("8 in all")
    assert "tier=GOLD" in tab.path
    page.get_by_role("searchbox").fill(seller_name(2))
    expect(page.locator(".recs tbody tr").first).to_contain_text(seller_name(2))

    tab.open("/a/authorizations?seller=seller-001")
    expect(page.locator(".recs-foot")).to_contain_text("2 in all")
    page.get_by_label("Status").select_option("APPROVED")
    expect(page.locator(".recs-foot")).to_contain_text("1 in all")  # still of that seller


def test_an_approval_is_revoked_and_the_page_says_how_far_the_news_has_got(signed_in, house):
    approval = house.ask(42, product="board", status=Status.APPROVED)
    tab = signed_in("admin", f"/a/authorizations/{approval.id}")
    tab.page.get_by_role("link", name="Revoke…").click()
    expect(tab.page.locator("dialog .impact tbody tr")).to_have_text(STAGES)
    tab.page.get_by_label("Reason").fill(REASON)
    tab.page.get_by_role("button", name=f"Revoke {seller_name(42)}").click()

    expect(tab.page.get_by_role("status").first).to_contain_text(re.compile(r"1 of 1 processes denied it after \d+ ms"))
    expect(tab.page.locator(".one-st .badge")).to_have_text("Revoked")
    expect(tab.page.locator(".tl li").first).to_contain_text("demo-admin (admin)")


def test_without_a_script_the_form_says_what_a_revocation_would_end(signed_in, house):
    approval = house.ask(43, product="board", status=Status.APPROVED)
    tab = signed_in("admin", javascript=False)

    for part in ("revoke", "impact"):
        tab.open(f"/a/authorizations/{approval.id}/{part}")
        expect(tab.page.get_by_role("heading", level=1)).to_have_text(f"Revoke {seller_name(43)}")
        expect(tab.page.locator(".impact tbody tr")).to_have_text(STAGES)
        expect(tab.page.locator(".impact h3")).to_have_text("What they sold in the last 30 days")


def test_a_cooldown_is_ended_early(signed_in, house):
    tab = signed_in("admin", "/a/authorizations?status=REJECTED")
    tab.page.get_by_role("button", name="End the cooldown").click()

    expect(tab.page.locator(".one-st .badge")).to_have_text("Rejected")
    expect(tab.page.get_by_role("button", name="End the cooldown")).to_have_count(0)
    with house.store.view() as view:
        assert view.authorizations.find("seller-002", "board").cooldown_until <= datetime.now(UTC)


def test_low_risk_is_looked_at_first_and_then_approved_as_it_was_shown(signed_in, house):
    low = [house.ask(44 + 4 * number, product=f"slow-{number}", hours_ago=20) for number in range(3)]  # bronze
    house.ask(45, product="slow-1", hours_ago=20)  # silver
    tab = signed_in("admin")
    page = tab.page
    page.get_by_role("link", name="Authorizations").click()
    page.get_by_role("link", name="Requests of low risk…").click()
    expect(page.get_by_text("Say what low risk is")).to_be_visible()
    page.get_by_label("Tier at most").select_option("BRONZE")
    page.get_by_label("Orders a month at most").fill("2")
    page.get_by_role("button", name="Look").click()
    expect(page.locator(".recs tbody tr")).to_have_count(3)
    with house.store.work() as work:  # meanwhile it is answered anew: it still waits, and is another one
        work.authorizations.replace(low[0], replace(low[0], version=low[0].version + 2))

    page.get_by_role("button", name="Approve 3 requests").click()

    expect(page.get_by_role("status").first).to_contain_text("2 requests approved.")
    expect(page.locator(".note-warn")).to_contain_text("1 left out")
    with house.store.view() as view:
        found = [view.authorizations.get(record.id).status for record in low]
    assert found == [Status.REQUESTED, Status.APPROVED, Status.APPROVED]


def test_a_filter_that_is_none_is_said_to_be_none(signed_in):
    tab = signed_in("admin")
    tab.expect("422")
    tab.open("/a/authorizations/low-risk?orders=few")

    expect(tab.page.get_by_role("alert")).to_contain_text("Numbers are whole")


# By hand: what the pages do not offer.
@pytest.fixture
def client(house):
    with httpx.Client(base_url=house.url) as client:
        client.get("/demo/sign-in/admin")
        yield client


def token(client):
    return re.search(r'name="csrf" value="([^"]+)"', client.get("/settings").text)[1]


def test_a_file_needs_the_token_and_the_role_and_has_a_limit(client, house):
    line = b'{"id": "smuggled", "name": "Smuggled"}'
    path = "/a/directory/import/suppliers"

    def send(by, **options):
        return by.post(path, files={"file": ("a.ndjson", line)}, **options)

    assert send(client, data={"csrf": "x"}).status_code == 403
    assert send(client, data={"csrf": token(client)}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    with httpx.Client(base_url=house.url) as other:
        assert send(other).status_code == 303  # to sign in
        other.get("/demo/sign-in/operator")
        assert send(other, data={"csrf": token(other)}).status_code == 403
    unknown_length = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post(path, content=iter([b"--x--"]), headers=unknown_length).status_code == 400
    assert client.post(path, content=b"nonsense", headers={"Content-Type": "multipart/form-data"}).status_code == 400
    with house.store.view() as view:
        assert view.directory.supplier("smuggled") is None
    assert client.post(path, data={"csrf": token(client)}).status_code == 422  # no file was chosen
    assert send(client, data={"csrf": token(client)}).status_code == 200
    with house.store.view() as view:
        assert view.directory.supplier("smuggled").name == "Smuggled"


def test_a_file_may_be_larger_than_a_form(client, house):
    lines = b"\n".join(b'{"id": "big", "name": "Big %d"}' % number + b" " * 2000 for number in range(700))
    assert len(lines) > 1024 * 1024

    answer = client.post(
        "/a/directory/import/suppliers", data={"csrf": token(client)}, files={"file": ("a", lines)}, timeout=60
    )

    assert answer.status_code == 200
    with house.store.view() as view:
        assert view.directory.supplier("big").name == "Big 699"


def test_a_seller_whose_id_is_somebody_elses_user_is_not_mistaken_for_them(client, house):
    with house.store.work() as work:
        work.directory.put_seller(a_seller("twin"))
        work.directory.put_seller(a_seller("other", user_id="twin"))

    answer = client.post("/a/directory/sellers/twin/suspend", data={"csrf": token(client), "reason": REASON})

    assert answer.status_code == 303
    assert seller(house, "twin").status is SellerStatus.SUSPENDED
    assert seller(house, "other").status is SellerStatus.ACTIVE
    client.post("/a/directory/sellers/other/suspend", data={"csrf": token(client), "reason": REASON})
    assert seller(house, "other").status is SellerStatus.SUSPENDED


@pytest.mark.parametrize("path", ["/a/directory/nothing", "/a/directory/new/nothing", "/a/directory/import/nothing"])
def test_there_are_three_lists_and_no_other(client, path):
    assert client.get(path).status_code == 404


def test_a_list_that_is_none_is_nowhere(client):
    assert client.get("/a/directory/sellers?after=nonsense").status_code == 400
    assert client.get("/a/directory/sellers/seller-999").status_code == 404
    assert client.get("/a/authorizations/auth-999999").status_code == 404
