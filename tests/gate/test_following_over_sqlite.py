"""Two processes' stores on one database file: what one revokes, the other one's gate denies within moments."""

import time

import pytest
from gate_world import A_WHILE, World, a_shop, authorize, set_rollout

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.sql import SqlStore
from sellergate.domain.authorization import Status
from sellergate.domain.rollout import Phase
from sellergate.services.following import Follower
from sellergate.services.presence import Presence

SOON = 0.1
"""Seconds: the freshness contract."""


@pytest.fixture
def stores(tmp_path):
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    first = SqlStore.open(url, migrate=True)
    second = SqlStore.open(url, migrate=False)
    a_shop(first)
    yield first, second
    first.close()
    second.close()


@pytest.fixture
def followed(stores):
    """A gate over the second store that learns of the first one's commits by looking."""
    world = World(stores[1], attach=False)
    world.clock.boot = boot_now
    world.memory._boot = boot_now
    world.gate._boot = world.gate._evaluator._flights._boot = boot_now
    follower = Follower(
        stores[1], world.memory, follow=world.gate.follow, environment=world.gate.rollout, pinned=None, boot=boot_now
    )
    follower.start()
    world.follower = follower
    yield world
    follower.stop()


def time_until(condition):
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < A_WHILE, "did not happen in time"
        time.sleep(0.001)
    return time.monotonic() - began


def test_a_revocation_by_another_process_is_denied_within_the_freshness_contract(stores, followed):
    times = []
    for product in ("p-1", "p-2", "p-3", "p-4", "p-5"):
        if product not in ("p-1", "p-2"):
            authorize(stores[0], "anna", product)
        time_until(lambda product=product: followed.gate.check("anna", product).allowed)
        authorize(stores[0], "anna", product, Status.REVOKED)
        times.append(time_until(lambda product=product: not followed.gate.check("anna", product).allowed))

    assert sorted(times)[len(times) // 2] < SOON


def test_memory_is_used_between_the_looks(followed):
    followed.gate.check("anna", "p-1")

    assert followed.gate.check("anna", "p-1").cache_hit


def test_a_rollout_moved_by_another_process_is_followed(stores, followed):
    set_rollout(stores[0], Phase.SHADOW)

    time_until(lambda: followed.gate.rollout.phase is Phase.SHADOW)


def test_another_process_can_read_back_how_far_this_one_has_followed(stores, followed):
    presence = Presence(
        stores[1],
        process_id="second",
        position=lambda: followed.follower.position,
        rollout=lambda: followed.gate.rollout,
    )
    followed.follower._heard = presence.wake
    presence.start()
    try:
        authorize(stores[0], "anna", "p-1", Status.REVOKED)

        def applied():
            with stores[0].view() as view:
                reports = view.processes.live(presence._started_at)
            return [report.applied_sequence for report in reports] == [stores[0].look(None).position.upto]

        assert time_until(applied) < 1
    finally:
        presence.stop()
