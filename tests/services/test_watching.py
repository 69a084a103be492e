"""One process of the fleet has the watch over the rollout; another takes it soon after the first has died."""

import pytest
from control_world import Fleet
from walking import all_at_once

from sellergate.domain.errors import ConcurrentChange


@pytest.fixture
def fleet(store):
    return Fleet(store)


@pytest.fixture
def first(fleet):
    return fleet.process("first").watchman


@pytest.fixture
def second(fleet):
    return fleet.process("second").watchman


def holder(fleet):
    with fleet.store.view() as view:
        return view.watches.current().holder


def test_the_first_who_comes_holds_the_watch_and_goes_on_holding_it(fleet, first, second):
    assert first.hold().holder is None
    for _ in range(30):
        fleet.wait(2)
        assert second.hold() is None
        assert first.hold().holder == "first"

    assert holder(fleet) == "first"


def test_a_watch_that_stands_still_for_ten_seconds_is_taken_over_and_not_sooner(fleet, first, second):
    first.hold()
    assert second.hold() is None

    fleet.wait(9.999)
    assert second.hold() is None
    fleet.wait(0.001)
    assert second.hold() is not None
    assert holder(fleet) == "second"


def test_whoever_looks_for_the_first_time_waits_although_the_holder_may_be_long_dead(fleet, first, second):
    first.hold()
    fleet.wait(3600)

    assert second.hold() is None
    fleet.wait(10)
    assert second.hold() is not None


def test_a_holder_that_was_paused_finds_the_watch_taken_and_cannot_act(fleet, first, second):
    first.hold()
    second.hold()
    fleet.wait(10)
    second.hold()

    with pytest.raises(ConcurrentChange):
        _act(fleet, first)
    assert first.hold() is None
    with pytest.raises(ConcurrentChange):
        _act(fleet, first)

    _act(fleet, second)


def _act(fleet, watchman):
    with fleet.store.work() as work:
        watchman.fence(work)


def test_a_watch_that_was_given_up_is_free_at_once(fleet, first, second):
    first.hold()
    assert second.hold() is None
    first.give_up()

    assert holder(fleet) is None
    assert second.hold() is not None
    first.give_up()
    assert holder(fleet) == "second"


def test_how_long_the_watch_has_stood_still_is_known_to_everybody(fleet, first, second):
    first.hold()
    second.hold()
    fleet.wait(4)

    assert second.silent_seconds == 4
    first.hold()
    second.hold()
    assert second.silent_seconds == 0


def test_of_eight_who_come_at_once_one_gets_the_watch(fleet):
    watchmen = [fleet.process(f"process-{number}").watchman for number in range(8)]

    results = all_at_once(8, lambda index: watchmen[index].hold())

    assert sum(result is not None for result in results) == 1
