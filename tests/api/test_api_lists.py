"""Lists are walked to their end by cursors that fit only the list they came from."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from api_world import ACME, ADMIN, ANNA, REASON, ROLLOUT, ROOT, SELLER, SUPPLIER, code_of


@pytest.fixture
def full(any_api):
    for number in range(1, 11):
        any_api.requested(f"a-{number}")
        any_api.shop.wait(seconds=1)
    return any_api


LISTS = [
    (f"{SELLER}/authorizations", ANNA, "id"),
    (f"{SELLER}/products", ANNA, "id"),
    (f"{SUPPLIER}/authorizations/inbox", ACME, "id"),
    ("/api/v1/ds/notifications", ACME, "id"),
    (f"{ADMIN}/authorizations", ROOT, "id"),
    (f"{ADMIN}/authorizations/audit", ROOT, "sequence"),
]


@pytest.mark.parametrize("limit", [1, 3, 10, 100])
def test_every_list_is_walked_without_gap_or_repeat(full, limit):
    for path, who, key in LISTS:
        pages = list(full.pages(path, who, limit=limit))
        keys = [item[key] for page in pages for item in page["items"]]

        assert len(keys) == len(set(keys)) == pages[0]["total"]
        assert all(len(page["items"]) == limit for page in pages[:-1])


def test_twenty_items_a_page_unless_asked_otherwise(api):
    for number in range(30):
        api.shop.add_product(f"more-{number}", supplier="acme")
    assert len(api.get(f"{SELLER}/products", ANNA).json()["items"]) == 20


def cursor_of(api, path, who=ANNA, **params):
    return api.get(path, who, params={"limit": 1, **params}).json()["nextCursor"]


def test_a_cursor_of_another_list_or_other_filters_is_refused(full):
    own = cursor_of(full, f"{SELLER}/authorizations")
    filtered = cursor_of(full, f"{SELLER}/authorizations", status="REQUESTED")
    catalog = cursor_of(full, f"{SELLER}/products")

    for path, cursor in [
        (f"{SELLER}/authorizations", filtered),
        (f"{SELLER}/authorizations?status=REQUESTED", own),
        (f"{SELLER}/authorizations", catalog),
        (f"{SELLER}/products", own),
    ]:
        answer = full.get(
            path, ANNA, params={**dict(part.split("=") for part in path.split("?")[1:]), "cursor": cursor}
        )
        assert code_of(answer) == (400, "ERR_VALIDATION")
        assert answer.json()["details"]["errors"][0]["field"] == "cursor"


def test_the_limit_may_change_from_page_to_page(full):
    cursor = cursor_of(full, f"{SELLER}/authorizations")
    assert len(full.get(f"{SELLER}/authorizations", ANNA, params={"cursor": cursor, "limit": 5}).json()["items"]) == 5


@pytest.mark.parametrize("cursor", ["x", "e30", "W10", "bnVsbA", "WzFd", "%00", "A" * 1025, "한", "=" * 8])
def test_a_cursor_that_is_none_is_refused(api, cursor):
    assert code_of(api.get(f"{SELLER}/authorizations?cursor={cursor}", ANNA)) == (400, "ERR_VALIDATION")


def test_a_cursor_with_another_position_is_refused(full):
    mark, *_ = json.loads(urlsafe_b64decode(cursor_of(full, f"{SELLER}/authorizations") + "=="))
    for position in ([], [1, 2, 3], [None], [{}], [["x"]]):
        forged = urlsafe_b64encode(json.dumps([mark, *position]).encode()).decode().rstrip("=")
        assert code_of(full.get(f"{SELLER}/authorizations?cursor={forged}", ANNA)) == (400, "ERR_VALIDATION")


def test_the_inbox_is_narrowed_by_status_product_and_tier(api):
    asked = api.requested("a-1")
    api.requested("a-2")
    api.decide(asked, "ask-info", note=REASON)
    inbox = f"{SUPPLIER}/authorizations/inbox"

    def products(query):
        return [row["productId"] for row in api.get(f"{inbox}?{query}", ACME).json()["items"]]

    assert products("") == ["a-2"]
    assert products("status=INFO_REQUESTED") == ["a-1"]
    assert products("productId=a-9") == []
    assert products("tier=BRONZE") == ["a-2"]
    assert products("tier=GOLD") == []


def test_the_history_of_the_rollout_is_a_list_too(open_api):
    api = open_api()
    for move in ("hold", "resume", "hold", "resume", "rollback"):
        assert api.post(f"{ROLLOUT}/{move}", ROOT, {"reason": REASON}).status_code == 200

    history = [line for page in api.pages(f"{ROLLOUT}/history", ROOT, limit=2) for line in page["items"]]

    assert [line["action"] for line in history] == ["rollback", "resume", "hold", "resume", "hold"]
    assert [line["version"] for line in history] == [5, 4, 3, 2, 1]
    assert (history[0]["fromPhase"], history[0]["toPhase"], history[0]["reason"]) == ("full", "off", REASON)
