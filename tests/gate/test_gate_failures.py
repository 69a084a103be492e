"""When no store can answer: closed where enforced, open in shadow, an error in both."""

import pytest
from gate_world import FULL, SHADOW, World

from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.ports.queries import ShadowQuery


@pytest.mark.parametrize(
    "error",
    [StoreUnavailable(), RuntimeError("a bug in an adapter")],
    ids=["store-unavailable", "unexpected"],
)
def test_enforced_it_is_denied_with_a_reason_of_its_own(store, error):
    world = World(store, rollout=FULL)
    world.reader.error = error

    answer = world.gate.check("anna", "p-1")

    assert (answer.allowed, answer.mode, answer.reason) == (False, "ENFORCED", "CHECK_FAILED")
    assert (answer.error_code, answer.cache_hit) == ("ERR_AUTHORIZATION_CHECK_FAILED", False)
    assert world.counts == {("cart", "ENFORCED", "CHECK_FAILED", False): 1}


def test_in_shadow_it_is_allowed_and_counted_as_an_error_but_no_line_of_the_report(store):
    world = World(store, rollout=SHADOW)
    world.down()

    answer = world.gate.check("anna", "p-1")

    assert (answer.allowed, answer.mode, answer.reason, answer.error_code) == (True, "SHADOW", "CHECK_FAILED", None)
    assert world.counts == {("cart", "SHADOW", "CHECK_FAILED", False): 1}
    assert world.shadow.flush()
    with store.view() as view:
        assert view.shadow.search(ShadowQuery()).items == []


def test_off_and_bypassed_need_no_store(store):
    for state in (RolloutState(phase=Phase.OFF), RolloutState(phase=Phase.CANARY)):
        world = World(store, rollout=state)
        world.down()
        assert world.gate.check("anna", "p-3", stage="settlement").allowed


def test_what_is_remembered_is_answered_while_the_store_is_down_but_not_beyond_the_lease(store):
    world = World(store)
    world.gate.check("anna", "p-1")
    world.down()

    world.clock.advance(1.999)
    assert world.gate.check("anna", "p-1").allowed
    world.clock.advance(0.001)
    assert world.gate.check("anna", "p-1").reason == "CHECK_FAILED"


def test_a_strict_check_fails_rather_than_answer_from_memory(store):
    world = World(store)
    world.gate.check("anna", "p-1")
    world.down()

    assert world.gate.check("anna", "p-1", stage="settlement").reason == "CHECK_FAILED"
    assert world.counts["settlement", "ENFORCED", "CHECK_FAILED", None] == 1


def test_a_failure_is_not_remembered(store):
    world = World(store)
    world.down()
    world.gate.check("anna", "p-1")
    world.up()

    assert world.gate.check("anna", "p-1").allowed


def test_a_batch_answers_what_it_can(store):
    world = World(store)
    world.gate.check("anna", "p-1")
    world.down()

    answers = world.gate.check_many("anna", ["p-2", "p-1", "p-2"])

    assert [answer.reason for answer in answers] == ["CHECK_FAILED", "APPROVED", "CHECK_FAILED"]
    assert world.counts["cart", "ENFORCED", "CHECK_FAILED", False] == 2


def test_a_question_about_the_past_fails_closed_as_well(store, monkeypatch):
    world = World(store)

    def no_view():
        raise StoreUnavailable

    monkeypatch.setattr(world.gate._evaluator, "_views", no_view)
    answer = world.gate.check("anna", "p-1", stage="settlement", as_of=world.clock.now())

    assert (answer.allowed, answer.reason) == (False, "CHECK_FAILED")


def test_an_outage_is_logged_once_and_again_when_it_is_over(store, caplog):
    caplog.set_level("INFO", logger="sellergate.services.evaluation")
    world = World(store)
    world.down()
    for _ in range(5):
        world.gate.check("anna", "p-1")
    world.up()
    for _ in range(5):
        world.gate.check("anna", "p-1", consistency="strict")

    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
