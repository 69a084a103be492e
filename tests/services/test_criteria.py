"""Criteria are evaluated where a program can know, and looked up where a person has to vouch for them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from control_world import OPERATOR, PLAN, REASON, Fleet

from builders import HOUR, an_authorization, keep, stock
from sellergate.domain.authorization import Status
from sellergate.domain.criteria import Check, Criterion, CriterionState
from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.loadtest import Load, LoadResult, judge, summary
from sellergate.domain.plan import LoadTest
from sellergate.domain.thresholds import Metric
from sellergate.domain.trials import TrialKind
from sellergate.ports.control import SignOff
from sellergate.services.criteria import EVALUATIONS, EvaluatedCriteria
from sellergate.services.proving import ATTESTED, Proving
from sellergate.services.soundings import Soundings
from sellergate.services.trials import TrialBook

MET, FAILING, TOO_LITTLE, UNSIGNED = CriterionState
WEEK = timedelta(days=7)


@pytest.fixture
def fleet(memory_store):
    fleet = Fleet(memory_store, replace(PLAN, load_test=LoadTest(clients=10, rate=600, duration=timedelta(seconds=5))))
    fleet.at("half")
    return fleet


def status(fleet, check=None, **facts):
    criterion = Criterion(name="it", text="It holds", check=check, **facts)
    return fleet.process("asked").criteria.states([criterion], fleet.state())["it"]


def state(fleet, check=None, **facts):
    return status(fleet, check, **facts).state


def measured(fleet, times=4, **of_window):
    for _ in range(times):
        fleet.measured(**of_window)


def sign(fleet, *, withdrawn=False):
    said = SignOff(
        step="half",
        criterion="it",
        by="operator-1",
        role="operator",
        note="I have looked.",
        at=fleet.now(),
        withdrawn=withdrawn,
    )
    with fleet.store.work() as work:
        work.sign_offs.add(said)


def test_every_check_a_plan_may_name_is_evaluated():
    assert set(EVALUATIONS) == set(Check)


@pytest.mark.parametrize("check", Check)
def test_where_nothing_is_known_nothing_automatic_is_met_but_what_holds_without_data(fleet, check):
    without_data = {Check.INDEX_CHECK, Check.ZERO_ROLLBACKS, Check.MIGRATIONS_AT_HEAD}

    assert (state(fleet, check) is MET) == (check in without_data)


@pytest.mark.parametrize("check", Check)
def test_a_store_that_does_not_answer_makes_nothing_met_and_nothing_raise(fleet, check, monkeypatch):
    process = fleet.process("asked")
    state, criterion = fleet.state(), Criterion(name="it", text="It holds", check=check)

    def gone():
        raise StoreUnavailable

    monkeypatch.setattr(fleet.store, "view", gone)
    monkeypatch.setattr(fleet.store, "health", lambda: {"reachable": False})
    answer = process.criteria.states([criterion], state)["it"].state

    assert answer is not MET or check is Check.INDEX_CHECK  # asked of a fake here


def test_a_signature_counts_until_it_is_withdrawn_or_the_rollout_is_rolled_back(fleet):
    assert state(fleet) is UNSIGNED
    sign(fleet)
    assert status(fleet).detail == "Signed by operator-1, 2026-03-01 12:00 UTC: I have looked."
    assert state(fleet) is MET

    sign(fleet, withdrawn=True)
    assert state(fleet) is UNSIGNED
    sign(fleet)
    fleet.wait(1)
    fleet.operator.rollback(OPERATOR, REASON)
    assert state(fleet) is UNSIGNED


def test_the_verdict_counts_as_a_whole_or_for_one_metric(fleet):
    measured(fleet)
    assert state(fleet, Check.VERDICT_CONTINUE) is MET

    measured(fleet, slow=400)
    assert state(fleet, Check.VERDICT_CONTINUE) is FAILING
    assert state(fleet, Check.VERDICT_CONTINUE, metric=Metric.ERRORS) is MET
    assert state(fleet, Check.VERDICT_CONTINUE, metric=Metric.LATENCY) is FAILING


def test_an_average_over_a_time_needs_a_phase_that_has_lasted_so_long(fleet):
    average = {"metric": Metric.ERRORS, "over": timedelta(minutes=1)}
    measured(fleet, 5, errors=10)
    assert state(fleet, Check.VERDICT_CONTINUE, **average) is TOO_LITTLE
    measured(fleet, 1, errors=10)
    assert state(fleet, Check.VERDICT_CONTINUE, **average) is FAILING
    assert "2" in status(fleet, Check.VERDICT_CONTINUE, **average).detail

    measured(fleet, 6)
    assert state(fleet, Check.VERDICT_CONTINUE, **average) is MET


def test_one_failed_check_is_too_many_where_none_may_fail(fleet):
    assert state(fleet, Check.NO_ERRORS) is TOO_LITTLE
    measured(fleet)
    assert state(fleet, Check.NO_ERRORS) is MET
    measured(fleet, 1, errors=1)
    assert status(fleet, Check.NO_ERRORS).detail == "1 of 2,500 checks failed since the step began."


def test_the_minimum_of_checks_is_reached_at_the_number_itself(fleet):
    measured(fleet, 1, checks=999)
    assert state(fleet, Check.MINIMUM_CHECKS) is TOO_LITTLE
    measured(fleet, 1, checks=1)
    assert state(fleet, Check.MINIMUM_CHECKS) is MET


@pytest.mark.parametrize(
    ("check", "bad"),
    [
        (Check.CACHE_HIT_RATE, {"errors": 400}),
        (Check.POOL_IN_USE, {"pool_in_use": 0.95}),
        (Check.LATENCY_STABLE, {"slow": 400}),
    ],
)
def test_levels_follow_their_metric(fleet, check, bad):
    measured(fleet)
    assert state(fleet, check) is MET
    measured(fleet, **bad)
    assert state(fleet, check) is FAILING


def load_test(fleet, p95=4.0, **load):
    """Keep what `loadtest` keeps of such a run."""
    load = Load(**{"connections": 10, "rate_per_minute": 600, "seconds": 5, "ramp_seconds": 1, **load})
    checks = load.rate_per_minute * load.seconds // 60
    result = LoadResult(checks=checks, failed=0, not_sent=0, p50=1.0, p95=p95, p99=9.0, slowest=20.0)
    findings = judge(fleet.plan.load_test, load, result)
    TrialBook(fleet.store, now=fleet.now).keep(
        TrialKind.LOADTEST,
        OPERATOR,
        holds=all(finding.holds for finding in findings),
        summary=summary(load, result, findings),
    )
    fleet.wait(1)


def test_a_load_test_counts_when_it_held_was_large_enough_and_is_not_old(fleet):
    assert state(fleet, Check.LOAD_TEST_PASSED) is TOO_LITTLE
    for smaller in ({"rate_per_minute": 599}, {"seconds": 4}, {"connections": 9}):
        load_test(fleet, **smaller)
        assert "smaller than the plan asks" in status(fleet, Check.LOAD_TEST_PASSED).detail
        assert state(fleet, Check.LOAD_TEST_PASSED) is FAILING
    load_test(fleet)
    assert state(fleet, Check.LOAD_TEST_PASSED) is MET
    fleet.time += timedelta(days=31)
    assert state(fleet, Check.LOAD_TEST_PASSED) is FAILING


def test_a_load_test_is_judged_by_the_plan_of_today(fleet):
    load_test(fleet, p95=6.0)
    assert status(fleet, Check.LOAD_TEST_PASSED).detail.endswith("did not hold: P95 6.00 ms, limit 5 ms.")

    fleet.plan = replace(fleet.plan, load_test=replace(fleet.plan.load_test, latency_p95=0.010))
    assert state(fleet, Check.LOAD_TEST_PASSED) is MET


def test_an_index_that_is_not_used_is_named(fleet):
    fleet.index_problems.append("inbox: sorts 100,000 rows")

    assert status(fleet, Check.INDEX_CHECK).detail == "inbox: sorts 100,000 rows"
    assert state(fleet, Check.INDEX_CHECK) is FAILING


def test_the_inbox_is_timed_where_somebody_has_one(fleet):
    assert state(fleet, Check.INBOX_LATENCY) is TOO_LITTLE
    stock(fleet.store)
    keep(fleet.store, an_authorization(Status.REQUESTED))

    assert state(fleet, Check.INBOX_LATENCY, limit=HOUR) is MET
    assert state(fleet, Check.INBOX_LATENCY, limit=timedelta(0, 0, 1)) is FAILING


def test_earlier_steps_count_as_met_when_they_were_left_without_an_override(fleet):
    assert state(fleet, Check.PREVIOUS_STEPS_MET, step="shadow") is FAILING  # left by an override
    assert state(fleet, Check.PREVIOUS_STEPS_MET, step="half") is MET  # its own criteria are asked for by themselves

    fleet.operator.rollback(OPERATOR, REASON)
    fleet.operator.promote(OPERATOR, REASON, override=True)
    measured(fleet, 5)
    fleet.operator.promote(OPERATOR, REASON)

    assert state(fleet, Check.PREVIOUS_STEPS_MET, step="shadow") is MET
    assert state(fleet, Check.PREVIOUS_STEPS_MET) is MET
    assert state(fleet, Check.PREVIOUS_STEPS_MET, step="full") is FAILING  # never left


def test_an_environments_rollout_is_measured_since_its_first_process_started(memory_store):
    fleet = Fleet(memory_store)
    assert fleet.state().phase.value == "off"
    assert state(fleet, Check.VERDICT_CONTINUE) is TOO_LITTLE


@pytest.mark.parametrize("check", ATTESTED)
def test_what_was_shown_counts_for_what_it_was_shown_of_until_a_rollback(memory_store, check):
    asked = Criterion(name="it", text="It holds", check=check)
    steps = (replace(PLAN.steps[0], criteria=(asked,)), replace(PLAN.steps[1], entry=(asked,)), *PLAN.steps[2:])
    fleet = Fleet(memory_store, replace(PLAN, steps=steps))
    proving = Proving(fleet.store, fleet.plan, now=fleet.now)
    made = {check: "abc123"}

    def found():
        criteria = EvaluatedCriteria(
            fleet.store,
            fleet.process("asked").judge,
            fleet.plan,
            Soundings(fleet.store, index_problems=lambda: ()),
            fingerprint=made.get,
            now=fleet.now,
        )
        return criteria.states([asked], fleet.state())["it"]

    assert found().state is TOO_LITTLE
    assert ATTESTED[check] in found().detail
    assert proving.attest(OPERATOR, check, "abc123", "All of it held: twice.") == 2
    assert (found().state, found().detail) == (
        MET,
        "All of it held: twice. Shown 2026-03-01 12:00 UTC by operator-1.",
    )

    made[check] = "def456"
    assert found().state is FAILING
    made.clear()
    assert found().state is FAILING
    made[check] = "abc123"
    fleet.wait(1)
    fleet.at("half")
    assert found().state is MET
    fleet.operator.rollback(OPERATOR, REASON)
    assert found().state is TOO_LITTLE


def test_what_no_criterion_asks_for_is_kept_by_none(fleet):
    assert Proving(fleet.store, fleet.plan).attest(OPERATOR, Check.DASHBOARDS_PRESENT, "abc", "They are there.") == 0
