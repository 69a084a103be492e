"""How people want to be told is theirs to say; what was given up is seen and sent after all."""

import pytest
from api_world import ACME, ADMIN, ANNA, OPS, ROOT, code_of

from builders import NOON, a_message, an_item
from sellergate.domain.messages import Backoff
from sellergate.domain.notices import Audience
from sellergate.domain.preferences import PERSONAL

PREFERENCES = "/api/v1/ds/notifications/preferences"
NOTICES = f"{ADMIN}/notices"
CHOSEN = {"email": False, "digest": "daily", "muted": ["request.approved"], "locale": "ko", "zone": "UTC"}


@pytest.mark.parametrize(("who", "audience", "digest"), [(ANNA, "seller", "immediate"), (ACME, "supplier", "hourly")])
def test_who_has_said_nothing_is_told_as_their_side_usually_is(any_api, who, audience, digest):
    told = any_api.get(PREFERENCES, who).json()

    assert told == {
        "email": True,
        "digest": digest,
        "muted": [],
        "locale": None,
        "zone": None,
        "kinds": [kind.value for kind in PERSONAL[Audience(audience)]],
    }


def test_preferences_are_set_whole_and_are_ones_own(any_api):
    answer = any_api.put(PREFERENCES, ANNA, CHOSEN)

    assert answer.status_code == 200
    assert answer.json() | {"kinds": None} == CHOSEN | {"kinds": None}
    assert any_api.get(PREFERENCES, ANNA).json() == answer.json()
    assert any_api.get(PREFERENCES, ACME).json()["email"] is True
    assert any_api.put(PREFERENCES, ANNA, {}).json()["digest"] == "immediate"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"digest": "weekly"}, "digest"),
        ({"zone": "Seoul"}, "zone"),
        ({"muted": ["rollout.rolled-back"]}, "muted"),
        ({"locale": "fr"}, "locale"),
        ({"email": "no"}, "email"),
        ({"slack": True}, "slack"),
    ],
)
def test_preferences_nobody_can_follow_are_refused_by_name(api, change, field):
    answer = api.put(PREFERENCES, ANNA, CHOSEN | change)

    assert code_of(answer) == (400, "ERR_VALIDATION")
    assert field in answer.text
    assert api.get(PREFERENCES, ANNA).json()["digest"] == "immediate"


@pytest.fixture
def given_up(any_api):
    """The id of a message that was given up, after two that were not."""
    with any_api.store.work() as work:
        ids = [work.messages.put(a_message(f"m-{number}"), [an_item()]) for number in range(3)]
        message = work.messages.get(ids[-1])
        leased = message.leased(NOON, NOON - NOON)
        work.messages.save(message, leased.failed(NOON, "550 No such user", Backoff(), final=True, dice=0))
    return ids[-1]


def test_what_was_given_up_is_listed_with_the_reason(any_api, given_up):
    listed = any_api.get(NOTICES, OPS).json()

    assert listed["total"] == 1
    assert listed["items"][0] | {"key": ""} == {
        "id": given_up,
        "key": "",
        "channel": "email",
        "address": "anna@shop.test",
        "recipient": "seller:anna",
        "locale": "en",
        "state": "dead",
        "attempts": 1,
        "error": "550 No such user",
        "createdAt": "2026-03-01T12:00:00.000Z",
        "dueAt": "2026-03-01T12:00:00.000Z",
        "doneAt": "2026-03-01T12:00:00.000Z",
    }
    pages = list(any_api.pages(NOTICES, ROOT, state="pending", limit=1))
    assert [len(page["items"]) for page in pages] == [1, 1]
    assert any_api.get(NOTICES, OPS, params={"channel": "email"}).json()["total"] == 1
    assert any_api.get(NOTICES, OPS, params={"channel": "chat"}).json()["total"] == 0
    for wrong in ({"state": "lost"}, {"channel": "pigeon"}):
        assert code_of(any_api.get(NOTICES, OPS, params=wrong)) == (400, "ERR_VALIDATION")


def test_what_was_given_up_is_sent_after_all_once(any_api, given_up):
    again = any_api.post(f"{NOTICES}/{given_up}/retry", OPS)

    assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (200, "pending", 0)
    assert code_of(any_api.post(f"{NOTICES}/{given_up}/retry", OPS)) == (400, "ERR_INVALID_STATUS")
    assert code_of(any_api.post(f"{NOTICES}/{given_up + 1}/retry", OPS)) == (404, "ERR_MESSAGE_NOT_FOUND")
    assert any_api.get(NOTICES, OPS).json()["total"] == 0
