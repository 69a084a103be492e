"""What can be known before acting: a rule tried on the past, and what a revocation would cost."""

from api_world import ACME, ANNA, BEN, REASON, ROOT, SUPPLIER, ZETA, code_of

BACKTEST = f"{SUPPLIER}/policy/backtest"


def test_a_supplier_tries_a_rule(any_api):
    api = any_api
    api.approved("a-1")
    api.decide(api.requested("a-2", BEN), "reject", reason=REASON)
    body = {"policy": {"autoApproval": "trusted", "trustedSellers": ["ben"]}}

    tried = api.post(BACKTEST, ACME, body).json()

    assert tried["requests"] == 2
    assert (tried["wouldApprove"]["rejected"], tried["wouldApprove"]["shareAgainst"]) == (1, 1.0)
    assert (tried["wouldLeave"]["approved"], tried["wouldLeave"]["denied"]) == (1, 0)
    assert [(case["sellerId"], case["turnedOut"]) for case in tried["cases"]] == [("ben", "rejected")]
    assert api.get(f"{SUPPLIER}/policy", ACME).json()["autoApproval"] == "manual"


def test_an_admin_says_whose_requests(api):
    api.requested("a-1", ANNA)

    assert api.post(BACKTEST, ROOT, {"supplierId": "acme"}).json()["wouldLeave"]["waiting"] == 1
    assert code_of(api.post(BACKTEST, ROOT, {})) == (400, "ERR_VALIDATION")
    assert code_of(api.post(BACKTEST, ROOT, {"supplierId": "nobody"})) == (404, "ERR_SUPPLIER_NOT_FOUND")
    assert code_of(api.post(BACKTEST, ZETA, {"supplierId": "acme"})) == (403, "ERR_INSUFFICIENT_PERMISSIONS")
    assert code_of(api.post(BACKTEST, ACME, {"requests": 5_001})) == (400, "ERR_VALIDATION")


def test_what_a_revocation_would_end(any_api):
    api = any_api
    id = api.approved("a-1")
    path = f"{SUPPLIER}/authorizations/{id}/impact"

    found = api.get(path, ACME, params={"days": 7}).json()

    assert [stage["stage"] for stage in found["stages"]] == ["cart", "order", "settlement"]
    assert (found["known"], found["stages"][0]["allowed"]) == ("not-recorded", None)
    assert found["stages"][0]["denied"] == {"checks": 0, "value": 0}
    assert code_of(api.get(path, ZETA)) == (404, "ERR_AUTHORIZATION_NOT_FOUND")
    assert code_of(api.get(path, ACME, params={"days": 0})) == (400, "ERR_VALIDATION")
    assert api.get(path, ROOT).status_code == 200
