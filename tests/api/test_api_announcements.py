"""Operators see what is to be announced, look at it, send it, and say when steps begin."""

import pytest
from api_world import ACME, ADMIN, ANNA, OPS, ROOT, SHOPFRONT, code_of
from shop import Shop

from builders import THE_PLAN
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.services.audiences import Places

ANNOUNCEMENTS = f"{ADMIN}/announcements"
PLACES = Places(mails={"support-team": ["support@shop.test"]}, mail=True)


@pytest.fixture
def announcing(memory_store, open_api):
    shop = Shop(memory_store, plan=THE_PLAN, places=PLACES, environment=RolloutState(phase=Phase.OFF))
    return open_api(announcing=shop.announcing)


def planned(api, name):
    items = api.get(ANNOUNCEMENTS, OPS).json()["items"]
    return next(one for one in items if one["announcement"] == name)


def test_what_is_to_be_announced_is_listed_and_so_is_what_has_no_date(announcing):
    assert planned(announcing, "sellers-launch") == {
        "announcement": "sellers-launch",
        "audience": "Sellers",
        "occasion": "before",
        "step": "canary",
        "state": "not_scheduled",
        "why": "Nobody has set a date for canary.",
        "dueAt": None,
        "beginsAt": None,
        "sentAt": None,
        "to": ["every seller"],
        "people": 2,
        "missing": [],
    }
    assert "SELLERGATE_ANNOUNCE_EMAILS" in planned(announcing, "partners-launch")["missing"][0]


def test_what_a_promotion_would_announce_is_told_before_it(announcing):
    foretold = {one["announcement"]: one for one in announcing.get(f"{ANNOUNCEMENTS}/promotion", OPS).json()["items"]}

    assert {name: foretold["sellers-launch"][name] for name in ("step", "state", "people")} == {
        "step": "canary",
        "state": "due",
        "people": 2,
    }
    assert announcing.get(f"{ANNOUNCEMENTS}/history", OPS).json()["total"] == 0


def test_a_date_is_set_and_taken_back(announcing):
    set_ = announcing.put(f"{ANNOUNCEMENTS}/dates/canary", OPS, {"beginsAt": "2026-03-11T12:00:00Z"})

    assert (set_.status_code, set_.json()["beginsAt"]) == (200, "2026-03-11T12:00:00.000Z")
    assert planned(announcing, "sellers-launch")["dueAt"] == "2026-03-08T12:00:00.000Z"
    assert announcing.put(f"{ANNOUNCEMENTS}/dates/canary", ROOT, {"beginsAt": None}).json()["beginsAt"] is None
    assert planned(announcing, "sellers-launch")["state"] == "not_scheduled"


@pytest.mark.parametrize(
    ("step", "begins_at"),
    [("canary", "2026-03-01T11:00:00Z"), ("full", "2026-03-11T12:00:00Z"), ("no-such", None), ("canary", "soon")],
)
def test_a_date_that_cannot_be_is_refused(announcing, step, begins_at):
    answer = announcing.put(f"{ANNOUNCEMENTS}/dates/{step}", OPS, {"beginsAt": begins_at})

    assert code_of(answer) == (400, "ERR_VALIDATION")


def test_it_is_looked_at_sent_once_and_kept(announcing):
    preview = announcing.get(f"{ANNOUNCEMENTS}/support-faq/preview", OPS, params={"step": "full"}).json()
    assert (preview["to"], preview["people"]) == (["email:support@shop.test"], 1)
    assert "https://shop.test/faq" in preview["text"]["en"]
    assert announcing.get(f"{ANNOUNCEMENTS}/history", OPS).json()["total"] == 0

    sent = announcing.post(f"{ANNOUNCEMENTS}/support-faq/send", OPS, {"step": "full"})
    assert sent.status_code == 200
    assert sent.json() | {"text": {}, "subject": {}} == {
        "id": 1,
        "announcement": "support-faq",
        "audience": "Support Team",
        "occasion": "before",
        "step": "full",
        "beginsAt": None,
        "at": "2026-03-01T12:00:00.000Z",
        "by": "user-operator",
        "to": ["email:support@shop.test"],
        "told": 1,
        "doneAt": "2026-03-01T12:00:00.000Z",
        "subject": {},
        "text": {},
    }
    assert sent.json()["text"] == preview["text"]
    again = {"step": "full", "again": True}
    assert code_of(announcing.post(f"{ANNOUNCEMENTS}/support-faq/send", OPS, {"step": "full"})) == (
        400,
        "ERR_INVALID_STATUS",
    )
    assert announcing.post(f"{ANNOUNCEMENTS}/support-faq/send", OPS, again).status_code == 200
    pages = list(announcing.pages(f"{ANNOUNCEMENTS}/history", OPS, limit=1))
    assert [page["items"][0]["id"] for page in pages] == [2, 1]


def test_what_the_plan_does_not_announce_is_not_found(announcing):
    expected = (404, "ERR_ANNOUNCEMENT_NOT_FOUND")

    assert code_of(announcing.get(f"{ANNOUNCEMENTS}/no-such/preview", OPS)) == expected
    assert code_of(announcing.post(f"{ANNOUNCEMENTS}/no-such/send", OPS)) == expected


@pytest.mark.parametrize("who", [ANNA, ACME, SHOPFRONT])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("GET", "/history", None),
        ("GET", "/support-faq/preview", None),
        ("POST", "/support-faq/send", {}),
        ("PUT", "/dates/canary", {"beginsAt": None}),
    ],
)
def test_it_is_for_operators_and_admins(announcing, who, method, path, body):
    options = {} if body is None else {"json": body}

    assert code_of(announcing.call(method, ANNOUNCEMENTS + path, who, **options)) == (
        403,
        "ERR_INSUFFICIENT_PERMISSIONS",
    )
