"""Many at once over SQL: limits hold exactly, and one of many decisions wins."""

import asyncio
from collections import Counter

from api_world import ACME, ADMIN, ANNA, GATE, REASON, ROOT, SELLER, SHOPFRONT, SUPPLIER, as_seller, code_of


def codes(responses):
    return Counter(code_of(response) for response in responses)


def test_twenty_requests_at_once_fill_ten_slots_exactly(sql_api):
    api = sql_api
    for number in range(20):
        api.shop.add_product(f"many-{number}", supplier="acme")

    answers = api.all_at_once([("POST", f"{SELLER}/products/many-{number}/request", ANNA) for number in range(20)])

    assert codes(answers) == {(201, None): 10, (400, "ERR_PRODUCT_LIMIT_REACHED"): 10}
    assert api.get(f"{SELLER}/limits", ANNA).json()["used"] == 10


def test_one_of_sixteen_requests_for_one_product_wins(sql_api):
    answers = sql_api.all_at_once([("POST", f"{SELLER}/products/a-1/request", ANNA)] * 16)
    assert codes(answers) == {(201, None): 1, (409, "ERR_DUPLICATE_AUTHORIZATION"): 15}


def test_one_of_sixteen_decisions_on_one_record_wins(sql_api):
    api = sql_api
    id = api.requested()
    path = f"{SUPPLIER}/authorizations/{id}"

    async def together():
        return await asyncio.gather(
            *(
                api.send("POST", f"{path}/{move}", who, json={} if move == "approve" else {"reason": REASON})
                for who in (ACME, ROOT)
                for move in ("approve", "reject") * 4
            )
        )

    answers = api.run(together())

    assert codes(answers) == {(200, None): 1, (400, "ERR_INVALID_STATUS"): 15}
    one = api.get(path, ACME).json()
    assert one["version"] == 2
    assert len([event for event in one["events"] if event["refused"] is None]) == 2
    assert len([event for event in one["events"] if event["refused"]]) == 15


def test_a_capacity_of_three_lets_three_in(sql_api):
    api = sql_api
    assert api.put(f"{SUPPLIER}/policy", ACME, {"maxSellersPerProduct": 3}).status_code == 200
    ids = []
    for number in range(8):
        api.shop.add_seller(f"seller-{number}")
        ids.append(api.requested("a-1", as_seller(f"seller-{number}")))

    answers = api.all_at_once([("POST", f"{SUPPLIER}/authorizations/{id}/approve", ACME) for id in ids])

    assert codes(answers) == {(200, None): 3, (409, "ERR_PRODUCT_CAPACITY_REACHED"): 5}


def test_a_revocation_that_was_answered_is_never_followed_by_an_allow(sql_api):
    api = sql_api
    id = api.approved()
    assert api.check()["allowed"]

    async def revoke_and_check():
        check = {"sellerId": "anna", "productId": "a-1", "stage": "cart"}
        revoked = asyncio.create_task(
            api.send("POST", f"{ADMIN}/authorizations/{id}/revoke", ROOT, json={"reason": REASON})
        )
        while not revoked.done():
            await api.send("POST", f"{GATE}/check", SHOPFRONT, json=check)
            await asyncio.sleep(0)  # a cached check does not let go of the loop
        after = [await api.send("POST", f"{GATE}/check", SHOPFRONT, json=check) for _ in range(20)]
        return await revoked, after

    revoked, after = api.run(revoke_and_check())

    assert revoked.json()["receipt"]["applied"] == 1
    assert {answer.json()["allowed"] for answer in after} == {False}
