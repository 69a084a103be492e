"""Whatever goes wrong is told in one form, and tells nothing of our insides."""

import pytest
import structlog
from api_world import ACME, ADMIN, ANNA, GATE, ROOT, SELLER, SHOPFRONT, code_of

from sellergate.domain.errors import SellergateError, StoreUnavailable
from sellergate.faces.problems import BODY_MAX, BodyTooLarge, InternalError, MethodNotAllowed, NothingHere, title_of

CHECK = {"sellerId": "anna", "productId": "a-1", "stage": "cart"}


@pytest.fixture
def logged(monkeypatch):
    with structlog.testing.capture_logs() as entries:
        yield entries


def test_a_problem_has_every_member(api):
    answer = api.get(f"{SELLER}/authorizations/nothing", ANNA, headers={"X-Request-ID": "req-1"})

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:sellergate:ERR_AUTHORIZATION_NOT_FOUND",
        "title": "Authorization not found",
        "status": 404,
        "detail": "There is no such authorization.",
        "instance": f"{SELLER}/authorizations/nothing",
        "errorCode": "ERR_AUTHORIZATION_NOT_FOUND",
        "message": "There is no such authorization.",
        "details": {},
        "requestId": "req-1",
    }


def test_the_details_are_the_errors_facts(api):
    id = api.requested()
    assert api.post(f"{SELLER}/products/a-1/request", ANNA).json()["details"] == {"authorizationId": id}
    assert api.decide(id, "revoke", reason="Long enough a reason.").json()["details"] == {
        "status": "REQUESTED",
        "actions": ["ask-info", "cancel", "approve", "reject"],
    }


def test_another_method_is_told_the_right_ones(api):
    answer = api.call("DELETE", f"{ADMIN}/products/p-1", ROOT)
    assert code_of(answer) == (405, "ERR_METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "GET, PUT"
    assert api.call("PATCH", f"{SELLER}/limits", ANNA).headers["allow"] == "GET"
    assert code_of(api.call("OPTIONS", "/api/nothing", ANNA)) == (404, "ERR_NOT_FOUND")


@pytest.mark.parametrize(
    "path", [f"{SELLER}/limits/", f"{SELLER}//limits", "/API/v1/ds/seller/limits", "/docs", "/redoc"]
)
def test_an_address_is_what_it_is(api, path):
    assert code_of(api.get(path, ANNA)) == (404, "ERR_NOT_FOUND")


def test_a_body_of_a_mebibyte_is_read_and_one_byte_more_refused(api):
    json = {"Content-Type": "application/json"}
    path = f"{SELLER}/products/a-1/request"

    async def unannounced(size):
        for _ in range(size // 1024):
            yield b" " * 1024
        yield b" " * (size % 1024)

    for body in (b" " * (BODY_MAX + 1), unannounced(BODY_MAX + 1)):
        answer = api.call("POST", path, ANNA, content=body, headers=json)
        assert code_of(answer) == (413, "ERR_VALIDATION")
    assert api.call("POST", path, ANNA, content=b"{}" + b" " * (BODY_MAX - 2), headers=json).status_code == 201
    for body in (b" " * (BODY_MAX + 1), unannounced(BODY_MAX + 1)):
        assert code_of(api.call("POST", f"{GATE}/check", SHOPFRONT, content=body)) == (413, "ERR_VALIDATION")


def test_a_store_that_cannot_answer_is_503(api, monkeypatch):
    def fail(*args):
        raise StoreUnavailable

    monkeypatch.setattr(api.shop.desk, "limits", fail)
    assert code_of(api.get(f"{SELLER}/limits", ANNA)) == (503, "ERR_SERVICE_UNAVAILABLE")


def test_what_nobody_foresaw_is_logged_with_its_traceback_and_says_nothing(api, monkeypatch, logged):
    def fail(*args):
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr(api.shop.desk, "limits", fail)
    answer = api.get(f"{SELLER}/limits", ANNA)

    assert code_of(answer) == (500, "ERR_INTERNAL")
    assert "secret" not in answer.text
    assert "Zero" not in answer.text
    (failed,) = [entry for entry in logged if entry["event"] == "http.failed"]
    assert "ZeroDivisionError: a secret of ours" in failed["exception"]
    assert ANNA["Authorization"][7:] not in str(logged)


def test_what_nobody_foresaw_in_the_gate_is_no_different(api, monkeypatch, caplog):
    monkeypatch.setattr(api.gate, "try_cached", lambda *args, **kwargs: 1 / 0)
    answer = api.post(f"{GATE}/check", SHOPFRONT, CHECK)

    assert code_of(answer) == (500, "ERR_INTERNAL")
    assert "ZeroDivisionError" in caplog.text
    assert SHOPFRONT["Authorization"][7:] not in caplog.text


def test_what_fails_outside_of_every_route_is_a_problem_too(open_api, logged):
    api = open_api(rollout=lambda: 1 / 0)
    answer = api.run(api.send("GET", f"{SELLER}/limits", ANNA))
    assert code_of(answer) == (500, "ERR_INTERNAL")
    assert len([entry for entry in logged if entry["event"] == "http.failed"]) == 1


def test_each_request_is_one_line_without_query_body_or_token(api, logged):
    api.get(f"{SELLER}/products?search=something-private", ANNA, headers={"X-Request-ID": "req-1"})
    api.post(f"{GATE}/check", SHOPFRONT, CHECK)
    api.get("/health")
    api.get("/metrics")

    (line,) = logged
    assert {name: line[name] for name in ("event", "method", "path", "status")} == {
        "event": "http.request",
        "method": "GET",
        "path": f"{SELLER}/products",
        "status": 200,
    }
    assert (line["subject"], line["roles"], line["seller"]) == ("user-of-anna", ["seller"], "anna")
    assert line["rollout_version"] == api.gate.rollout.version
    assert "private" not in str(logged)


def test_a_line_names_what_the_request_was_about_and_nothing_that_was_written(api, logged):
    id = api.approved()
    logged.clear()

    api.decide(id, "revoke", reason="Nobody else must read this.")
    api.post(f"{SELLER}/products/a-2/request", ANNA, {"businessJustification": "Nor this, nobody."})

    revoked, requested = logged
    assert (revoked["id"], revoked["supplier"]) == (id, "acme")
    assert (requested["product_id"], requested["seller"]) == ("a-2", "anna")
    assert "obody" not in str(logged)
    assert all(who["Authorization"][7:] not in str(logged) for who in (ACME, ANNA))


def test_a_request_keeps_its_callers_id_where_it_can_be_printed(api):
    assert api.get("/health", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    made = api.get("/health").headers["x-request-id"]
    for bad in ("", "a b", "x" * 129, "é"):
        given = api.get("/health", headers={"X-Request-ID": bad.encode("latin-1")}).headers["x-request-id"]
        assert len(given) == len(made) == 32


def test_readiness_is_a_problem_while_not_ready(open_api):
    assert open_api().get("/health/ready").json() == {"status": "ready"}
    assert code_of(open_api(ready=lambda: False).get("/health/ready")) == (503, "ERR_SERVICE_UNAVAILABLE")


def test_health_and_metrics_say_what_they_are_given(api):
    assert api.get("/health").json() == {"status": "ok"}
    assert api.get("/health/detailed").json() == {"status": "ok", "feed": {"lagSeconds": 0.001}}
    metrics = api.get("/metrics")
    assert metrics.text == "# nothing\n"
    assert metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_a_caller_who_goes_away_is_no_error_of_ours(api, logged):
    async def gone():
        messages = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
        sent = []

        async def receive():
            return messages.pop(0)

        async def send(message):
            sent.append(message)

        headers = [(b"authorization", ANNA["Authorization"].encode()), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": f"{SELLER}/products/a-1/request", "headers": headers}
        await api.app(scope | {"query_string": b"", "scheme": "http", "server": ("shop.test", 80)}, receive, send)
        return sent

    api.run(gone())
    assert "http.failed" not in [entry["event"] for entry in logged]


def test_titles_are_few_words_for_each_kind():
    errors = [SellergateError, BodyTooLarge, InternalError, MethodNotAllowed, NothingHere]
    while errors:
        error = errors.pop()
        errors += error.__subclasses__()
        assert title_of(error)[0].isupper()
    assert title_of(MethodNotAllowed) == "Method not allowed"
