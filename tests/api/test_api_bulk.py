"""Many decisions in one call: each stands or falls by itself."""

import pytest
import shop
from api_world import ACME, ADMIN, BEN, REASON, ROOT, SUPPLIER, as_seller, code_of

from sellergate.domain.directory import Tier

BULK = f"{SUPPLIER}/authorizations/bulk"
BULK_APPROVE = f"{ADMIN}/authorizations/bulk-approve"


def test_one_bad_item_spoils_no_other(any_api):
    api = any_api
    first, second = api.requested("a-1"), api.requested("a-2")
    foreign = api.requested("z-1")

    answer = api.post(BULK, ACME, {"action": "approve", "ids": [first, "nothing", foreign, second, first]}).json()

    assert (answer["succeeded"], answer["failed"]) == (2, 3)
    assert [(item["id"], item["ok"], item["errorCode"]) for item in answer["results"]] == [
        (first, True, None),
        ("nothing", False, "ERR_AUTHORIZATION_NOT_FOUND"),
        (foreign, False, "ERR_AUTHORIZATION_NOT_FOUND"),
        (second, True, None),
        (first, False, "ERR_INVALID_STATUS"),
    ]
    assert api.check()["allowed"]


def test_a_rejection_in_bulk_needs_its_reason(api):
    id = api.requested()

    without = api.post(BULK, ACME, {"action": "reject", "ids": [id]}).json()
    assert without["results"][0]["errorCode"] == "ERR_REASON_REQUIRED"
    assert api.post(BULK, ACME, {"action": "reject", "ids": [id], "reason": REASON}).json()["succeeded"] == 1


def test_five_hundred_at_once_and_not_one_more(open_api):
    api = open_api(limit=600)
    for number in range(500):
        api.shop.add_product(f"many-{number}", supplier="acme")
    ids = [api.shop.workflow.request(shop.ANNA, f"many-{number}").id for number in range(500)]

    assert code_of(api.post(BULK, ACME, {"action": "approve", "ids": [*ids, "one-more"]})) == (400, "ERR_VALIDATION")
    assert api.post(BULK, ACME, {"action": "approve", "ids": ids}).json()["succeeded"] == 500


def test_an_admin_decides_in_bulk_over_all_suppliers(api):
    ids = [api.requested("a-1"), api.requested("z-1")]

    assert api.post(BULK, ROOT, {"action": "approve", "ids": ids}).json()["succeeded"] == 2


@pytest.fixture
def waiting(any_api):
    """Requests that differ in tier, volume, age and supplier, by product."""
    api = any_api
    api.shop.add_seller("goldie", tier=Tier.GOLD)
    api.shop.add_product("slow", supplier="acme", monthly_orders=5)
    api.shop.add_product("fast", supplier="acme", monthly_orders=500)
    ids = {"slow": api.requested("slow"), "fast": api.requested("fast", BEN)}
    api.shop.wait(hours=5)
    ids["a-1"] = api.requested("a-1", as_seller("goldie"))
    ids["z-1"] = api.requested("z-1")
    return api, ids


@pytest.mark.parametrize(
    ("filter", "products"),
    [
        ({}, ["slow", "fast", "a-1", "z-1"]),
        ({"tier": "GOLD"}, ["a-1"]),
        ({"maxTier": "SILVER"}, ["slow", "fast", "z-1"]),
        ({"maxMonthlyOrders": 5}, ["slow"]),
        ({"minAgeHours": 5}, ["slow", "fast"]),
        ({"minAgeHours": 6}, []),
        ({"supplierId": "zeta"}, ["z-1"]),
        ({"maxTier": "BRONZE", "minAgeHours": 1, "maxMonthlyOrders": 1000}, ["slow", "fast"]),
    ],
)
def test_low_risk_requests_are_found_by_every_condition(waiting, filter, products):
    api, ids = waiting

    dry = api.post(BULK_APPROVE, ROOT, {"filter": filter, "dryRun": True}).json()
    assert sorted(dry["matched"]) == sorted(ids[product] for product in products)
    assert (dry["dryRun"], dry["results"], dry["succeeded"]) == (True, [], 0)

    done = api.post(BULK_APPROVE, ROOT, {"filter": filter}).json()
    assert (done["succeeded"], sorted(done["matched"])) == (len(products), sorted(dry["matched"]))
    assert api.post(BULK_APPROVE, ROOT, {"filter": filter}).json()["matched"] == []


def test_the_oldest_come_first_when_there_is_a_limit(waiting):
    api, ids = waiting
    answer = api.post(BULK_APPROVE, ROOT, {"filter": {}, "limit": 2}).json()
    assert set(answer["matched"]) == {ids["slow"], ids["fast"]}


def test_chosen_requests_are_approved_by_id(api):
    id = api.requested()

    assert api.post(BULK_APPROVE, ROOT, {"ids": [id], "dryRun": True}).json()["matched"] == [id]
    assert not api.check()["allowed"]
    assert api.post(BULK_APPROVE, ROOT, {"ids": [id]}).json()["results"][0]["ok"]
    assert api.check()["allowed"]
    assert api.get(f"{SUPPLIER}/authorizations/{id}", ACME).json()["approvedBy"] == "user-admin"


def test_a_preview_given_back_is_what_is_approved(waiting):
    api, ids = waiting
    filter = {"tiers": ["BRONZE", "SILVER"], "maxMonthlyOrders": 1000}

    page = api.get(f"{ADMIN}/authorizations/low-risk", ROOT, params=filter).json()
    slow, fast = sorted(page["items"], key=lambda item: item["monthlyOrders"])  # both were made at the same moment
    assert [(item["id"], item["ok"]) for item in (slow, fast)] == [(ids["slow"], True), (ids["fast"], True)]
    assert (page["total"], slow["sellerTier"], slow["monthlyOrders"]) == (2, "BRONZE", 5)
    api.decide(ids["slow"], "ask-info", note="Which of your shops is this for?")

    shown = [{"id": item["id"], "version": item["version"]} for item in (slow, fast)]
    done = api.post(BULK_APPROVE, ROOT, {"filter": filter, "shown": shown}).json()

    assert [(item["ok"], item["errorCode"]) for item in done["results"]] == [
        (False, "ERR_INVALID_STATUS"),
        (True, None),
    ]
    event = api.get(f"{ADMIN}/authorizations/audit", ROOT, params={"authorizationId": ids["fast"]}).json()["items"][0]
    assert event["metadata"]["filter"] == {"tiers": ["BRONZE", "SILVER"], "maxMonthlyOrders": 1000}


def test_a_preview_has_pages(waiting):
    api, ids = waiting
    pages = list(api.pages(f"{ADMIN}/authorizations/low-risk", ROOT, limit=3))

    assert [len(page["items"]) for page in pages] == [3, 1]
    assert {item["id"] for page in pages for item in page["items"]} == set(ids.values())


def test_what_was_shown_needs_its_filter(api):
    shown = [{"id": api.requested(), "version": 1}]

    assert code_of(api.post(BULK_APPROVE, ROOT, {"ids": ["a"], "shown": shown})) == (400, "ERR_VALIDATION")
    assert code_of(api.post(BULK_APPROVE, ROOT, {"filter": {}, "shown": []})) == (400, "ERR_VALIDATION")
