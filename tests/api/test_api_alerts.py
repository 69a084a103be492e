"""Alertmanager's webhook rolls back when an alert that is firing asks for it."""

import pytest
from api_world import ANNA, REASON, ROLLOUT, ROOT, SHOPFRONT, code_of

from sellergate.domain.rollout import Phase, RolloutState

ALERTS = f"{ROLLOUT}/alerts"


def an_alert(status="firing", summary="Phase 9 error rate >1%", **labels):
    """One alert as Alertmanager 0.25 sends it."""
    return {
        "status": status,
        "labels": {"alertname": "Phase9ErrorRateHigh", "severity": "critical", "action": "rollback", **labels},
        "annotations": {"summary": summary, "description": "Check logs and database."},
        "startsAt": "2026-03-01T12:00:00.123Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.test/graph",
        "fingerprint": "c2f7f1a1d4e0b3a9",
    }


def a_group(*alerts):
    return {
        "version": "4",
        "groupKey": '{}:{alertname="Phase9ErrorRateHigh"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "sellergate",
        "groupLabels": {"alertname": "Phase9ErrorRateHigh"},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.test",
        "alerts": list(alerts),
    }


def phase(api):
    return api.get(ROLLOUT, ROOT).json()["phase"]


def test_a_firing_alert_that_asks_for_it_rolls_back_once(api):
    heard = api.post(ALERTS, SHOPFRONT, a_group(an_alert())).json()

    assert heard["rolledBack"]
    assert heard["receipt"]["applied"] == heard["receipt"]["processes"] == 1
    assert phase(api) == "off"
    (change,) = api.get(f"{ROLLOUT}/history", ROOT).json()["items"]
    assert (change["action"], change["actorId"]) == ("rollback", "user-service")
    assert change["reason"] == "Alert Phase9ErrorRateHigh: Phase 9 error rate >1%"

    again = api.post(ALERTS, SHOPFRONT, a_group(an_alert())).json()
    assert again == {
        "rolledBack": False,
        "sentence": "Nothing is enforced: there is nothing to roll back.",
        "receipt": None,
    }


@pytest.mark.parametrize(
    "alert", [an_alert("resolved"), an_alert(action="page"), {"status": "firing", "labels": {"alertname": "Watchdog"}}]
)
def test_an_alert_that_is_over_or_does_not_ask_for_it_changes_nothing(api, alert):
    assert not api.post(ALERTS, SHOPFRONT, a_group(alert)).json()["rolledBack"]
    assert phase(api) == "full"


def test_the_reason_names_every_alert_and_fits_the_history(api):
    group = a_group(an_alert(summary="x" * 900), an_alert(alertname="Phase9GateLatencyHigh"), an_alert("resolved"))

    assert api.post(ALERTS, SHOPFRONT, group).json()["rolledBack"]

    (change,) = api.get(f"{ROLLOUT}/history", ROOT).json()["items"]
    assert change["reason"].startswith("Alert Phase9ErrorRateHigh, Phase9GateLatencyHigh: xxx")
    assert len(change["reason"]) == 500


def test_an_alarm_is_heard_whatever_characters_are_in_it(api):
    assert api.post(ALERTS, SHOPFRONT, a_group(an_alert(summary="down\u0000 🔥"))).json()["rolledBack"]

    (change,) = api.get(f"{ROLLOUT}/history", ROOT).json()["items"]
    assert change["reason"] == "Alert Phase9ErrorRateHigh: down 🔥"


def test_nothing_is_done_for_strangers_or_for_something_else(api):
    assert code_of(api.post(ALERTS, ANNA, a_group(an_alert()))) == (403, "ERR_INSUFFICIENT_PERMISSIONS")
    assert code_of(api.post(ALERTS, SHOPFRONT, {"text": REASON})) == (400, "ERR_VALIDATION")
    assert phase(api) == "full"


def test_in_shadow_there_is_nothing_to_roll_back(open_api):
    api = open_api(environment=RolloutState(phase=Phase.SHADOW))

    assert not api.post(ALERTS, SHOPFRONT, a_group(an_alert())).json()["rolledBack"]
    assert phase(api) == "shadow"
