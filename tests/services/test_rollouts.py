"""Moving the rollout: the history has every change, and nobody moves what the environment pins."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from shop import OPERATOR, Shop

from builders import all_changes
from sellergate.domain.errors import CriteriaNotMet, InvalidInput, InvalidStatus, ReasonRequired, SellergateError
from sellergate.domain.rollout import Phase, RolloutState, Source, Unselected
from sellergate.ports.feed import ChangeKind
from sellergate.ports.queries import PageRequest

WHY = "Everything has been quiet for a week."


def test_the_first_managed_change_starts_from_the_environment(store):
    shop = Shop(store, environment=RolloutState(phase=Phase.SHADOW))

    moved = shop.rollouts.promote(OPERATOR, WHY, canary_products=["a-1"])

    assert (moved.state.phase, moved.state.source, moved.state.version) == (Phase.CANARY, Source.MANAGED, 1)
    assert moved.state.canary_products == {"a-1"}
    assert moved.state.unselected is Unselected.SHADOW
    assert shop.rollouts.current() == moved.state


def test_pinned_to_managed_with_nothing_stored_the_phase_is_off(store):
    assert Shop(store, pinned=Source.MANAGED).rollouts.current().phase is Phase.OFF


def test_pinned_to_the_environment_nothing_can_be_changed(store):
    shop = Shop(store, pinned=Source.ENVIRONMENT)

    with pytest.raises(InvalidStatus):
        shop.rollouts.promote(OPERATOR, WHY)


def test_a_rollout_goes_up_the_seeds_ladder_and_down_at_once(store):
    shop = Shop(store)
    states = [shop.rollouts.promote(OPERATOR, WHY).state for _ in range(3)]
    states.append(shop.rollouts.rollback(OPERATOR, WHY).state)

    assert [(state.phase, state.percentage) for state in states] == [
        (Phase.CANARY, 0),
        (Phase.PERCENTAGE, 50),
        (Phase.FULL, 100),
        (Phase.OFF, 0),
    ]
    assert [change.version for change in shop.rollouts.history(PageRequest()).items] == [4, 3, 2, 1]
    assert {(change.actor_id, change.reason) for change in shop.rollouts.history(PageRequest()).items} == {
        ("operator-1", WHY)
    }


def test_every_change_is_announced(store):
    shop = Shop(store)
    before = len(all_changes(store))

    shop.rollouts.promote(OPERATOR, WHY)

    [change] = all_changes(store)[before:]
    assert (change.kind, change.version) == (ChangeKind.ROLLOUT, 1)


def test_a_held_rollout_is_promoted_only_by_an_override(store):
    shop = Shop(store)
    shop.rollouts.hold(OPERATOR, WHY)

    with pytest.raises(CriteriaNotMet):
        shop.rollouts.promote(OPERATOR, WHY)
    shop.rollouts.promote(OPERATOR, WHY, override=True)

    assert shop.rollouts.history(PageRequest()).items[0].override


def test_since_is_when_the_phase_began_not_when_it_was_held(store):
    shop = Shop(store)
    began = shop.rollouts.promote(OPERATOR, WHY).state.since
    shop.wait(days=1)

    assert shop.rollouts.hold(OPERATOR, WHY).state.since == began
    assert shop.rollouts.resume(OPERATOR, WHY).state.since == began
    assert shop.rollouts.promote(OPERATOR, WHY).state.since > began


@pytest.mark.parametrize("verb", ["promote", "reduce", "rollback", "hold", "resume"])
def test_every_change_needs_a_reason(store, verb):
    shop = Shop(store)

    with pytest.raises(ReasonRequired):
        getattr(shop.rollouts, verb)(OPERATOR, "ok")
    assert shop.rollouts.history(PageRequest()).total == 0


def test_a_percentage_that_is_no_step_forward_is_refused(store):
    shop = Shop(store)
    shop.rollouts.promote(OPERATOR, WHY, percentage=50, override=True)

    for percentage in (50, 10, 101):
        with pytest.raises(InvalidInput):
            shop.rollouts.promote(OPERATOR, WHY, percentage=percentage)


def test_of_concurrent_promotions_each_is_one_step(store):
    shop = Shop(store)
    barrier = threading.Barrier(8)

    def promote(_):
        barrier.wait()
        try:
            return shop.rollouts.promote(OPERATOR, WHY).state.phase
        except SellergateError:
            return None

    with ThreadPoolExecutor(8) as threads:
        phases = [phase for phase in threads.map(promote, range(8)) if phase]

    assert sorted(phases) == sorted([Phase.CANARY, Phase.PERCENTAGE, Phase.FULL][: len(phases)])
    assert shop.rollouts.history(PageRequest()).total == len(phases)
