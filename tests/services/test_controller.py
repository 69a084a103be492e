"""The controller does what the plan says about what was measured, and writes down why."""

from dataclasses import replace
from datetime import timedelta

import pytest
from control_world import OPERATOR, PLAN, REASON, Fleet

from sellergate.domain.evidence import canonical, judgement_json, replay
from sellergate.domain.notices import OPERATORS, Audience, Kind
from sellergate.domain.plan import Breach
from sellergate.domain.rollout import Phase, RolloutAction
from sellergate.ports.queries import PageRequest


@pytest.fixture
def fleet(memory_store):
    return Fleet(memory_store)


@pytest.fixture
def process(fleet):
    return fleet.process("first")


def with_breach(breach):
    return replace(PLAN, steps=tuple(replace(step, breach=breach) for step in PLAN.steps))


def good(fleet, process, times):
    for _ in range(times):
        fleet.measured()
        process.tick()


def bad(fleet, process, times, **of_window):
    for _ in range(times):
        fleet.measured(**of_window)
        process.tick()


def test_errors_that_last_are_rolled_back_with_the_verdict_they_were_rolled_back_for(fleet, process):
    fleet.at("half")
    good(fleet, process, 5)
    bad(fleet, process, 3, errors=25)
    assert fleet.state().phase is Phase.PERCENTAGE

    bad(fleet, process, 1, errors=25)

    assert fleet.state().phase is Phase.OFF
    change = fleet.history()[0]
    assert (change.action, change.actor_id, change.actor_role) == (RolloutAction.ROLLBACK, "controller", "system")
    assert change.reason.startswith("For 30 s: Roll back. Errors 5")
    with fleet.store.view() as view:
        verdict = view.verdicts.get(change.verdict_id)
    assert verdict.verdict == "ROLL_BACK"
    assert canonical(judgement_json(replay(verdict.evidence))) == canonical(verdict.judgement)


def test_the_operators_are_told_of_a_verdict_once_and_of_the_rollback_that_followed(fleet, process):
    fleet.at("half")
    good(fleet, process, 5)
    bad(fleet, process, 6, errors=25)
    with fleet.store.view() as view:
        told = [row.notice for row in view.notices.inbound(Audience.OPERATOR, OPERATORS, PageRequest(100)).items]

    assert [notice.facts["verdict"] for notice in told if notice.kind == Kind.VERDICT_CHANGED] == ["ROLL_BACK"]
    assert [notice.facts["actorId"] for notice in told if notice.kind == Kind.ROLLED_BACK] == ["controller"]


def test_a_blip_of_three_seconds_does_not_undo_a_week(fleet, process):
    fleet.at("half")
    fleet.operator.hold(OPERATOR, REASON)
    good(fleet, process, 12)
    bad(fleet, process, 1, checks=1_700, errors=500)
    assert fleet.verdicts()[0].verdict == "ROLL_BACK"

    bad(fleet, process, 40, checks=1_700)
    assert fleet.state().phase is Phase.PERCENTAGE
    assert fleet.verdicts()[0].verdict == "CONTINUE"


def test_checks_slower_than_ten_milliseconds_are_rolled_back(fleet, process):
    fleet.at("half")
    bad(fleet, process, 5, slow=250)

    assert fleet.state().phase is Phase.OFF
    assert "P95" in fleet.history()[0].reason


def test_a_cache_that_is_gone_is_to_be_looked_into_and_neither_rolled_back_nor_promoted(fleet, process):
    fleet.at("half")
    bad(fleet, process, 60, misses=500)

    assert fleet.verdicts()[0].verdict == "INVESTIGATE"
    assert "Cache hits" in fleet.verdicts()[0].sentence
    assert fleet.state().step == "half"


@pytest.mark.parametrize(("breach", "held"), [(Breach.HOLD, True), (Breach.NOTIFY, False)])
def test_a_breach_only_does_what_the_plan_says(memory_store, breach, held):
    fleet = Fleet(memory_store, with_breach(breach))
    fleet.at("half")
    bad(fleet, fleet.process("first"), 6, errors=250)

    assert (fleet.state().phase, fleet.state().held) == (Phase.PERCENTAGE, held)
    assert len([change for change in fleet.history() if change.actor_id == "controller"]) == held


def test_silence_is_no_breach_and_no_permission(fleet, process):
    fleet.at("half")
    for _ in range(60):
        fleet.silent()
        process.tick()

    assert fleet.state().step == "half"
    assert fleet.verdicts()[0].verdict == "NOT_ENOUGH_DATA"


def test_nobody_measuring_is_no_breach_and_no_permission(fleet, process):
    fleet.at("half")
    good(fleet, process, 2)
    for _ in range(60):
        fleet.wait(10)
        process.tick()

    assert fleet.state().step == "half"
    assert fleet.verdicts()[0].verdict == "NOT_ENOUGH_DATA"


def test_good_traffic_goes_through_the_whole_plan_by_itself(fleet, process):
    fleet.at("shadow")
    for _ in range(40):
        fleet.measured()
        process.tick()

    assert fleet.state().phase is Phase.FULL
    assert [change.to_step for change in fleet.history()] == ["full", "half", "shadow"]
    assert {change.actor_id for change in fleet.history()[:2]} == {"controller"}


def test_a_promotion_waits_for_its_minimum_duration(fleet, process):
    fleet.at("half")
    good(fleet, process, 5)
    assert fleet.state().step == "half"
    good(fleet, process, 2)
    assert fleet.state().step == "full"


def test_while_on_hold_nothing_is_promoted_and_a_breach_is_still_rolled_back(fleet, process):
    fleet.at("half")
    fleet.operator.hold(OPERATOR, REASON)
    good(fleet, process, 12)
    assert fleet.state().step == "half"

    bad(fleet, process, 5, errors=50)
    assert fleet.state().phase is Phase.OFF


def test_the_full_rollout_is_rolled_back_in_its_bake_time_and_left_to_people_after_it(memory_store):
    fleet = Fleet(memory_store, replace(PLAN, bake=timedelta(minutes=2)))
    process = fleet.process("first")
    fleet.at("full")
    good(fleet, process, 14)
    bad(fleet, process, 10, errors=50)

    assert fleet.state().phase is Phase.FULL
    assert fleet.verdicts()[0].verdict == "ROLL_BACK"


def test_only_the_process_that_has_the_watch_acts(fleet, process):
    second = fleet.process("second")
    fleet.at("half")
    for _ in range(8):
        fleet.measured(errors=50)
        process.tick()
        second.tick()

    assert [change.action for change in fleet.history()].count(RolloutAction.ROLLBACK) == 1


def test_a_controller_that_dies_is_replaced_and_the_verdict_goes_on_lasting(fleet, process):
    second = fleet.process("second")
    fleet.at("half")
    bad(fleet, process, 2, errors=50)
    assert second.tick() is None  # sees the watch for the first time; from here on the first is dead

    bad(fleet, second, 1, errors=50)
    assert fleet.state().step == "half"
    bad(fleet, second, 1, errors=50)

    assert fleet.state().phase is Phase.OFF


def test_after_a_long_silence_of_all_controllers_a_verdict_has_to_last_anew(fleet, process):
    fleet.at("half")
    bad(fleet, process, 2, errors=50)
    fleet.wait(3600)
    bad(fleet, process, 3, errors=50)
    assert fleet.state().step == "half"

    bad(fleet, process, 1, errors=50)
    assert fleet.state().phase is Phase.OFF


def test_an_operator_who_is_faster_wins(fleet, process, monkeypatch):
    fleet.at("half")
    bad(fleet, process, 3, errors=50)
    judge = process.judge.judge

    def judged_while_the_operator_acts(state):
        judged = judge(state)
        fleet.operator.reduce(OPERATOR, REASON, percentage=10)
        return judged

    monkeypatch.setattr(process.judge, "judge", judged_while_the_operator_acts)
    fleet.measured(errors=50)

    assert process.tick() is None
    assert (fleet.state().phase, fleet.state().percentage) == (Phase.PERCENTAGE, 10)


def test_a_verdict_is_stored_when_it_changes_and_every_hour(fleet, process):
    fleet.at("half")
    fleet.operator.hold(OPERATOR, REASON)
    good(fleet, process, 370)

    verdicts = [verdict.verdict for verdict in fleet.verdicts()]
    assert verdicts == ["CONTINUE", "CONTINUE", "NOT_ENOUGH_DATA"]
    assert fleet.verdicts()[0].since == fleet.verdicts()[1].since


def test_everybody_knows_who_controls_the_rollout_and_for_how_long_they_have_not_moved(fleet, process):
    second = fleet.process("second")
    assert second.controller.health() is None
    process.tick()
    second.tick()
    fleet.wait(3)

    assert second.controller.health() == {"holder": "first", "silentSeconds": 3.0, "failing": False}
    process.controller.stop()
    second.tick()
    assert second.controller.holds_watch
    assert second.controller.health()["holder"] == "second"


def test_while_the_gates_are_off_nothing_is_judged(fleet, process):
    fleet.wait(60)
    assert process.tick() is None
    assert fleet.verdicts() == []
