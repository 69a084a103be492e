"""A request with an Idempotency-Key is carried out once."""

import asyncio
import threading

import pytest
from api_world import ACME, ADMIN, ANNA, BEN, FULL, GATE, REASON, ROOT, SELLER, SHOPFRONT, SUPPLIER, as_seller, code_of

from sellergate.domain.errors import RequestInProgress, StoreUnavailable

REQUEST = f"{SELLER}/products/a-1/request"
KEY = {"Idempotency-Key": "key-1"}


def test_a_repeated_request_gets_the_first_answer_again(any_api):
    api = any_api
    first = api.post(REQUEST, ANNA, {"expectedVolume": 5}, headers=KEY)
    again = api.post(REQUEST, ANNA, {"expectedVolume": 5}, headers=KEY)

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["content-type"] == first.headers["content-type"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert code_of(api.post(REQUEST, ANNA, {"expectedVolume": 5})) == (409, "ERR_DUPLICATE_AUTHORIZATION")


def test_a_refusal_is_repeated_as_well(any_api):
    api = any_api
    refused = api.post(f"{SELLER}/products/a-1/cancel", ANNA, headers=KEY)
    assert code_of(refused) == (404, "ERR_AUTHORIZATION_NOT_FOUND")
    api.requested()

    again = api.post(f"{SELLER}/products/a-1/cancel", ANNA, headers=KEY)

    assert again.content == refused.content
    assert again.headers["content-type"] == "application/problem+json"


def test_a_key_fits_one_request_only(api):
    api.post(REQUEST, ANNA, {"expectedVolume": 5}, headers=KEY)

    for path, body in [(REQUEST, {"expectedVolume": 6}), (f"{SELLER}/products/a-2/request", {"expectedVolume": 5})]:
        assert code_of(api.post(path, ANNA, body, headers=KEY)) == (400, "ERR_VALIDATION")


def test_two_callers_may_use_the_same_key(api):
    assert [api.post(REQUEST, who, headers=KEY).status_code for who in (ANNA, BEN)] == [201, 201]


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "tab\tbed", "é"])
def test_a_key_is_1_to_255_visible_characters(api, key):
    answer = api.post(REQUEST, ANNA, headers={"Idempotency-Key": key.encode("latin-1")})
    assert code_of(answer) == (400, "ERR_VALIDATION")
    assert api.post(REQUEST, ANNA, headers={"Idempotency-Key": "x" * 255}).status_code == 201


def test_an_answer_is_kept_for_a_day_to_the_second(any_api):
    api = any_api
    first = api.post(REQUEST, ANNA, headers=KEY)

    api.shop.wait(hours=24)
    assert api.post(REQUEST, ANNA, headers=KEY).content == first.content
    api.shop.wait(seconds=1)
    assert code_of(api.post(REQUEST, ANNA, headers=KEY)) == (409, "ERR_DUPLICATE_AUTHORIZATION")


def test_the_key_is_given_back_when_the_server_failed(any_api, monkeypatch):
    api = any_api

    def fail(*args, **kwargs):
        raise StoreUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(api.shop.workflow, "request", fail)
        assert code_of(api.post(REQUEST, ANNA, headers=KEY)) == (503, "ERR_SERVICE_UNAVAILABLE")
    with monkeypatch.context() as broken:
        broken.setattr(api.shop.workflow, "request", lambda *args, **kwargs: 1 / 0)
        assert code_of(api.post(REQUEST, ANNA, headers=KEY)) == (500, "ERR_INTERNAL")

    assert api.post(REQUEST, ANNA, headers=KEY).status_code == 201


def test_concurrent_requests_with_one_key_are_carried_out_once(any_api, monkeypatch):
    api = any_api
    entered, leave, carried_out = threading.Event(), threading.Event(), []
    request = api.shop.workflow.request

    def slow(*args, **kwargs):
        carried_out.append(args)
        entered.set()
        assert leave.wait(10)
        return request(*args, **kwargs)

    monkeypatch.setattr(api.shop.workflow, "request", slow)

    async def together():
        first = asyncio.create_task(api.send("POST", REQUEST, ANNA, headers=KEY))
        await asyncio.to_thread(entered.wait, 10)
        others = [await api.send("POST", REQUEST, ANNA, headers=KEY) for _ in range(3)]
        leave.set()
        return [await first, *others]

    first, *others = api.run(together())

    assert first.status_code == 201
    assert [code_of(other) for other in others] == [(409, "ERR_REQUEST_IN_PROGRESS")] * 3
    assert others[0].headers["retry-after"] == "1"
    assert len(carried_out) == 1
    assert api.post(REQUEST, ANNA, headers=KEY).content == first.content


def test_what_a_dead_process_left_is_taken_over_after_a_minute(any_api):
    api = any_api
    assert api.idempotency.begin("someone", "key", "print") is None
    api.shop.wait(seconds=60)
    with pytest.raises(RequestInProgress):
        api.idempotency.begin("someone", "key", "print")

    api.shop.wait(milliseconds=1)

    assert api.idempotency.begin("someone", "key", "print") is None


def test_a_revocation_is_replayed_with_its_receipt(api):
    id = api.approved()
    path = f"{SUPPLIER}/authorizations/{id}/revoke"
    first = api.post(path, ACME, {"reason": REASON}, headers=KEY)

    assert api.post(path, ACME, {"reason": REASON}, headers=KEY).json() == first.json()
    assert first.json()["receipt"]["applied"] == 1


def test_keys_mean_nothing_where_nothing_could_be_done_twice(api):
    check = {"sellerId": "anna", "productId": "a-1", "stage": "cart"}
    for _ in range(2):
        assert "idempotency-replayed" not in api.post(f"{GATE}/check", SHOPFRONT, check, headers=KEY).headers
        assert "idempotency-replayed" not in api.get(f"{SELLER}/limits", ANNA, headers=KEY).headers
        put = api.put(f"{ADMIN}/suppliers/s", ROOT, {"id": "s", "name": "S"}, headers=KEY)
        assert "idempotency-replayed" not in put.headers


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(open_api, monkeypatch):
    api = open_api(environment=FULL)

    def fail(*args):
        raise StoreUnavailable

    monkeypatch.setattr(api.idempotency, "finish", fail)
    assert api.post(REQUEST, as_seller("anna"), headers=KEY).status_code == 201
