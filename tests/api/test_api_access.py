"""Who may call what: every route of the document, with every role and without a token."""

import pytest
from api_world import ACME, ADMIN, ANNA, BEN, REASON, ROOT, SELLER, SUPPLIER, ZETA, bearer, code_of, openapi, token

from sellergate.domain.rollout import Phase, RolloutState

SELLERS, SUPPLIERS, ADMINS, SERVICES = {"seller"}, {"supplier"}, {"admin"}, {"service", "admin"}
DECIDERS, OPERATORS, EVERYBODY = {"supplier", "admin"}, {"operator", "admin"}, None
A, S, P = "/api/admin/dropshipping", "/api/v1/ds/seller", "/api/v1/ds/supplier"

ACCESS = {
    ("get", f"{S}/authorizations"): SELLERS,
    ("get", f"{S}/authorizations/{{id}}"): SELLERS,
    ("post", f"{S}/products/{{productId}}/request"): SELLERS,
    ("post", f"{S}/products/{{productId}}/cancel"): SELLERS,
    ("post", f"{S}/products/{{productId}}/resubmit"): SELLERS,
    ("get", f"{S}/limits"): SELLERS,
    ("get", f"{S}/products"): SELLERS,
    ("get", f"{S}/gate/{{productId}}"): SELLERS,
    ("get", f"{P}/authorizations/inbox"): SUPPLIERS,
    ("get", f"{P}/authorizations/{{id}}"): SUPPLIERS,
    ("get", f"{P}/policy"): SUPPLIERS,
    ("put", f"{P}/policy"): SUPPLIERS,
    ("post", f"{P}/policy/backtest"): DECIDERS,
    ("get", f"{P}/authorizations/{{id}}/impact"): DECIDERS,
    ("post", f"{P}/authorizations/bulk"): DECIDERS,
    ("post", f"{P}/authorizations/{{id}}/approve"): DECIDERS,
    ("post", f"{P}/authorizations/{{id}}/ask-info"): DECIDERS,
    ("post", f"{P}/authorizations/{{id}}/reject"): DECIDERS,
    ("post", f"{P}/authorizations/{{id}}/revoke"): DECIDERS,
    ("get", "/api/v1/ds/notifications"): {"seller", "supplier"},
    ("post", "/api/v1/ds/notifications/{id}/read"): {"seller", "supplier"},
    ("get", "/api/v1/ds/notifications/preferences"): {"seller", "supplier"},
    ("put", "/api/v1/ds/notifications/preferences"): {"seller", "supplier"},
    ("get", f"{A}/notices"): OPERATORS,
    ("post", f"{A}/notices/{{id}}/retry"): OPERATORS,
    ("get", f"{A}/announcements"): OPERATORS,
    ("get", f"{A}/announcements/history"): OPERATORS,
    ("get", f"{A}/announcements/promotion"): OPERATORS,
    ("get", f"{A}/announcements/{{name}}/preview"): OPERATORS,
    ("post", f"{A}/announcements/{{name}}/send"): OPERATORS,
    ("put", f"{A}/announcements/dates/{{step}}"): OPERATORS,
    ("post", "/api/v1/ds/gate/check"): SERVICES,
    ("post", "/api/v1/ds/gate/check-batch"): SERVICES,
    ("post", "/access/v1/evaluation"): SERVICES,
    ("post", "/access/v1/evaluations"): SERVICES,
    **{
        ("post", f"{A}/sellers/{{userId}}/{verb}"): ADMINS
        for verb in ("approve-role", "revoke-role", "suspend", "reactivate")
    },
    **{(method, f"{A}/{kind}/{{id}}"): ADMINS for kind in ("products", "sellers", "suppliers") for method in ("get", "put")},
    **{("post", f"{A}/{kind}/import"): ADMINS for kind in ("products", "sellers", "suppliers")},
    ("get", f"{A}/authorizations"): ADMINS,
    ("get", f"{A}/authorizations/stats"): ADMINS,
    ("get", f"{A}/authorizations/audit"): ADMINS,
    ("post", f"{A}/authorizations/bulk-approve"): ADMINS,
    ("get", f"{A}/authorizations/low-risk"): ADMINS,
    ("post", f"{A}/authorizations/{{id}}/revoke"): ADMINS,
    ("post", f"{A}/authorizations/{{id}}/clear-cooldown"): ADMINS,
    ("get", f"{A}/rollout"): OPERATORS,
    ("get", f"{A}/rollout/history"): OPERATORS,
    ("get", f"{A}/rollout/shadow-report"): OPERATORS,
    **{
        ("post", f"{A}/rollout/{verb}"): OPERATORS for verb in ("promote", "hold", "resume", "reduce", "rollback")
    },
    ("post", f"{A}/rollout/alerts"): {"operator", "admin", "service"},
    ("get", f"{A}/rollout/verdicts"): OPERATORS,
    ("get", f"{A}/rollout/verdicts/{{id}}"): OPERATORS,
    ("get", f"{A}/rollout/verdicts/{{id}}/replay"): OPERATORS,
    ("post", f"{A}/rollout/criteria/{{name}}/sign"): OPERATORS,
    ("post", f"{A}/rollout/criteria/{{name}}/withdraw"): OPERATORS,
    ("get", f"{A}/rollout/damage"): OPERATORS,
    **{("get", f"{A}/reports/{name}"): OPERATORS for name in ("summary", "suppliers", "tiers", "cooldowns", "cache")},
    ("get", "/health"): EVERYBODY,
    ("get", "/health/ready"): EVERYBODY,
    ("get", "/health/detailed"): EVERYBODY,
    ("get", "/metrics"): EVERYBODY,
    ("get", "/.well-known/authzen-configuration"): EVERYBODY,
}  # fmt: skip
ROUTES = sorted(ACCESS, key=str)
GUARDED = [route for route in ROUTES if ACCESS[route] is not EVERYBODY]
ROLES = {
    "seller": {"seller_id": "anna"},
    "supplier": {"supplier_id": "acme"},
    "admin": {},
    "operator": {},
    "service": {},
}
CLOSABLE = [route for route in ROUTES if route[1].startswith((S, P, "/api/v1/ds/notifications"))]


def address(route):
    return (
        route[1].replace("{id}", "1").replace("{productId}", "a-1").replace("{userId}", "anna").replace("{name}", "it")
    )


def test_the_table_names_every_route_there_is():
    assert {(method, path) for path, methods in openapi()["paths"].items() for method in methods} == set(ACCESS)


@pytest.mark.parametrize("route", GUARDED, ids=" ".join)
def test_a_route_answers_to_its_roles_only(api, route):
    stranger = api.call(route[0].upper(), address(route), content=b"{ no JSON")
    assert code_of(stranger) == (401, "ERR_UNAUTHENTICATED")
    assert stranger.headers["www-authenticate"] == "Bearer"

    for role, claims in ROLES.items():
        answer = api.call(route[0].upper(), address(route), bearer(token(role, **claims)), content=b"{ no JSON")
        allowed = role in ACCESS[route]
        assert (answer.status_code not in (401, 403)) is allowed, (role, answer.text)
        if not allowed:
            assert code_of(answer) == (403, "ERR_INSUFFICIENT_PERMISSIONS")

    assert api.call(route[0].upper(), address(route), bearer(token())).status_code == 403


@pytest.mark.parametrize("route", [route for route in ROUTES if ACCESS[route] is EVERYBODY], ids=" ".join)
def test_an_open_route_needs_no_token(api, route):
    assert api.call(route[0].upper(), address(route)).status_code == 200


@pytest.mark.parametrize("route", CLOSABLE, ids=" ".join)
@pytest.mark.parametrize("phase", [Phase.OFF, Phase.SHADOW])
def test_a_closed_phase_answers_501_before_anything_else(open_api, route, phase):
    api = open_api(environment=RolloutState(phase=phase))

    for who in (None, bearer("rubbish"), ANNA):
        answer = api.call(route[0].upper(), address(route), who, content=b"{ no JSON")
        assert code_of(answer) == (501, "FEATURE_NOT_ENABLED")


def test_a_closed_phase_closes_only_what_sellers_and_suppliers_use(open_api):
    api = open_api(environment=RolloutState(phase=Phase.SHADOW))

    assert code_of(api.get("/api/v1/ds/seller/no/such/thing")) == (501, "FEATURE_NOT_ENABLED")
    assert api.get("/api/v1/ds/sellers").status_code == 401
    assert api.check()["mode"] == "SHADOW"
    assert api.get(f"{ADMIN}/rollout", ROOT).status_code == 200
    assert api.get("/health").status_code == 200


def test_the_kill_switch_closes_the_endpoints(api):
    assert api.get(f"{SELLER}/limits", ANNA).status_code == 200

    api.follower.kill_switch(present=True)

    assert code_of(api.get(f"{SELLER}/limits", ANNA)) == (501, "FEATURE_NOT_ENABLED")
    assert api.get(f"{ADMIN}/rollout", ROOT).json()["killSwitch"] is True


def test_what_does_not_exist_is_not_told_to_strangers(api):
    assert api.get("/api/v1/ds/nothing").status_code == 401
    assert code_of(api.get("/api/v1/ds/nothing", ANNA)) == (404, "ERR_NOT_FOUND")
    assert code_of(api.get("/nothing")) == (404, "ERR_NOT_FOUND")


@pytest.mark.parametrize("who", [BEN, ANNA], ids=["another seller", "its seller"])
def test_a_record_is_read_by_its_own_seller_only(api, who):
    id = api.requested()
    answer = api.get(f"{SELLER}/authorizations/{id}", who)
    assert answer.status_code == (200 if who is ANNA else 404)


def test_another_suppliers_record_does_not_exist(api):
    id = api.requested()

    moves = {"approve": {}, "ask-info": {"note": REASON}, "reject": {"reason": REASON}, "revoke": {"reason": REASON}}
    for move, body in moves.items():
        assert code_of(api.decide(id, move, ZETA, **body)) == (404, "ERR_AUTHORIZATION_NOT_FOUND")
    assert code_of(api.get(f"{SUPPLIER}/authorizations/{id}", ZETA)) == (404, "ERR_AUTHORIZATION_NOT_FOUND")
    bulk = api.post(f"{SUPPLIER}/authorizations/bulk", ZETA, {"action": "approve", "ids": [id]}).json()
    assert bulk["results"][0]["errorCode"] == "ERR_AUTHORIZATION_NOT_FOUND"
    assert api.get(f"{SUPPLIER}/authorizations/inbox", ZETA).json()["total"] == 0
    assert api.get(f"{SUPPLIER}/authorizations/{id}", ACME).json()["version"] == 1


def test_an_admin_decides_where_the_supplier_would(api):
    id = api.requested()
    assert api.decide(id, "approve", ROOT).json()["actions"] == ["revoke"]


def test_a_seller_token_without_a_seller_is_refused(api):
    for role in ("seller", "supplier"):
        path = f"{SELLER}/limits" if role == "seller" else f"{SUPPLIER}/policy"
        assert code_of(api.get(path, bearer(token(role)))) == (403, "ERR_INSUFFICIENT_PERMISSIONS")
