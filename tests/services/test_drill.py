"""A drill measures the way back and moves nothing."""

from dataclasses import replace

import pytest
from shop import OPERATOR, Shop

from builders import a_report, all_changes
from sellergate.adapters.kill_switch import why_not_creatable
from sellergate.domain.errors import InvalidStatus, ReasonRequired
from sellergate.domain.rollout import Phase, RolloutAction, RolloutState, Source
from sellergate.domain.trials import TrialKind
from sellergate.ports.feed import ChangeKind
from sellergate.ports.queries import PageRequest
from sellergate.services.drill import Drill
from sellergate.services.trials import TrialBook

WHY = "The weekly drill."


def a_drill(shop, **options):
    return Drill(shop.rollouts, TrialBook(shop.store, now=shop.now), **{"kill_switch": None, **options})


@pytest.fixture
def shop(store):
    shop = Shop(store, environment=RolloutState(phase=Phase.SHADOW))
    shop.rollouts.promote(OPERATOR, "The first products.", canary_products=["a-1"])
    shop.rollouts.hold(OPERATOR, "Over the weekend.")
    return shop


def test_the_rollout_is_the_same_under_a_new_version(shop):
    before = shop.rollouts.current()
    shop.wait(hours=1)

    report = a_drill(shop).rollback(OPERATOR, WHY)

    assert shop.rollouts.current() == replace(before, version=before.version + 1)
    assert report.version == before.version + 1
    assert all_changes(shop.store)[-1].kind is ChangeKind.ROLLOUT


def test_the_history_calls_it_a_drill(shop):
    a_drill(shop).rollback(OPERATOR, WHY)

    newest = shop.rollouts.history(PageRequest(1)).items[0]
    assert (newest.action, newest.from_phase, newest.to_phase) == (RolloutAction.DRILL, Phase.CANARY, Phase.CANARY)
    assert (newest.actor_id, newest.reason) == ("operator-1", WHY)


def test_what_was_seen_is_evidence(shop):
    report = a_drill(shop).rollback(OPERATOR, WHY)

    kept = TrialBook(shop.store).latest(TrialKind.DRILL)
    assert (kept.holds, kept.actor_id, kept.at) == (True, "operator-1", shop.time)
    assert kept.summary == report.summary()
    assert (report.receipt.processes, report.receipt.applied) == (1, 1)


def test_a_process_that_does_not_follow_makes_it_fail(shop):
    with shop.store.work() as work:
        work.processes.report(a_report("deaf", seen_at=shop.time, rollout_version=0))

    report = a_drill(shop).rollback(OPERATOR, WHY)

    assert (report.receipt.processes, report.receipt.applied, report.holds) == (2, 1, False)


def test_without_any_process_nothing_was_proved(shop):
    report = a_drill(shop).rollback(OPERATOR, WHY)
    nobody = replace(report, receipt=replace(report.receipt, processes=0, applied=0))

    assert report.holds
    assert not nobody.holds


def test_a_second_is_the_limit(shop):
    report = a_drill(shop).rollback(OPERATOR, WHY)

    assert replace(report, milliseconds=1000).holds
    assert not replace(report, milliseconds=1001).holds


def test_a_kill_switch_that_cannot_be_thrown_makes_it_fail(shop):
    report = a_drill(shop, kill_switch=lambda: "/nowhere: Read-only file system").rollback(OPERATOR, WHY)

    assert (report.kill_switch_configured, report.holds) == (True, False)
    assert a_drill(shop, kill_switch=lambda: None).rollback(OPERATOR, WHY).holds


@pytest.mark.parametrize("pinned", [None, Source.ENVIRONMENT])
def test_the_environments_phase_is_not_taken_over_by_a_drill(store, pinned):
    shop = Shop(store, environment=RolloutState(phase=Phase.FULL, percentage=100), pinned=pinned)

    with pytest.raises(InvalidStatus):
        a_drill(shop).rollback(OPERATOR, WHY)

    assert shop.rollouts.current().version == 0
    assert TrialBook(store).latest(TrialKind.DRILL) is None


def test_it_needs_a_reason(shop):
    with pytest.raises(ReasonRequired):
        a_drill(shop).rollback(OPERATOR, "")


def test_the_kill_switch_is_tried_without_being_thrown(tmp_path):
    file = tmp_path / "run" / "KILL"

    assert why_not_creatable(file) is None
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "run").touch()
    assert "Not a directory" in why_not_creatable(file)
    assert "is there already" in why_not_creatable(tmp_path / "run")
    assert why_not_creatable(type(file)("/proc/none/KILL")) is not None
