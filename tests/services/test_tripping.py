"""A process that nobody can reach any more rolls back by itself, as the plan says, and for the fleet when it can again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from control_world import OPERATOR, PLAN, REASON, Fleet, a_window

from sellergate.domain.plan import Breach
from sellergate.domain.rollout import Phase, RolloutAction, Source
from sellergate.services.tripping import LocalTrip


class Alone:
    """One process that sees its own checks; the database is there or not."""

    def __init__(self, fleet, pinned=None):
        self.fleet = fleet
        self.windows = []
        self.lag = 0.0
        self.tripped = False
        self.state = fleet.state()
        rollouts = fleet.process("alone").rollouts
        rollouts._pinned = pinned
        self.trip = LocalTrip(
            recent=lambda: self.windows,
            rollout=lambda: self.state,
            lag_seconds=lambda: self.lag,
            trip=self._trip,
            rollouts=rollouts,
            plan=fleet.plan,
            boot=fleet.boot,
            now=fleet.now,
        )

    def _trip(self, tripped):
        self.tripped = tripped

    def ten_seconds(self, **of_window):
        """Ten seconds of checks, with a look in each of them."""
        self.windows.append(a_window(self.fleet.time, **of_window))
        for _ in range(10):
            self.fleet.wait(1)
            self.trip.look()


@pytest.fixture
def fleet(memory_store):
    fleet = Fleet(memory_store)
    fleet.at("half")
    return fleet


@pytest.fixture
def alone(fleet):
    alone = Alone(fleet)
    alone.ten_seconds()
    return alone


def fail(alone, times=4):
    """The database is gone, and every check with it."""
    alone.lag = 60.0
    for _ in range(times):
        alone.ten_seconds(checks=100, errors=100)


def test_a_process_trips_once_its_checks_have_failed_as_long_as_the_plan_says(alone):
    fail(alone, 3)
    assert not alone.tripped
    assert alone.trip.sentence is None

    fail(alone, 1)
    assert alone.tripped
    assert alone.trip.sentence.startswith("Roll back. Errors")


def test_a_process_that_is_reached_by_a_controller_leaves_it_to_that(alone):
    for _ in range(9):
        alone.ten_seconds(checks=100, errors=100)

    assert not alone.tripped


def test_a_process_that_is_only_cut_off_and_answers_well_does_not_trip(alone):
    alone.lag = 600.0
    for _ in range(9):
        alone.ten_seconds(checks=100)

    assert not alone.tripped


@pytest.mark.parametrize("breach", [Breach.HOLD, Breach.NOTIFY])
def test_a_plan_that_does_not_roll_back_does_not_trip(memory_store, breach):
    fleet = Fleet(memory_store, replace(PLAN, steps=tuple(replace(step, breach=breach) for step in PLAN.steps)))
    fleet.at("half")
    alone = Alone(fleet)
    fail(alone, 9)

    assert not alone.tripped


def test_in_shadow_and_after_the_bake_time_nothing_trips(fleet, alone):
    alone.state = replace(alone.state, phase=Phase.SHADOW, step="shadow")
    fail(alone, 6)
    assert not alone.tripped

    alone.state = replace(alone.state, phase=Phase.FULL, step="full", since=fleet.now() - timedelta(days=8))
    fail(alone, 6)
    assert not alone.tripped


def test_when_the_database_is_back_the_rollback_is_made_for_the_fleet_and_the_process_follows_again(fleet, alone):
    fail(alone)
    alone.lag = 0.01
    alone.trip.look()

    assert not alone.tripped
    assert fleet.state().phase is Phase.OFF
    change = fleet.history()[0]
    assert (change.action, change.actor_id) == (RolloutAction.ROLLBACK, "controller")
    assert change.reason.startswith("A process had switched itself off while the database was gone. Roll back. Errors")


def test_of_several_processes_one_rolls_back_for_the_fleet(fleet, alone):
    other = Alone(fleet)
    alone.lag = other.lag = 60.0
    for _ in range(5):
        other.windows.append(a_window(fleet.time, checks=100, errors=100))
        alone.ten_seconds(checks=100, errors=100)
        other.trip.look()
    assert (alone.tripped, other.tripped) == (True, True)

    alone.lag = other.lag = 0.01
    alone.trip.look()
    other.trip.look()

    assert (alone.tripped, other.tripped) == (False, False)
    assert [change.action for change in fleet.history()].count(RolloutAction.ROLLBACK) == 1


def test_whoever_moved_the_rollout_meanwhile_is_followed(fleet, alone):
    fail(alone)
    fleet.operator.reduce(OPERATOR, REASON, percentage=10)
    alone.lag = 0.01
    alone.trip.look()

    assert not alone.tripped
    assert fleet.state().percentage == 10


def test_pinned_to_the_environment_a_process_stays_off_until_it_is_restarted(fleet):
    alone = Alone(fleet, pinned=Source.ENVIRONMENT)
    fail(alone)
    alone.lag = 0.01
    for _ in range(5):
        alone.trip.look()

    assert alone.tripped
    assert fleet.state().phase is Phase.PERCENTAGE
