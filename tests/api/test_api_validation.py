"""What is refused for its shape, before any rule is asked."""

import json

import pytest
from api_world import ACME, ADMIN, ANNA, REASON, ROLLOUT, ROOT, SELLER, SUPPLIER, code_of
from hypothesis import given
from hypothesis import strategies as st

from sellergate.faces.wire import read_amount, wire_amount

REQUEST = f"{SELLER}/products/a-1/request"
LONG = "x" * 65
INVALID = (400, "ERR_VALIDATION")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"businessJustification": 5}, "businessJustification"),
        ({"businessJustification": "x" * 2001}, "businessJustification"),
        ({"businessJustification": "a\u0000b"}, "businessJustification"),
        ({"business_justification": "hello"}, "business_justification"),
        ({"expectedVolume": -1}, "expectedVolume"),
        ({"expectedVolume": 1_000_000_001}, "expectedVolume"),
        ({"expectedVolume": "5"}, "expectedVolume"),
        ({"expectedVolume": 1.5}, "expectedVolume"),
        ({"expectedVolume": True}, "expectedVolume"),
        ({"unknown": 1}, "unknown"),
        ([], ""),
        ("text", ""),
    ],
)
def test_a_request_of_the_wrong_shape_names_the_field(api, body, field):
    answer = api.post(REQUEST, ANNA, body)

    assert code_of(answer) == INVALID
    assert [error["field"] for error in answer.json()["details"]["errors"]] == [field]


@pytest.mark.parametrize(
    "content",
    [b"{", b"", b"\xff", b'{"expectedVolume": ' + b"9" * 5000 + b"}", b"[" * 100_000, b'{"a": NaN}', b'"\\ud800"'],
    ids=["half", "nothing", "no UTF-8", "a huge number", "very deep", "NaN", "a lone surrogate"],
)
def test_what_is_no_json_is_refused(api, content):
    answer = api.call("PUT", f"{SUPPLIER}/policy", ACME, content=content, headers={"Content-Type": "application/json"})

    assert code_of(answer) == INVALID


def test_a_lone_surrogate_in_a_name_or_a_value_is_refused(api):
    for content in ('{"businessJustification": "\\ud800"}', '{"\\ud800": 1}'):
        headers = {"Content-Type": "application/json"}
        assert code_of(api.call("POST", REQUEST, ANNA, content=content.encode(), headers=headers)) == INVALID


def test_a_body_must_say_that_it_is_json(api):
    answer = api.call("POST", REQUEST, ANNA, content=b"{}", headers={"Content-Type": "text/plain"})

    assert code_of(answer) == INVALID
    assert "application/json" in answer.json()["message"]


def test_the_longest_that_is_allowed_is_taken(api):
    body = {"businessJustification": "한" * 2000, "expectedVolume": 1_000_000_000}
    assert api.post(REQUEST, ANNA, body).status_code == 201


def test_wrong_values_are_not_repeated_to_the_caller(api):
    answer = api.post(REQUEST, ANNA, {"businessJustification": ["secret-value"], "expectedVolume": "secret-value"})
    assert "secret-value" not in answer.text


def test_a_thousand_wrong_fields_are_answered_with_a_few(api):
    answer = api.post(REQUEST, ANNA, {f"field-{number}": 1 for number in range(1000)})
    assert len(answer.json()["details"]["errors"]) == 20


@pytest.mark.parametrize(
    ("path", "who"),
    [
        (f"{SELLER}/products/{LONG}/request", ANNA),
        (f"{SELLER}/products/a%20b/cancel", ANNA),
        (f"{SELLER}/products/a%0A/resubmit", ANNA),
        (f"{SUPPLIER}/authorizations/{LONG}/approve", ACME),
        (f"{ADMIN}/sellers/{LONG}/suspend", ROOT),
        (f"{ADMIN}/authorizations/{LONG}/revoke", ROOT),
        ("/api/v1/ds/notifications/abc/read", ANNA),
        ("/api/v1/ds/notifications/0/read", ANNA),
        (f"/api/v1/ds/notifications/{2**63}/read", ANNA),
    ],
)
def test_an_id_that_is_none_is_refused(api, path, who):
    assert code_of(api.post(path, who, {})) == INVALID


@pytest.mark.parametrize("length", [1, 64])
def test_an_id_of_1_to_64_characters_is_looked_for(api, length):
    assert code_of(api.post(f"{SELLER}/products/{'x' * length}/request", ANNA)) == (404, "ERR_PRODUCT_NOT_FOUND")


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "status=SOLD", "supplierId=a%20b", "supplier_id=acme", "page=2", "status=REQUESTED&x"],
)  # fmt: skip
def test_a_query_of_the_wrong_shape_is_refused(api, query):
    assert code_of(api.get(f"{SELLER}/authorizations?{query}", ANNA)) == INVALID


def test_an_empty_filter_is_no_filter(api):
    api.requested()
    assert api.get(f"{SELLER}/authorizations?status=&supplierId=&cursor=", ANNA).json()["total"] == 1


@pytest.mark.parametrize("query", ["?x=1", "?limit=5", "?%FF"])
def test_a_route_without_a_query_takes_none(api, query):
    assert code_of(api.get(f"{SELLER}/limits{query}", ANNA)) == INVALID


@pytest.mark.parametrize("period", ["7", "d", "0d", "-7d", "7m", "99999d", "7d ", "7%0Ad"])
def test_a_period_is_a_number_of_hours_days_or_weeks(api, period):
    assert code_of(api.get(f"{ADMIN}/authorizations/stats?period={period}", ROOT)) == INVALID
    assert api.get(f"{ADMIN}/authorizations/stats?period=9999w", ROOT).status_code == 200


@pytest.mark.parametrize(
    "expires_at",
    [
        "2026-03-01T12:00:00Z",
        "2026-02-28T12:00:00Z",
        "2027-03-01T12:00:00",
        "2027-03-01",
        "tomorrow",
        1_900_000_000,
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59-10:00",
        True,
    ],
)
def test_an_expiry_must_be_a_future_time_with_its_offset(api, expires_at):
    id = api.requested()
    assert code_of(api.decide(id, "approve", expiresAt=expires_at)) == INVALID
    assert api.decide(id, "approve", expiresAt="2026-03-01T21:00:00.001+09:00").status_code == 200


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (None, "ERR_REASON_REQUIRED"),
        ("", "ERR_REASON_REQUIRED"),
        ("123456789", "ERR_REASON_REQUIRED"),
        ("   123456789   ", "ERR_REASON_REQUIRED"),
        ("x" * 501, "ERR_VALIDATION"),
        (5, "ERR_VALIDATION"),
        (["a reason in a list"], "ERR_VALIDATION"),
    ],
)
def test_a_reason_has_10_to_500_characters(api, reason, code):
    id = api.requested()

    assert code_of(api.decide(id, "reject", reason=reason)) == (400, code)
    assert code_of(api.post(f"{SUPPLIER}/authorizations/{id}/reject", ACME)) == (400, "ERR_REASON_REQUIRED")
    assert code_of(api.post(f"{ROLLOUT}/rollback", ROOT, {"reason": reason})) == (400, code)
    assert api.decide(id, "reject", reason="1234567890").status_code == 200


PRODUCT = {"id": "p-1", "name": "P"}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("products", {"id": "p-2", "name": "P"}),
        ("products", {"name": "P"}),
        ("products", {"id": "p-1"}),
        ("products", PRODUCT | {"name": ""}),
        ("products", PRODUCT | {"name": "x" * 201}),
        ("products", PRODUCT | {"supplierId": "a b"}),
        ("products", PRODUCT | {"supplierId": "nobody"}),
        ("products", PRODUCT | {"active": "yes"}),
        ("products", PRODUCT | {"price": -1}),
        ("products", PRODUCT | {"price": True}),
        ("products", PRODUCT | {"price": "1e3"}),
        ("products", PRODUCT | {"price": "12,50"}),
        ("products", PRODUCT | {"price": 1e15}),
        ("products", PRODUCT | {"price": "0.1234567890123456"}),
        ("products", PRODUCT | {"price": []}),
        ("products", PRODUCT | {"dailyViews": 1.5}),
        ("products", PRODUCT | {"version": 4}),
        ("sellers", PRODUCT | {"tier": "IRON"}),
        ("sellers", PRODUCT | {"tier": "gold"}),
        ("sellers", PRODUCT | {"tier": "GOLD", "status": "GONE"}),
        ("sellers", PRODUCT | {"tier": "GOLD", "email": "nobody"}),
        ("sellers", PRODUCT | {"tier": "GOLD", "locale": "한국어"}),
        ("suppliers", PRODUCT | {"isTest": 1}),
        ("suppliers", PRODUCT | {"is_test": True}),
    ],
)
def test_a_directory_object_of_the_wrong_shape_is_refused(api, kind, body):
    assert code_of(api.put(f"{ADMIN}/{kind}/p-1", ROOT, body)) == INVALID
    assert api.get(f"{ADMIN}/{kind}/p-1", ROOT).status_code == 404


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (19.9, 19.9),
        (0.1, 0.1),
        ("19.90", 19.9),
        (20, 20),
        (0, 0),
        ("99999999999.9999", 99999999999.9999),
        (999_999_999_999_999, 999_999_999_999_999),
        (None, None),
    ],
)
def test_a_price_comes_back_as_it_was_meant(any_api, sent, stored):
    api = any_api
    answer = api.put(f"{ADMIN}/products/p-1", ROOT, PRODUCT | {"price": sent})

    assert (answer.status_code, answer.json()["price"]) == (201, stored)
    assert f'"price":{json.dumps(stored)},' in api.get(f"{ADMIN}/products/p-1", ROOT).text.replace(" ", "")


@given(st.decimals(min_value=0, max_value="99999999999.9999", places=4))
def test_an_amount_of_15_digits_survives_a_json_number(amount):
    assert read_amount(json.loads(json.dumps(wire_amount(amount)))) == amount


@pytest.mark.parametrize(
    "body",
    [
        {"action": "revoke", "ids": ["a"]},
        {"action": "approve", "ids": []},
        {"action": "approve", "ids": ["x" * 65]},
        {"action": "approve"},
        {"action": "approve", "ids": "a"},
        {"action": "approve", "ids": ["a"], "note": "x"},
    ],
)
def test_a_bulk_decision_of_the_wrong_shape_is_refused(api, body):
    assert code_of(api.post(f"{SUPPLIER}/authorizations/bulk", ACME, body)) == INVALID


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ids": ["a"], "filter": {}},
        {"filter": {"tier": "IRON"}},
        {"filter": {"minAgeHours": -1}},
        {"filter": {}, "limit": 501},
        {"filter": {}, "limit": 0},
    ],
)
def test_a_bulk_approval_of_the_wrong_shape_is_refused(api, body):
    assert code_of(api.post(f"{ADMIN}/authorizations/bulk-approve", ROOT, body)) == INVALID


@pytest.mark.parametrize(
    ("move", "body"),
    [
        ("promote", {"reason": REASON, "percentage": 101}),
        ("promote", {"reason": REASON, "percentage": "50"}),
        ("promote", {"reason": REASON, "canaryProducts": ["a b"]}),
        ("promote", {"reason": REASON, "override": "yes"}),
        ("reduce", {"reason": REASON, "percentage": -1}),
        ("hold", {"reason": REASON, "percentage": 5}),
        ("rollback", {"reason": REASON, "override": True}),
    ],
)
def test_a_rollout_move_of_the_wrong_shape_is_refused(api, move, body):
    assert code_of(api.post(f"{ROLLOUT}/{move}", ROOT, body)) == INVALID


def test_a_policy_names_only_the_suppliers_own_products(api):
    assert code_of(api.put(f"{SUPPLIER}/policy", ACME, {"products": {"z-1": {}}})) == INVALID
    assert code_of(api.put(f"{SUPPLIER}/policy", ACME, {"products": {"a b": {}}})) == INVALID
    assert code_of(api.put(f"{SUPPLIER}/policy", ACME, {"maxSellersPerProduct": 0})) == INVALID
