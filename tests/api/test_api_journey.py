"""What people do with the API, from the request to the revocation."""

import pytest
from api_world import ACME, ADMIN, ANNA, BEN, REASON, ROOT, SELLER, SHOPFRONT, SUPPLIER, bearer, code_of, token


def test_a_request_is_approved_sold_and_revoked(any_api):
    api = any_api
    said = {"businessJustification": "한국에서 잘 팔립니다.", "expectedVolume": 40}

    requested = api.post(f"{SELLER}/products/a-1/request", ANNA, said)
    assert requested.status_code == 201
    assert requested.json() == {
        "id": requested.json()["id"],
        "sellerId": "anna",
        "productId": "a-1",
        "supplierId": "acme",
        "status": "REQUESTED",
        "version": 1,
        "requestedAt": "2026-03-01T12:00:00.000Z",
        "updatedAt": "2026-03-01T12:00:00.000Z",
        **said,
        **dict.fromkeys(["note", "reason", "decidedAt", "decidedBy", "cooldownUntil", "expiresAt"]),
        **dict.fromkeys(["approvedAt", "approvedBy"]),
        "actions": ["cancel"],
    }
    assert api.check() == {
        "allowed": False,
        "mode": "ENFORCED",
        "reason": "NOT_YET_APPROVED",
        "status": "REQUESTED",
        "cacheHit": False,
        "rolloutVersion": 0,
        "errorCode": "ERR_SELLER_NOT_AUTHORIZED",
    }

    (waiting,) = api.get(f"{SUPPLIER}/authorizations/inbox", ACME).json()["items"]
    assert waiting["sellerName"] == "Anna"
    assert waiting["productName"] == "Product a-1"
    assert waiting["actions"] == ["ask-info", "approve", "reject"]

    approved = api.decide(waiting["id"], "approve").json()
    assert (approved["status"], approved["approvedBy"]) == ("APPROVED", "user-of-acme")
    assert api.check()["allowed"]
    assert api.check() | {"cacheHit": True} == api.check()

    revoked = api.decide(waiting["id"], "revoke", reason=REASON).json()
    assert revoked["status"] == "REVOKED"
    assert revoked["receipt"] == {"processes": 1, "applied": 1, "milliseconds": revoked["receipt"]["milliseconds"]}
    assert api.check()["errorCode"] == "ERR_AUTHORIZATION_REVOKED"

    one = api.get(f"{SELLER}/authorizations/{waiting['id']}", ANNA).json()
    assert [(event["action"], event["from"], event["to"]) for event in one["events"]] == [
        ("request", "NONE", "REQUESTED"),
        ("approve", "REQUESTED", "APPROVED"),
        ("revoke", "APPROVED", "REVOKED"),
    ]
    assert code_of(api.post(f"{SELLER}/products/a-1/request", ANNA)) == (400, "ERR_AUTHORIZATION_REVOKED")


def test_a_question_is_answered_and_the_request_keeps_its_place(any_api):
    api = any_api
    first = api.requested("a-1")
    api.shop.wait(hours=1)
    api.requested("a-2")

    asked = api.decide(first, "ask-info", note="Which shop is this for?").json()
    assert (asked["status"], asked["note"]) == ("INFO_REQUESTED", "Which shop is this for?")
    api.shop.wait(hours=1)
    again = api.post(f"{SELLER}/products/a-1/resubmit", ANNA, {"businessJustification": "The one in Seoul."}).json()

    assert (again["status"], again["requestedAt"]) == ("REQUESTED", "2026-03-01T12:00:00.000Z")
    inbox = api.get(f"{SUPPLIER}/authorizations/inbox", ACME).json()["items"]
    assert [row["productId"] for row in inbox] == ["a-1", "a-2"]
    newest = api.get(f"{SUPPLIER}/authorizations/inbox?sort=newest", ACME).json()["items"]
    assert [row["productId"] for row in newest] == ["a-2", "a-1"]


def test_a_rejected_seller_may_ask_again_the_second_the_cooldown_ends(any_api):
    api = any_api
    id = api.requested()
    rejected = api.decide(id, "reject", reason=REASON).json()
    assert rejected["cooldownUntil"] == "2026-03-31T12:00:00.000Z"

    api.shop.wait(days=30, seconds=-1)
    refused = api.post(f"{SELLER}/products/a-1/request", ANNA)
    assert code_of(refused) == (400, "ERR_COOLDOWN_ACTIVE")
    assert refused.json()["details"] == {"cooldownUntil": "2026-03-31T12:00:00.000Z"}
    (cooldown,) = api.get(f"{SELLER}/limits", ANNA).json()["cooldowns"]
    assert cooldown == {"productId": "a-1", "cooldownUntil": "2026-03-31T12:00:00.000Z", "daysRemaining": 1}

    api.shop.wait(seconds=1)
    assert api.post(f"{SELLER}/products/a-1/request", ANNA).status_code == 201


def test_an_admin_ends_a_cooldown(api):
    id = api.requested()
    api.decide(id, "reject", reason=REASON)

    cleared = api.post(f"{ADMIN}/authorizations/{id}/clear-cooldown", ROOT)

    assert cleared.json()["cooldownUntil"] == "2026-03-01T12:00:00.000Z"
    assert api.post(f"{SELLER}/products/a-1/request", ANNA).status_code == 201


def test_a_cancelled_request_frees_its_slot(api):
    api.requested()
    assert api.get(f"{SELLER}/limits", ANNA).json()["used"] == 1

    assert api.post(f"{SELLER}/products/a-1/cancel", ANNA).json()["status"] == "CANCELLED"

    limits = api.get(f"{SELLER}/limits", ANNA).json()
    assert limits == {"used": 0, "limit": 10, "remaining": 10, "tier": "BRONZE", "cooldowns": []}


def test_a_product_without_a_record_cannot_be_cancelled_or_resubmitted(api):
    for move in ("cancel", "resubmit"):
        assert code_of(api.post(f"{SELLER}/products/a-1/{move}", ANNA)) == (404, "ERR_AUTHORIZATION_NOT_FOUND")


def test_the_eleventh_request_is_refused_with_the_limit_it_met(api):
    for number in range(1, 11):
        api.requested(f"a-{number}")

    refused = api.post(f"{SELLER}/products/a-11/request", ANNA)

    assert code_of(refused) == (400, "ERR_PRODUCT_LIMIT_REACHED")
    assert refused.json()["details"] == {"limit": 10, "used": 10}


def test_an_approval_ends_at_its_time_whether_or_not_anybody_swept(api):
    id = api.requested()
    approved = api.decide(id, "approve", expiresAt="2026-03-01T14:00:00+01:00").json()
    assert approved["expiresAt"] == "2026-03-01T13:00:00.000Z"
    assert api.check()["allowed"]

    api.shop.wait(hours=1)

    assert api.check()["errorCode"] == "ERR_AUTHORIZATION_EXPIRED"
    assert api.get(f"{SELLER}/authorizations/{id}", ANNA).json()["status"] == "EXPIRED"
    assert api.get(f"{SELLER}/gate/a-1", ANNA).json() == {
        "productId": "a-1",
        "status": "EXPIRED",
        "isAuthorized": False,
        "canRequest": True,
        "cooldownUntil": None,
        "reason": "EXPIRED",
    }


def test_the_catalog_says_how_the_seller_stands_and_why_they_cannot_ask(api):
    api.shop.add_product("own", supplier=None, price="19.90")
    id = api.requested("a-1")

    items = {item["id"]: item for page in api.pages(f"{SELLER}/products", ANNA, limit=7) for item in page["items"]}

    assert items["a-1"]["authorization"] == {"id": id, "status": "REQUESTED", "cooldownUntil": None, "expiresAt": None}
    assert (items["a-1"]["canRequest"], items["a-1"]["reason"]) == (False, "ERR_DUPLICATE_AUTHORIZATION")
    assert (items["a-2"]["canRequest"], items["a-2"]["reason"]) == (True, None)
    assert items["a-2"]["supplierName"] == "Acme"
    assert (items["own"]["canRequest"], items["own"]["supplierId"]) == (False, None)
    only = api.get(f"{SELLER}/products?authorization=REQUESTED", ANNA).json()
    assert [item["id"] for item in only["items"]] == ["a-1"]
    assert api.get(f"{SELLER}/products?search=PRODUCT+z", ANNA).json()["total"] == 1


def test_a_policy_approves_by_itself_up_to_the_capacity(api):
    policy = {
        "autoApproval": "trusted",
        "trustedSellers": ["anna"],
        "minimumTier": "GOLD",
        "maxSellersPerProduct": 5,
        "products": {"a-2": {"autoApproval": "manual", "maxSellers": 1}},
    }
    assert api.put(f"{SUPPLIER}/policy", ACME, policy).json() == {**policy, "version": 1}
    assert api.get(f"{SUPPLIER}/policy", ACME).json() == {**policy, "version": 1}

    assert api.post(f"{SELLER}/products/a-1/request", ANNA).json()["status"] == "APPROVED"
    assert api.post(f"{SELLER}/products/a-1/request", BEN).json()["status"] == "REQUESTED"
    api.approved("a-2", ANNA)
    refused = api.decide(api.requested("a-2", BEN), "approve")
    assert code_of(refused) == (409, "ERR_PRODUCT_CAPACITY_REACHED")


def test_a_policy_that_was_read_before_another_was_set_is_refused(api):
    """Whoever gets it, changes it and puts it back sends the version along; without one the last wins."""
    path = f"{SUPPLIER}/policy"
    mine, yours = api.get(path, ACME).json(), api.get(path, ACME).json()
    assert mine["version"] == 0

    assert api.put(path, ACME, {**mine, "maxSellersPerProduct": 5}).json()["version"] == 1
    refused = api.put(path, ACME, {**yours, "autoApproval": "all"})
    assert code_of(refused) == (409, "ERR_POLICY_OUTDATED")
    assert refused.json()["details"] == {"version": 1}
    assert "Read it again" in refused.json()["message"]
    now = api.get(path, ACME).json()
    assert (now["maxSellersPerProduct"], now["autoApproval"], now["version"]) == (5, "manual", 1)

    assert api.put(path, ACME, {**now, "autoApproval": "all"}).json()["version"] == 2
    assert api.put(path, ACME, {"autoApproval": "manual"}).json()["version"] == 3


@pytest.mark.parametrize("version", [-1, 1.5, "1", True])
def test_what_is_no_version_of_a_policy_is_refused(api, version):
    assert code_of(api.put(f"{SUPPLIER}/policy", ACME, {"version": version})) == (400, "ERR_VALIDATION")


def test_notifications_are_listed_newest_first_and_read_once(api):
    id = api.requested()
    api.shop.wait(minutes=1)
    api.decide(id, "approve")

    (notice,) = api.get("/api/v1/ds/notifications", ANNA).json()["items"]
    assert (notice["kind"], notice["readAt"]) == ("request.approved", None)
    assert api.get("/api/v1/ds/notifications", ACME).json()["items"][0]["kind"] == "request.submitted"

    first = api.post(f"/api/v1/ds/notifications/{notice['id']}/read", ANNA).json()
    api.shop.wait(minutes=1)
    assert api.post(f"/api/v1/ds/notifications/{notice['id']}/read", ANNA).json() == first
    assert code_of(api.post(f"/api/v1/ds/notifications/{notice['id']}/read", BEN)) == (404, "ERR_NOT_FOUND")


def test_a_seller_is_suspended_reactivated_and_revoked(any_api):
    api = any_api
    people = f"{ADMIN}/sellers"
    id = api.approved()

    assert code_of(api.post(f"{people}/anna/suspend", ROOT)) == (400, "ERR_REASON_REQUIRED")
    assert api.post(f"{people}/anna/suspend", ROOT, {"reason": REASON}).json()["status"] == "SUSPENDED"
    assert api.check()["errorCode"] == "ERR_SELLER_SUSPENDED"
    assert api.post(f"{people}/anna/reactivate", ROOT).json()["status"] == "ACTIVE"
    assert api.check()["allowed"]
    assert api.post(f"{people}/anna/revoke-role", ROOT, {"reason": REASON}).json()["status"] == "REVOKED"

    assert api.check()["errorCode"] == "ERR_AUTHORIZATION_REVOKED"
    assert api.get(f"{SELLER}/authorizations/{id}", ANNA).json()["status"] == "REVOKED"
    assert code_of(api.post(f"{people}/anna/approve-role", ROOT, {"tier": "GOLD"})) == (400, "ERR_INVALID_STATUS")
    assert api.post(f"{people}/newcomer/approve-role", ROOT, {"tier": "GOLD"}).json()["tier"] == "GOLD"
    api.shop.add_seller("17", user_id="99")
    assert code_of(api.post(f"{people}/17/suspend", ROOT, {"reason": REASON})) == (404, "ERR_SELLER_NOT_FOUND")
    assert api.post(f"{people}/99/suspend", ROOT, {"reason": REASON}).json()["id"] == "17"
    assert code_of(api.post(f"{people}/nobody/suspend", ROOT, {"reason": REASON})) == (404, "ERR_SELLER_NOT_FOUND")


def test_settlement_is_answered_as_things_stood_with_what_a_commission_record_keeps(any_api):
    api = any_api
    id = api.approved()
    api.shop.wait(hours=2)
    api.decide(id, "revoke", reason=REASON)
    api.shop.wait(hours=1)

    past = api.check(stage="settlement", asOf="2026-03-01T13:00:00Z")

    assert (past["allowed"], past["reason"]) == (True, "APPROVED")
    assert past["snapshot"] == {
        "authorizationId": id,
        "approvedAt": "2026-03-01T12:00:00.000Z",
        "approvedBy": "user-of-acme",
        "supplierId": "acme",
        "product": {
            "id": "a-1",
            "name": "Product a-1",
            "supplierId": "acme",
            "sku": None,
            "category": None,
            "price": None,
        },
    }
    assert not api.check(stage="settlement")["allowed"]


def test_admins_read_all_records_numbers_and_the_trail(api):
    id = api.approved("a-1")
    api.decide(api.requested("a-2", BEN), "reject", reason=REASON)
    api.decide(id, "approve")

    everything = f"{ADMIN}/authorizations"
    assert api.get(everything, ROOT).json()["total"] == 2
    assert [row["sellerId"] for row in api.get(f"{everything}?status=REJECTED", ROOT).json()["items"]] == ["ben"]
    stats = api.get(f"{everything}/stats?period=24h", ROOT).json()
    assert stats["since"] == "2026-02-28T12:00:00.000Z"
    assert stats["byStatus"] == {"APPROVED": 1, "REJECTED": 1}
    assert stats["approvalRate"] == 0.5
    (refused,) = api.get(f"{everything}/audit?refused=true", ROOT).json()["items"]
    assert (refused["action"], refused["refused"]) == ("approve", "ERR_INVALID_STATUS")
    trail = api.get(f"{everything}/audit", ROOT, params={"authorizationId": id, "action": "approve"}).json()
    assert trail["total"] == 2


def test_an_admin_revokes_in_the_suppliers_place(api):
    id = api.approved()

    revoked = api.post(f"{ADMIN}/authorizations/{id}/revoke", ROOT, {"reason": REASON}).json()

    assert (revoked["status"], revoked["decidedBy"], revoked["receipt"]["applied"]) == ("REVOKED", "user-admin", 1)
    assert not api.check()["allowed"]


def test_a_person_who_is_both_sees_what_their_ids_are_for(api):
    both = bearer(token("seller", "supplier", supplier_id="acme"))

    assert api.get("/api/v1/ds/notifications", both).status_code == 200
    assert code_of(api.get(f"{SELLER}/limits", both)) == (403, "ERR_INSUFFICIENT_PERMISSIONS")
    assert code_of(api.get(f"{SELLER}/limits", SHOPFRONT)) == (403, "ERR_INSUFFICIENT_PERMISSIONS")
