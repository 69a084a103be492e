"""Following the feed: what others commit, what this process commits, and what happens while nobody can say."""

import math
import time

import pytest
from gate_world import A_WHILE, FULL, World, authorize, put_seller, set_rollout

from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.rollout import Phase, RolloutState, Source
from sellergate.services.following import Follower

CANARY = RolloutState(phase=Phase.CANARY)


class Flaky:
    """A store some of whose answers about the feed can be made to fail, and whose listeners can be kept from hearing."""

    def __init__(self, store):
        self._store = store
        self.failing = set()
        self.deaf = False
        self.asked = []

    def __getattr__(self, name):
        if name in self.failing:
            raise StoreUnavailable
        if name in ("look", "recent", "may_have_changed"):
            self.asked.append(name)
        return getattr(self._store, name)

    def subscribe(self, listener):
        self._store.subscribe(lambda changes: None if self.deaf else listener(changes))


@pytest.fixture
def flaky(store):
    return Flaky(store)


@pytest.fixture
def deaf(flaky):
    """A world that learns of changes by looking only, as if another process had made them."""
    flaky.deaf = True
    return World(flaky)


def test_what_others_commit_is_applied_by_the_next_look(deaf):
    deaf.gate.check("anna", "p-1")
    authorize(deaf.store, "anna", "p-1", Status.REVOKED)
    assert deaf.gate.check("anna", "p-1").allowed

    deaf.follower.sync()

    assert deaf.gate.check("anna", "p-1").reason == "REVOKED"
    assert deaf.follower.position == deaf.store.look(None).position


def test_nothing_is_read_while_nothing_may_have_changed(deaf):
    deaf.clock.advance(0.01)
    deaf.follower.sync()
    deaf.store.asked.clear()

    for _ in range(10):
        deaf.clock.advance(0.01)
        deaf.follower.sync()

    assert deaf.store.asked == ["may_have_changed"] * 10


def test_everything_is_read_twice_a_second_whatever_the_store_says_of_changes(deaf, monkeypatch):
    deaf.gate.check("anna", "p-1")
    monkeypatch.setattr(deaf.store._store, "may_have_changed", lambda: False)
    authorize(deaf.store, "anna", "p-1", Status.REVOKED)
    deaf.later(0.499)
    assert deaf.gate.check("anna", "p-1").allowed

    deaf.later(0.001)

    assert deaf.gate.check("anna", "p-1").reason == "REVOKED"


def test_a_look_that_fails_halfway_is_made_up_for_before_the_lease_is_renewed(deaf):
    """The store has said that something changed and will not say it again; the changes themselves could not be read."""
    deaf.gate.check("anna", "p-1")
    authorize(deaf.store, "anna", "p-1", Status.REVOKED)
    deaf.store.failing = {"look"}
    with pytest.raises(StoreUnavailable):
        deaf.follower.sync()
    deaf.store.failing = set()

    deaf.clock.advance(0.01)
    deaf.follower.sync()

    assert deaf.gate.check("anna", "p-1").reason == "REVOKED"


def test_a_look_that_fails_at_its_very_beginning_is_made_up_for_as_well(deaf, monkeypatch):
    deaf.gate.check("anna", "p-1")
    authorize(deaf.store, "anna", "p-1", Status.REVOKED)
    changed = deaf.store._store.may_have_changed

    def loses_the_answer():
        assert changed()
        raise StoreUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(deaf.store._store, "may_have_changed", loses_the_answer)
        with pytest.raises(StoreUnavailable):
            deaf.follower.sync()

    deaf.clock.advance(0.01)
    deaf.follower.sync()

    assert deaf.gate.check("anna", "p-1").reason == "REVOKED"


def test_a_rollout_that_could_not_be_read_is_read_by_the_next_look(deaf):
    set_rollout(deaf.store, Phase.SHADOW)
    deaf.store.failing = {"view"}
    with pytest.raises(StoreUnavailable):
        deaf.follower.sync()
    deaf.store.failing = set()
    deaf.clock.advance(0.01)
    deaf.follower.sync()

    assert deaf.gate.rollout.phase is Phase.SHADOW


def test_the_lease_counts_from_when_the_look_began(deaf, monkeypatch):
    deaf.gate.check("anna", "p-1")
    changed = deaf.store._store.may_have_changed
    monkeypatch.setattr(deaf.store._store, "may_have_changed", lambda: (changed(), deaf.clock.advance(1.5))[0])
    deaf.follower.sync()

    deaf.clock.advance(0.499)
    assert deaf.gate.check("anna", "p-1").cache_hit
    deaf.clock.advance(0.001)
    assert not deaf.gate.check("anna", "p-1").cache_hit


def test_a_revocation_missed_while_the_feed_was_lost_is_applied_before_memory_is_believed_again(deaf):
    deaf.gate.check("anna", "p-1")
    deaf.store.failing = {"may_have_changed"}
    authorize(deaf.store, "anna", "p-1", Status.REVOKED)
    deaf.clock.advance(3)
    with pytest.raises(StoreUnavailable):
        deaf.follower.sync()
    assert deaf.gate.check("anna", "p-2").reason == "APPROVED"
    assert deaf.gate.check("anna", "p-1").reason == "REVOKED"

    deaf.store.failing = set()
    deaf.follower.sync()

    assert deaf.gate.check("anna", "p-1").reason == "REVOKED"
    assert deaf.gate.check("anna", "p-1").cache_hit


def test_own_changes_are_applied_before_the_verb_answers(world):
    world.gate.check("anna", "p-1")
    with world.store.work() as work:
        assert work.authorizations.find("anna", "p-1")
    authorize(world.store, "anna", "p-1", Status.REVOKED)

    assert world.gate.check("anna", "p-1").reason == "REVOKED"


def test_own_rollout_changes_are_followed_before_the_verb_answers(world):
    set_rollout(world.store, Phase.SHADOW)

    assert world.gate.rollout.phase is Phase.SHADOW


def test_a_listener_never_fails_the_verb(flaky, caplog):
    world = World(flaky)
    flaky.failing = {"view"}
    set_rollout(flaky._store, Phase.SHADOW)
    assert world.gate.rollout == FULL
    flaky.failing = set()

    world.clock.advance(0.5)
    world.follower.sync()

    assert world.gate.rollout.phase is Phase.SHADOW
    assert "cannot be followed" in caplog.text


def test_only_what_others_made_is_worth_an_early_report(store):
    world = World(store)
    authorize(store, "anna", "p-3")
    world.follower.sync()
    assert world.heard == 0

    other = Flaky(store)
    other.deaf = True
    deaf = World(other)
    authorize(store, "anna", "p-4")
    deaf.follower.sync()
    assert deaf.heard == 1


def test_a_managed_rollout_is_followed_and_an_older_reading_never_wins(store):
    world = World(store, rollout=CANARY)
    assert world.gate.rollout == CANARY

    set_rollout(store, Phase.PERCENTAGE, percentage=50)
    older = store.view
    with older() as view:
        before = view.rollouts.current()
    set_rollout(store, Phase.FULL, percentage=100)
    world.follower.sync()
    assert world.gate.rollout.version == 2

    class Older:
        def view(self):
            return self

        def __enter__(self):
            self.rollouts = self
            return self

        def __exit__(self, *_):
            pass

        def current(self):
            return before

    world.follower._rollout.read(Older())
    assert world.gate.rollout.version == 2


@pytest.mark.parametrize(
    ("pinned", "phase"), [(None, "full"), (Source.ENVIRONMENT, "canary"), (Source.MANAGED, "full")]
)
def test_the_rollout_may_be_pinned(store, pinned, phase):
    world = World(store, rollout=CANARY, pinned=pinned)
    set_rollout(store, Phase.FULL, percentage=100)
    world.follower.sync()

    assert world.gate.rollout.phase.value == phase


def test_pinned_to_a_managed_rollout_nobody_has_begun_is_off(store):
    assert World(store, rollout=FULL, pinned=Source.MANAGED).gate.check("ben", "p-1").mode == "OFF"


def test_the_kill_switch_needs_no_store_and_gives_back_what_was_decided_meanwhile(store):
    world = World(store)
    world.store = None
    world.follower.kill_switch(present=True)
    assert world.gate.check("ben", "p-1").mode == "OFF"
    assert world.gate.rollout.kill_switch

    set_rollout(store, Phase.SHADOW)
    world.follower.sync()
    assert world.gate.rollout.phase is Phase.OFF

    world.follower.kill_switch(present=False)
    assert world.gate.rollout.phase is Phase.SHADOW
    assert not world.gate.rollout.kill_switch


def test_lag_is_the_age_of_the_last_successful_look(store):
    world = World(store, attach=False)
    assert world.follower.lag_seconds == math.inf
    world.follower.sync()
    world.clock.advance(1.25)

    assert world.follower.lag_seconds == 1.25


def test_a_process_that_cannot_know_the_rollout_does_not_begin(flaky):
    flaky.failing = {"look"}
    with pytest.raises(StoreUnavailable):
        World(flaky)


def test_a_revocation_between_a_read_and_the_beginning_of_the_feed_is_not_missed(store):
    """The read began, and the revocation committed, before the first look had said where the feed stands."""
    world = World(store, attach=False)
    facts = world.reader.facts

    def slow(*asked):
        answer = facts(*asked)
        authorize(store, "anna", "p-1", Status.REVOKED)
        world.clock.advance(0.001)
        world.follower.attach()
        return answer

    world.reader.facts = slow
    assert world.gate.check("anna", "p-1").reason == "APPROVED"
    del world.reader.facts

    assert world.gate.check("anna", "p-1").reason == "REVOKED"


def until(condition):
    deadline = time.monotonic() + A_WHILE
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.002)


def test_the_thread_goes_on_through_an_outage_and_recovers_by_itself(flaky, caplog):
    flaky.deaf = True
    world = World(flaky, attach=False)
    follower = Follower(
        flaky, world.memory, follow=world.gate.follow, environment=FULL, pinned=None, boot=world.clock.boot
    )
    follower.start()
    try:
        flaky.failing = {"may_have_changed"}
        until(lambda: follower.failures >= 2)
        flaky.failing = set()
        put_seller(flaky._store, "anna", status=SellerStatus.SUSPENDED)
        until(lambda: follower.position == flaky._store.look(None).position)
    finally:
        follower.stop()
    assert caplog.text.count("cannot be followed") == 1
