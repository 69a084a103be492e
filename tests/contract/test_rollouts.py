"""Every store keeps one managed rollout, changed by compare-and-set."""

import pytest
from walking import all_at_once

from builders import HOUR, NOON, a_rollout, a_rollout_change
from sellergate.domain.errors import ConcurrentChange
from sellergate.domain.rollout import Phase, RolloutAction, Source, Unselected
from sellergate.ports.queries import PageRequest


def save(store, before, state, **change):
    with store.work() as work:
        work.rollouts.save(before, state, a_rollout_change(state.version, **change))


def current(store):
    with store.view() as view:
        return view.rollouts.current()


def history(store):
    with store.view() as view:
        return view.rollouts.history(PageRequest()).items


def test_nobody_has_managed_the_rollout_yet(store):
    assert current(store) is None
    assert history(store) == []


def test_the_state_comes_back_as_it_was_stored(store):
    state = a_rollout(
        phase=Phase.PERCENTAGE,
        percentage=50,
        canary_products=frozenset({"p-1", "p-2"}),
        unselected=Unselected.SHADOW,
        source=Source.MANAGED,
        since=NOON,
        held=True,
        step="half",
        endpoints=False,
    )
    change = {
        "reason": "사유가 있습니다. 확인.",
        "override": True,
        "overridden": ("It is on hold.", "너무 이르다."),
        "from_step": "canary",
        "to_step": "half",
    }
    save(store, 0, state, **change)

    assert current(store) == state
    assert history(store) == [a_rollout_change(**change)]


def test_a_kill_switch_is_not_stored(store):
    save(store, 0, a_rollout().killed())

    assert not current(store).kill_switch


def test_a_state_replaces_the_one_it_was_made_from(store):
    save(store, 0, a_rollout(1))
    save(store, 1, a_rollout(2, phase=Phase.OFF, since=None))

    assert current(store) == a_rollout(2, phase=Phase.OFF, since=None)
    assert [change.version for change in history(store)] == [2, 1]


@pytest.mark.parametrize("before", [0, 2, 7])
def test_a_state_made_from_another_is_refused(store, before):
    save(store, 0, a_rollout(1))

    with pytest.raises(ConcurrentChange):
        save(store, before, a_rollout(before + 1, phase=Phase.FULL))

    assert current(store) == a_rollout(1)
    assert len(history(store)) == 1


def test_the_first_state_cannot_follow_one_that_is_not_there(store):
    with pytest.raises(ConcurrentChange):
        save(store, 1, a_rollout(2))

    assert current(store) is None


@pytest.mark.parametrize("before", [0, 1])
def test_of_sixteen_operators_one_moves_the_rollout(store, before):
    if before:
        save(store, 0, a_rollout(1))

    results = all_at_once(16, lambda index: save(store, before, a_rollout(before + 1, percentage=index)))

    assert results.count(None) == 1
    assert sum(isinstance(result, ConcurrentChange) for result in results) == 15
    assert current(store).percentage == results.index(None)
    assert len(history(store)) == before + 1


def test_the_last_change_of_an_action_is_found_among_all_others(store):
    with store.view() as view:
        assert view.rollouts.last(RolloutAction.ROLLBACK) is None

    save(store, 0, a_rollout(1), action=RolloutAction.ROLLBACK, reason="The first time.")
    save(store, 1, a_rollout(2), action=RolloutAction.ROLLBACK, reason="The second time.", at=NOON + HOUR)
    save(store, 2, a_rollout(3))

    with store.view() as view:
        found = view.rollouts.last(RolloutAction.ROLLBACK)
    assert (found.reason, found.at) == ("The second time.", NOON + HOUR)
