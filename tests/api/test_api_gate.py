"""The gate's own endpoints: checks, batches and AuthZEN."""

from datetime import timedelta
from decimal import Decimal

import pytest
from api_world import FULL, GATE, REASON, ROLLOUT, ROOT, SHOPFRONT, bearer, code_of, token

from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.ports.queries import ShadowQuery

CHECK = {"sellerId": "anna", "productId": "a-1", "stage": "cart"}
EVALUATION = "/access/v1/evaluation"
EVALUATIONS = "/access/v1/evaluations"
CONFIGURATION = "/.well-known/authzen-configuration"


def question(seller="anna", product="a-1", stage="cart", **more):
    return {
        "subject": {"type": "seller", "id": seller},
        "resource": {"type": "product", "id": product},
        "action": {"name": stage},
        **more,
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sellerId": "x" * 65}, "sellerId"),
        ({"sellerId": "a\n"}, "sellerId"),
        ({"sellerId": ""}, "sellerId"),
        ({"sellerId": 5}, "sellerId"),
        ({"productId": "a b"}, "productId"),
        ({"productId": None}, "productId"),
        ({"stage": "checkout"}, "stage"),
        ({"stage": "CART"}, "stage"),
        ({"stage": None}, "stage"),
        ({"consistency": "eventual"}, "consistency"),
        ({"asOf": "2026-03-01T12:00:00"}, "asOf"),
        ({"asOf": "yesterday"}, "asOf"),
        ({"asOf": 1_700_000_000}, "asOf"),
        ({"asOf": "2026-03-01T12:00:00.001Z"}, "asOf"),
        ({"value": -1}, "value"),
        ({"value": "5"}, "value"),
        ({"value": True}, "value"),
        ({"unknown": 1}, "unknown"),
        ({"seller_id": "anna"}, "seller_id"),
    ],
)
@pytest.mark.parametrize("phase", [Phase.FULL, Phase.OFF, Phase.CANARY])
def test_a_check_of_the_wrong_shape_is_refused_in_every_phase(open_api, change, field, phase):
    api = open_api(environment=RolloutState(phase=phase))

    answer = api.post(f"{GATE}/check", SHOPFRONT, CHECK | change)

    assert code_of(answer) == (400, "ERR_VALIDATION")
    details = answer.json()["details"]
    assert (details.get("errors") or [details])[0]["field"] == field


@pytest.mark.parametrize("missing", CHECK)
def test_a_check_needs_every_part(api, missing):
    answer = api.post(f"{GATE}/check", SHOPFRONT, {name: CHECK[name] for name in CHECK if name != missing})
    assert answer.json()["details"]["errors"][0]["field"] == missing


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 50_000, b'{"value": 1e999}', b'"\\ud800"']
)
@pytest.mark.parametrize("path", [f"{GATE}/check", f"{GATE}/check-batch", EVALUATION, EVALUATIONS])
def test_what_is_no_json_object_is_refused(api, path, content):
    assert code_of(api.call("POST", path, SHOPFRONT, content=content)) == (400, "ERR_VALIDATION")


def test_a_wrong_choice_is_not_repeated_to_the_caller(api):
    answer = api.post(f"{GATE}/check", SHOPFRONT, CHECK | {"stage": "something-private" * 100})
    assert "private" not in answer.text


def test_another_method_is_told_the_right_one(api):
    assert api.call("GET", f"{GATE}/check", SHOPFRONT).headers["allow"] == "POST"
    assert code_of(api.call("PUT", EVALUATION, SHOPFRONT)) == (405, "ERR_METHOD_NOT_ALLOWED")
    assert api.call("POST", CONFIGURATION).headers["allow"] == "GET"


def test_a_callers_request_id_comes_back(api):
    named = {"X-Request-ID": "req-7"}
    assert api.post(f"{GATE}/check", SHOPFRONT, CHECK, headers=named).headers["x-request-id"] == "req-7"
    assert "x-request-id" not in api.post(f"{GATE}/check", SHOPFRONT, CHECK).headers
    refused = api.post(f"{GATE}/check", SHOPFRONT, {}, headers=named)
    assert refused.json()["requestId"] == refused.headers["x-request-id"] == "req-7"


@pytest.mark.parametrize(
    ("phase", "mode", "allowed"),
    [
        (RolloutState(phase=Phase.OFF), "OFF", True),
        (RolloutState(phase=Phase.SHADOW), "SHADOW", True),
        (RolloutState(phase=Phase.CANARY), "BYPASSED", True),
        (RolloutState(phase=Phase.CANARY, canary_products=frozenset({"a-1"})), "ENFORCED", False),
        (FULL, "ENFORCED", False),
    ],
)
def test_each_phase_answers_in_its_mode(open_api, phase, mode, allowed):
    api = open_api(environment=phase)
    for _ in range(2):
        answer = api.check()
        assert (answer["mode"], answer["allowed"]) == (mode, allowed)
        assert ("errorCode" in answer) is not allowed


def test_a_failed_check_is_503_and_denied_where_it_is_enforced(open_api, monkeypatch):
    def fail(*args):
        raise StoreUnavailable

    enforced, shadow = open_api(), open_api(environment=RolloutState(phase=Phase.SHADOW))
    monkeypatch.setattr(enforced.store, "facts", fail)

    answer = enforced.post(f"{GATE}/check", SHOPFRONT, CHECK)
    assert (answer.status_code, answer.json()["allowed"]) == (503, False)
    assert answer.json()["errorCode"] == "ERR_AUTHORIZATION_CHECK_FAILED"
    answer = shadow.post(f"{GATE}/check", SHOPFRONT, CHECK)
    assert (answer.status_code, answer.json()["allowed"]) == (200, True)
    batch = enforced.post(
        f"{GATE}/check-batch", SHOPFRONT, {"sellerId": "anna", "productIds": ["a-1"], "stage": "cart"}
    )
    assert (batch.status_code, batch.json()["denied"]) == (200, ["a-1"])


def test_strict_checks_ask_the_store_every_time(api):
    api.approved()
    assert [api.check(consistency="strict")["cacheHit"] for _ in range(3)] == [False] * 3
    assert [api.check(stage="settlement")["cacheHit"] for _ in range(2)] == [False] * 2
    assert api.check(stage="settlement", consistency="cached")["cacheHit"]


def test_an_order_value_is_summed_in_the_shadow_report(open_api):
    api = open_api(environment=RolloutState(phase=Phase.SHADOW))
    for value in (10, 0.1, 0.2):
        assert api.check(value=value)["reason"] == "NO_AUTHORIZATION"
    api.check("ben", "z-1", "order")
    assert api.shadow.flush()

    report = api.get(f"{ROLLOUT}/shadow-report", ROOT).json()
    assert report["totals"] == {"denials": 4, "pairs": 2, "sellers": 2, "products": 2, "suppliers": 2}
    assert report["items"][0] == {
        "sellerId": "anna",
        "productId": "a-1",
        "supplierId": "acme",
        "stage": "cart",
        "errorCode": "ERR_SELLER_NOT_AUTHORIZED",
        "count": 3,
        "value": 10.3,
        "firstSeen": "2026-03-01T12:00:00.000Z",
        "lastSeen": "2026-03-01T12:00:00.000Z",
    }
    assert api.get(f"{ROLLOUT}/shadow-report?supplierId=zeta&stage=order", ROOT).json()["total"] == 1
    with api.store.view() as view:
        assert view.shadow.search(ShadowQuery()).items[0].count.value == Decimal("10.3")


def test_the_shadow_report_is_one_csv_over_all_pages(open_api):
    api = open_api(environment=RolloutState(phase=Phase.SHADOW))
    for number in range(250):
        api.gate.check(f"seller-{number}", "a-1")
    api.shadow.flush()

    for options in ({"params": {"format": "csv"}}, {"headers": {"Accept": "text/csv, application/json"}}):
        answer = api.get(f"{ROLLOUT}/shadow-report", ROOT, **options)
        lines = answer.text.splitlines()
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert lines[0] == "sellerId,productId,supplierId,stage,errorCode,count,value,firstSeen,lastSeen"
        assert len(lines) == len(set(lines)) == 251
    answer = api.get(f"{ROLLOUT}/shadow-report?format=json", ROOT, headers={"Accept": "text/csv"})
    assert answer.json()["total"] == 250
    assert (
        len([item for page in api.pages(f"{ROLLOUT}/shadow-report", ROOT, limit=99) for item in page["items"]]) == 250
    )


def test_a_batch_answers_in_the_order_asked(any_api):
    api = any_api
    api.approved("a-1")
    api.shop.add_product("own")
    products = ["a-2", "a-1", "own", "nothing", "a-1"]

    def ask():
        return api.post(
            f"{GATE}/check-batch", SHOPFRONT, {"sellerId": "anna", "productIds": products, "stage": "order"}
        ).json()

    answer = ask()
    assert [(item["productId"], item["reason"]) for item in answer["results"]] == [
        ("a-2", "NO_AUTHORIZATION"),
        ("a-1", "APPROVED"),
        ("own", "NOT_APPLICABLE"),
        ("nothing", "PRODUCT_NOT_FOUND"),
        ("a-1", "APPROVED"),
    ]
    assert answer["allowed"] == ["a-1", "own", "a-1"]
    assert answer["denied"] == ["a-2", "nothing"]
    assert answer["cacheHitRate"] < 1
    assert ask()["cacheHitRate"] == 1


@pytest.mark.parametrize(
    "products", [[], ["x" * 65], ["a b"], ["a-1"] * 1001, "a-1", None, [1]], ids=lambda products: str(products)[:20]
)
def test_a_batch_of_the_wrong_shape_is_refused(api, products):
    batch = {"sellerId": "anna", "productIds": products, "stage": "cart"}
    assert code_of(api.post(f"{GATE}/check-batch", SHOPFRONT, batch)) == (400, "ERR_VALIDATION")


def test_a_batch_of_a_thousand_is_answered(api):
    batch = {"sellerId": "anna", "productIds": [f"p-{number}" for number in range(1000)], "stage": "cart"}
    assert len(api.post(f"{GATE}/check-batch", SHOPFRONT, batch).json()["denied"]) == 1000


def test_a_gateway_that_speaks_authzen_is_answered(any_api):
    api = any_api
    asked = question(context={"ip": "10.0.0.1"}, unknown=1)
    asked["subject"]["properties"] = {"department": "sales"}

    assert api.post(EVALUATION, SHOPFRONT, asked).json() == {
        "decision": False,
        "context": {
            "allowed": False,
            "mode": "ENFORCED",
            "reason": "NO_AUTHORIZATION",
            "status": "NONE",
            "cacheHit": False,
            "rolloutVersion": 0,
            "errorCode": "ERR_SELLER_NOT_AUTHORIZED",
        },
    }
    api.approved()
    assert api.post(EVALUATION, SHOPFRONT, asked).json()["decision"] is True


@pytest.mark.parametrize(
    "change",
    [
        {"subject": {"type": "user", "id": "anna"}},
        {"subject": {"type": "seller", "id": "a b"}},
        {"subject": {"type": "seller"}},
        {"subject": "anna"},
        {"resource": {"type": "seller", "id": "a-1"}},
        {"resource": {"type": "product", "id": "x" * 65}},
        {"action": {"name": "read"}},
        {"action": {}},
    ],
)
def test_other_subjects_resources_and_actions_than_ours_are_refused(api, change):
    assert code_of(api.post(EVALUATION, SHOPFRONT, question() | change)) == (400, "ERR_VALIDATION")
    assert code_of(api.post(EVALUATIONS, SHOPFRONT, {"evaluations": [question(), question() | change]})) == (
        400,
        "ERR_VALIDATION",
    )


@pytest.mark.parametrize("missing", ["subject", "resource", "action"])
def test_a_question_needs_every_part_in_itself_or_in_common(api, missing):
    whole = question()
    part = {missing: whole.pop(missing)}

    assert code_of(api.post(EVALUATION, SHOPFRONT, whole)) == (400, "ERR_VALIDATION")
    assert code_of(api.post(EVALUATIONS, SHOPFRONT, {"evaluations": [whole]})) == (400, "ERR_VALIDATION")
    assert api.post(EVALUATIONS, SHOPFRONT, part | {"evaluations": [whole]}).status_code == 200


@pytest.mark.parametrize(
    ("semantic", "decisions"),
    [
        (None, [True, False, True]),
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_a_batch_of_questions_ends_as_it_is_asked_to(api, semantic, decisions):
    api.approved("a-1")
    common = question()
    resources = [{"resource": {"type": "product", "id": product}} for product in ("a-1", "a-2", "a-1")]
    options = {} if semantic is None else {"options": {"evaluations_semantic": semantic}}

    answer = api.post(EVALUATIONS, SHOPFRONT, common | {"evaluations": resources} | options).json()

    assert [one["decision"] for one in answer["evaluations"]] == decisions


def test_a_batch_without_questions_is_one_question(api):
    for asked in (question(), question(evaluations=[])):
        assert api.post(EVALUATIONS, SHOPFRONT, asked).json()["decision"] is False
    semantic = {"options": {"evaluations_semantic": "whatever"}}
    assert code_of(api.post(EVALUATIONS, SHOPFRONT, question() | semantic)) == (400, "ERR_VALIDATION")
    many = {"evaluations": [question()] * 1001}
    assert code_of(api.post(EVALUATIONS, SHOPFRONT, many)) == (400, "ERR_VALIDATION")


def test_the_configuration_says_where_the_endpoints_are(api):
    assert api.get(CONFIGURATION).json() == {
        "policy_decision_point": "http://shop.test",
        "access_evaluation_endpoint": "http://shop.test/access/v1/evaluation",
        "access_evaluations_endpoint": "http://shop.test/access/v1/evaluations",
    }
    assert code_of(api.get(CONFIGURATION, headers={"Host": "a b/c"})) == (400, "ERR_VALIDATION")


def test_the_token_is_looked_at_for_each_check(api):
    assert code_of(api.post(f"{GATE}/check", None, CHECK)) == (401, "ERR_UNAUTHENTICATED")
    short = bearer(token("service", lifetime=timedelta(seconds=-60)))
    assert code_of(api.post(f"{GATE}/check", short, CHECK)) == (401, "ERR_UNAUTHENTICATED")


def test_answers_of_many_rollouts_are_not_kept_for_ever(api, monkeypatch):
    monkeypatch.setattr("sellergate.faces.gate_http.MOST_ENCODED", 3)
    for number in range(10):
        api.gate.follow(RolloutState(phase=Phase.FULL, percentage=100, version=number))
        assert api.check()["rolloutVersion"] == number
        assert len(api.app._gate._encoded) <= 3


def test_the_operator_moves_the_rollout_and_every_check_follows(any_api):
    api = any_api
    body = {"reason": REASON}

    def move(name, **more):
        answer = api.post(f"{ROLLOUT}/{name}", ROOT, body | more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    off = move("rollback")
    assert (off["phase"], off["version"], off["source"], off["since"]) == (
        "off",
        1,
        "managed",
        "2026-03-01T12:00:00.000Z",
    )
    assert off["receipt"]["applied"] == off["receipt"]["processes"] == 1
    assert off["next"] == {"step": "shadow", "phase": "shadow", "percentage": 0, "earliest": None}
    assert off["verdict"]["verdict"] == "NOT_ENOUGH_DATA"
    assert off["criteria"] == []
    assert api.check()["mode"] == "OFF"
    assert move("promote")["phase"] == "shadow"
    assert api.check()["mode"] == "SHADOW"
    assert move("promote", canaryProducts=["a-1"])["canaryProducts"] == ["a-1"]
    assert (api.check()["mode"], api.check("anna", "a-2")["mode"]) == ("ENFORCED", "SHADOW")
    assert move("hold")["held"] is True
    held = api.post(f"{ROLLOUT}/promote", ROOT, body)
    assert code_of(held) == (409, "ERR_CRITERIA_NOT_MET")
    assert code_of(api.post(f"{ROLLOUT}/hold", ROOT, body)) == (400, "ERR_INVALID_STATUS")
    assert move("resume")["held"] is False
    assert move("promote", percentage=30)["percentage"] == 30
    assert move("promote")["percentage"] == 50
    assert move("promote", percentage=100)["next"] is None
    assert move("reduce")["percentage"] == 50
    assert move("reduce", percentage=5)["percentage"] == 5
    assert move("rollback")["phase"] == "off"
    assert api.get(f"{ROLLOUT}", ROOT).json()["version"] == 11


def test_a_change_under_the_kill_switch_shows_the_rollout_off(api):
    api.follower.kill_switch(present=True)

    moved = api.post(f"{ROLLOUT}/promote", ROOT, {"reason": REASON})

    assert code_of(moved) == (400, "ERR_INVALID_STATUS")
    moved = api.post(f"{ROLLOUT}/reduce", ROOT, {"reason": REASON}).json()
    assert (moved["phase"], moved["killSwitch"], moved["version"]) == ("off", True, 1)
