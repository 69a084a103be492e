"""The rollout and its plan over the API: what comes next, what stands in its way, and how to go on all the same."""

import pytest
from api_world import ANNA, OPS, ROLLOUT, SELLER
from shop import Shop

from builders import THE_PLAN, a_plan, a_share
from sellergate.domain.plan import Step
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.domain.windows import parse_window

WHY = {"reason": "Everything has been quiet for a week."}
OFF = RolloutState(phase=Phase.OFF)


@pytest.fixture
def following(open_api, memory_store):
    """The API over a rollout that begins off and follows a plan."""
    return lambda plan: open_api(environment=OFF, rollouts=Shop(memory_store, environment=OFF, plan=plan).rollouts)


def move(api, verb, **more):
    return api.post(f"{ROLLOUT}/{verb}", OPS, WHY | more)


def test_the_rollout_says_what_its_next_step_rests_on(following):
    api = following(THE_PLAN)

    assert api.get(ROLLOUT, OPS).json()["next"] == {
        "step": "shadow",
        "phase": "shadow",
        "percentage": 0,
        "earliest": None,
    }
    shadow = move(api, "promote").json()

    assert (shadow["step"], shadow["endpointsOpen"], shadow["unselected"]) == ("shadow", False, "shadow")
    assert shadow["next"] == {
        "step": "canary",
        "phase": "canary",
        "percentage": 0,
        "earliest": "2026-03-04T12:00:00.000Z",
    }
    assert shadow["criteria"][0] == {
        "name": "migrations",
        "text": "Migration runs successfully (no errors)",
        "state": "met",
        "detail": "There are none: this store has no schema.",
    }
    assert {one["state"] for one in shadow["criteria"][1:]} == {"not_enough_data", "unsigned"}


def test_what_stands_in_the_way_is_a_409_with_every_reason_and_an_override_goes_on(following):
    api = following(THE_PLAN)
    move(api, "promote")

    refused = move(api, "promote")

    assert (refused.status_code, refused.json()["errorCode"]) == (409, "ERR_CRITERIA_NOT_MET")
    details = refused.json()["details"]
    assert details["earliest"] == "2026-03-04T12:00:00.000Z"
    assert [one["kind"] for one in details["obstacles"]] == ["criterion"] * 4 + ["minimum_duration"]
    assert details["obstacles"][-1]["until"] == "2026-03-04T12:00:00.000Z"
    assert move(api, "promote", override=True).json()["step"] == "canary"
    newest = api.get(f"{ROLLOUT}/history", OPS).json()["items"][0]
    assert (newest["override"], newest["fromStep"], newest["toStep"], len(newest["overridden"])) == (
        True,
        "shadow",
        "canary",
        5,
    )


def test_outside_its_window_a_step_does_not_begin(following):
    night = parse_window("Tue 02:00-04:00", "Asia/Seoul")
    api = following(a_plan(a_share(5, windows=(night,))))
    move(api, "promote")

    refused = move(api, "promote")

    assert (refused.status_code, refused.json()["errorCode"]) == (409, "ERR_OUTSIDE_CHANGE_WINDOW")
    assert refused.json()["details"]["earliest"] == "2026-03-02T17:00:00.000Z"


def test_sellers_enrol_while_nothing_is_enforced(following):
    api = following(a_plan(Step(name="enrol", kind=Phase.SHADOW, endpoints=True)))

    assert move(api, "promote").json()["endpointsOpen"] is False
    assert api.get(f"{SELLER}/authorizations", ANNA).status_code == 501
    enrol = move(api, "promote").json()
    assert (enrol["phase"], enrol["step"], enrol["endpointsOpen"]) == ("shadow", "enrol", True)
    assert api.get(f"{SELLER}/authorizations", ANNA).status_code == 200
    assert api.check()["mode"] == "SHADOW"
    move(api, "rollback")
    assert api.get(f"{SELLER}/authorizations", ANNA).status_code == 501
