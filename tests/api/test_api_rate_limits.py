"""Asking and writing have their limits; the gate has none."""

import threading

import pytest
import time_machine
from api_world import (
    ACME,
    ADMIN,
    ANNA,
    BEN,
    GATE,
    ROOT,
    SELLER,
    SHOPFRONT,
    SUPPLIER,
    as_seller,
    bearer,
    code_of,
    token,
)

from sellergate.adapters.rate_limits import MovingWindowLimits
from sellergate.domain.errors import RateLimited


def request(api, number, who=ANNA):
    return api.post(f"{SELLER}/products/a-{number}/request", who)


def test_a_seller_asks_so_often_a_day_and_no_more(open_api):
    api = open_api(limiter=MovingWindowLimits(requests_per_day=3))

    assert [request(api, number).status_code for number in (1, 1, 2)] == [201, 409, 201]
    refused = request(api, 3)
    assert code_of(refused) == (429, "ERR_RATE_LIMITED")
    assert 86_000 < int(refused.headers["retry-after"]) <= 86_400
    assert refused.json()["details"] == {"retryAfter": int(refused.headers["retry-after"])}


def test_the_limit_is_the_sellers_not_the_tokens(open_api):
    api = open_api(limiter=MovingWindowLimits(requests_per_day=1))
    assert request(api, 1).status_code == 201

    colleague = bearer(token("seller", subject="a-colleague", seller_id="anna"))

    assert request(api, 2, colleague).status_code == 429
    assert request(api, 2, BEN).status_code == 201


def test_only_asking_counts_against_the_days_requests(open_api):
    api = open_api(limiter=MovingWindowLimits(requests_per_day=2))
    assert request(api, 1).status_code == 201

    assert api.post(f"{SELLER}/products/a-1/request", ANNA, {"unknown": 1}).status_code == 400
    assert api.post(f"{SELLER}/products/a-1/cancel", ANNA).status_code == 200

    assert request(api, 1).status_code == 201
    assert request(api, 2).status_code == 429


def test_a_subject_writes_so_often_a_minute_and_no_more(open_api):
    api = open_api(limiter=MovingWindowLimits(writes_per_minute=2))

    assert request(api, 1).status_code == 201
    assert api.post(f"{SELLER}/products/a-1/cancel", ANNA).status_code == 200
    refused = api.post(f"{SELLER}/products/a-1/cancel", ANNA)
    assert code_of(refused) == (429, "ERR_RATE_LIMITED")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert api.get(f"{SELLER}/limits", ANNA).status_code == 200
    assert request(api, 1, BEN).status_code == 201


def test_policies_and_the_directory_are_writing_and_imports_and_checks_are_not(open_api):
    api = open_api(limiter=MovingWindowLimits(writes_per_minute=1))
    assert api.put(f"{SUPPLIER}/policy", ACME, {}).status_code == 200
    assert api.put(f"{SUPPLIER}/policy", ACME, {}).status_code == 429
    assert api.put(f"{ADMIN}/suppliers/s", ROOT, {"id": "s", "name": "S"}).status_code == 201
    assert api.put(f"{ADMIN}/suppliers/s", ROOT, {"id": "s", "name": "S"}).status_code == 429

    assert api.call("POST", f"{ADMIN}/suppliers/import", ROOT, content=b"").status_code == 200
    check = {"sellerId": "anna", "productId": "a-1", "stage": "cart"}
    assert {api.post(f"{GATE}/check", SHOPFRONT, check).status_code for _ in range(5)} == {200}


def test_a_refused_caller_is_not_counted_and_a_replay_of_a_limit_is_none(open_api):
    api = open_api(limiter=MovingWindowLimits(requests_per_day=1))
    request(api, 1)
    key = {"Idempotency-Key": "k"}
    path = f"{SELLER}/products/a-2/request"
    with time_machine.travel("2030-01-01T00:00:00Z") as clock:
        who = as_seller("ben")
        assert api.post(f"{SELLER}/products/a-3/request", who).status_code == 201
        assert api.post(path, who, headers=key).status_code == 429
        clock.shift(86_401)
        assert api.post(path, as_seller("ben"), headers=key).status_code == 201


def test_the_window_moves(monkeypatch):
    limits = MovingWindowLimits(writes_per_minute=2)
    with time_machine.travel("2030-01-01T00:00:59Z", tick=False) as clock:
        limits.hit_write("s")
        clock.shift(10)
        limits.hit_write("s")
        with pytest.raises(RateLimited) as refused:
            limits.hit_write("s")
        assert refused.value.retry_after == 50
        clock.shift(51)
        limits.hit_write("s")
        with pytest.raises(RateLimited):
            limits.hit_write("s")


def test_threads_together_are_let_through_exactly_so_often():
    limits = MovingWindowLimits(writes_per_minute=10)
    passed = []

    def hit():
        try:
            limits.hit_write("s")
        except RateLimited:
            return
        passed.append(1)

    threads = [threading.Thread(target=hit) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(passed) == 10
