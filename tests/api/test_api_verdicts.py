"""What was judged, signed and denied, over HTTP."""

from datetime import timedelta

import pytest
from api_world import FULL, OPS, REASON, ROLLOUT, ROOT, code_of
from shop import NOON

from builders import THE_PLAN
from measured import a_window
from sellergate.domain.denials import DenialCount, DenialKey
from sellergate.domain.evidence import evidence_of, judgement_json
from sellergate.domain.judgement import Readings, Rules
from sellergate.domain.plan import DEFAULT_THRESHOLDS
from sellergate.domain.verdict import judge
from sellergate.ports.control import StoredVerdict

RULES = Rules(thresholds=DEFAULT_THRESHOLDS, minimum_checks=10)
READINGS = Readings(windows=(a_window(NOON, 500),), inbox=3)


def keep_verdict(api, **facts):
    judgement = judge(RULES, READINGS, NOON + timedelta(seconds=10))
    given = {
        "at": judgement.at,
        "since": NOON,
        "rollout_version": 1,
        "verdict": judgement.verdict.name,
        "sentence": judgement.sentence,
        "judgement": judgement_json(judgement),
        "evidence": evidence_of(RULES, READINGS, judgement.at),
    }
    with api.store.work() as work:
        return work.verdicts.add(StoredVerdict(**{**given, **facts}))


def test_the_rollout_says_what_its_measurements_say(open_api):
    api = open_api(environment=FULL)
    said = api.get(ROLLOUT, ROOT).json()["verdict"]
    assert said["verdict"] == "NOT_ENOUGH_DATA"

    api.post(f"{ROLLOUT}/hold", ROOT, {"reason": REASON})
    with api.store.work() as work:
        work.windows.put("gate-1", [a_window(api.shop.time, 50_000)])
    api.shop.wait(seconds=10)
    said = api.get(ROLLOUT, ROOT).json()["verdict"]
    assert {metric["metric"]: metric["verdict"] for metric in said["metrics"]}["error_rate"] == "CONTINUE"
    assert "50,000 checks" in next(m["sentence"] for m in said["metrics"] if m["metric"] == "error_rate")


def test_while_the_gates_are_off_nothing_is_judged(api):
    api.post(f"{ROLLOUT}/rollback", ROOT, {"reason": REASON})

    said = api.get(ROLLOUT, ROOT).json()["verdict"]
    assert said == {"verdict": "NOT_ENOUGH_DATA", "sentence": "The gates are off: nothing is measured.", "metrics": []}


def test_verdicts_can_be_listed_read_and_judged_again(api):
    ids = [keep_verdict(api) for _ in range(3)]

    listed = [item["id"] for page in api.pages(f"{ROLLOUT}/verdicts", OPS, limit=2) for item in page["items"]]
    assert listed == ids[::-1]
    one = api.get(f"{ROLLOUT}/verdicts/{ids[0]}", OPS).json()
    assert one["judgement"]["metrics"][0]["metric"] == "gate_latency_p95"
    replayed = api.get(f"{ROLLOUT}/verdicts/{ids[0]}/replay", OPS).json()
    assert (replayed["isSame"], replayed["sentence"]) == (True, one["sentence"])


def test_a_verdict_that_was_altered_is_not_the_same(api):
    altered = keep_verdict(api, judgement={"verdict": "CONTINUE", "sentence": "All is well."})

    assert not api.get(f"{ROLLOUT}/verdicts/{altered}/replay", OPS).json()["isSame"]


def test_a_verdict_that_another_version_has_judged_is_refused_by_name(api):
    old = keep_verdict(api, evidence={"version": 0})

    assert code_of(api.get(f"{ROLLOUT}/verdicts/{old}/replay", OPS)) == (400, "ERR_VALIDATION")


def test_a_verdict_that_is_not_there(api):
    assert code_of(api.get(f"{ROLLOUT}/verdicts/77", OPS)) == (404, "ERR_VERDICT_NOT_FOUND")
    assert code_of(api.get(f"{ROLLOUT}/verdicts/0", OPS)) == (400, "ERR_VALIDATION")


@pytest.fixture
def planned(open_api, monkeypatch):
    """The application with the seed's plan, in its first step."""
    monkeypatch.setattr("shop.QUICK_PLAN", THE_PLAN)
    api = open_api(environment=FULL)
    api.shop.signing._plan = api.shop.rollouts._plan = THE_PLAN
    api.post(f"{ROLLOUT}/rollback", ROOT, {"reason": REASON})
    api.shop.wait(seconds=1)
    assert api.post(f"{ROLLOUT}/promote", ROOT, {"reason": REASON, "override": True}).status_code == 200
    return api


def state_of(api, name):
    return next(item for item in api.get(ROLLOUT, ROOT).json()["criteria"] if item["name"] == name)


def test_a_criterion_is_signed_withdrawn_and_signed_again(planned):
    name = "shadow-report-reviewed"
    assert state_of(planned, name)["state"] == "unsigned"

    signed = planned.post(f"{ROLLOUT}/criteria/{name}/sign", OPS, {"note": "I have read the report."}).json()
    assert (signed["by"], signed["step"], signed["withdrawn"]) == ("user-operator", "shadow", False)
    assert state_of(planned, name)["state"] == "met"
    assert "I have read the report." in state_of(planned, name)["detail"]

    planned.post(f"{ROLLOUT}/criteria/{name}/withdraw", OPS, {"note": "One seller was overlooked."})
    assert state_of(planned, name)["state"] == "unsigned"


def test_a_signature_says_what_was_looked_at_and_is_of_a_criterion_that_is_signed(planned):
    sign = f"{ROLLOUT}/criteria/shadow-report-reviewed/sign"

    assert code_of(planned.post(sign, OPS)) == (400, "ERR_REASON_REQUIRED")
    note = {"note": "I have looked at it."}
    assert code_of(planned.post(f"{ROLLOUT}/criteria/migrations/sign", OPS, note)) == (400, "ERR_VALIDATION")
    assert code_of(planned.post(f"{ROLLOUT}/criteria/never-heard/sign", OPS, note)) == (400, "ERR_VALIDATION")


def test_the_damage_of_a_span_is_summed_up(api):
    key = DenialKey(
        minute=NOON, seller_id="anna", product_id="a-1", stage="cart", error_code="ERR_AUTHORIZATION_CHECK_FAILED"
    )
    with api.store.work() as work:
        work.denials.add([DenialCount(key=key, count=7, first_seen=NOON, last_seen=NOON + timedelta(seconds=30))])
    api.shop.wait(minutes=5)

    report = api.get(f"{ROLLOUT}/damage", OPS).json()
    assert (report["totals"]["all"]["denials"], report["totals"]["sellers"]) == (7, 1)
    assert report["byErrorCode"][0]["of"] == "ERR_AUTHORIZATION_CHECK_FAILED"

    before = api.get(f"{ROLLOUT}/damage?until=2026-03-01T11:59:00Z", OPS).json()
    assert (before["totals"]["all"]["denials"], before["bySeller"]) == (0, [])
    wrong = api.get(f"{ROLLOUT}/damage?since=2026-03-01T12:00:00Z&until=2026-03-01T12:00:00Z", OPS)
    assert code_of(wrong) == (400, "ERR_VALIDATION")
