"""Readiness, and what health says of the feed."""

import math

import pytest
from shop import NOON

from sellergate.domain.rollout import Phase, RolloutState
from sellergate.ports.feed import FeedPosition
from sellergate.services.health import Health

AT_HEAD = {"reachable": True, "migrations": {"current": "7", "head": "7"}}


class Database:
    def __init__(self, health):
        self.health = lambda: health


class Feed:
    position = FeedPosition(upto=12)

    def __init__(self, lag_seconds):
        self.lag_seconds = lag_seconds


def health_of(database=AT_HEAD, lag_seconds=0.01, **more):
    return Health(
        Database(database), Feed(lag_seconds), rollout=lambda: RolloutState(phase=Phase.FULL), cache=dict, **more
    )


@pytest.mark.parametrize(("lag_seconds", "ready"), [(0.01, True), (1.999, True), (2.0, False), (math.inf, False)])
def test_a_process_is_ready_only_while_its_feed_is_live(lag_seconds, ready):
    health = health_of(lag_seconds=lag_seconds)

    assert health.ready() is ready
    assert health.detailed()["feed"]["live"] is ready
    assert health.detailed()["status"] == ("ok" if ready else "degraded")


@pytest.mark.parametrize(
    "database", [{"reachable": False}, {"reachable": True, "migrations": {"current": "6", "head": "7"}}]
)
def test_nor_without_a_database_that_answers_and_is_up_to_date(database):
    assert not health_of(database).ready()


def test_before_its_first_look_the_feed_has_no_age():
    assert health_of(lag_seconds=math.inf).detailed()["feed"]["lagSeconds"] is None


def test_who_controls_the_rollout_and_why_a_process_has_tripped_stand_with_the_rollout():
    held = {"holder": "process-1", "silentSeconds": 0.4, "failing": False}
    rollout = health_of(control=lambda: held, why_tripped=lambda: "Roll back. Errors 100 %.").detailed()["rollout"]

    assert (rollout["controller"], rollout["tripped"]) == (held, "Roll back. Errors 100 %.")
    assert health_of().detailed()["rollout"]["tripped"] is None


def test_how_soon_a_revocation_was_denied_the_last_time_stands_with_the_feed():
    last = {"milliseconds": 31, "at": NOON, "processes": 3, "applied": 3}

    assert health_of(revoke_to_deny=lambda: last).detailed()["feed"]["revokeToDeny"] == last
    assert health_of().detailed()["feed"]["revokeToDeny"] is None
