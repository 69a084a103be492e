"""The outbox as a state machine: nothing is lost, and no two ever send the same message at the same time."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from builders import NOON, TICK, a_message, an_item
from sellergate.adapters.memory import MemoryStore
from sellergate.domain.errors import InvalidStatus
from sellergate.domain.messages import ERROR_MAX, Backoff, Channel, MessageState

LEASE = timedelta(seconds=60)
BACKOFF = Backoff(attempts=3)


def test_a_leased_message_is_due_again_when_the_lease_ends():
    leased = a_message().leased(NOON, LEASE)

    assert not leased.is_due(NOON + LEASE - TICK)
    assert leased.is_due(NOON + LEASE)
    assert (leased.attempts, leased.lease, leased.is_untouched) == (1, 1, False)


def test_a_message_that_fails_is_tried_again_and_given_up_after_the_last_attempt():
    message = a_message()
    for attempt in (1, 2):
        message = message.leased(NOON, LEASE).failed(NOON, "500", BACKOFF, final=False, dice=0)
        assert (message.state, message.attempts, message.error) == (MessageState.PENDING, attempt, "500")
        assert message.due_at == NOON + BACKOFF.pause(attempt, 0)
    message = message.leased(NOON, LEASE).failed(NOON, "500", BACKOFF, final=False, dice=0)

    assert (message.state, message.done_at) == (MessageState.DEAD, NOON)


def test_a_refusal_for_good_is_the_end_at_once():
    dead = a_message().leased(NOON, LEASE).failed(NOON, "no such user", BACKOFF, final=True, dice=0)

    assert dead.state is MessageState.DEAD


def test_a_dead_message_can_be_sent_after_all_with_all_its_attempts():
    dead = a_message().leased(NOON, LEASE).failed(NOON, "no such user", BACKOFF, final=True, dice=0)
    again = dead.retried(NOON + LEASE)

    assert (again.state, again.attempts, again.due_at) == (MessageState.PENDING, 0, NOON + LEASE)
    assert again.lease == dead.lease  # so that whoever had it before has no say
    assert again.uid == dead.uid


@pytest.mark.parametrize("make", [lambda m: m.sent(NOON), lambda m: m.leased(NOON, LEASE).sent(NOON)])
def test_what_was_sent_stays_sent(make):
    sent = make(a_message())

    for move in (
        lambda: sent.leased(NOON, LEASE),
        lambda: sent.retried(NOON),
        lambda: sent.failed(NOON, "", BACKOFF, final=False, dice=0),
    ):
        with pytest.raises(InvalidStatus):
            move()


def test_why_it_failed_is_one_short_line():
    failed = a_message().leased(NOON, LEASE).failed(NOON, "a\n b" + "c" * 1000, BACKOFF, final=False, dice=0)

    assert failed.error.startswith("a bc")
    assert len(failed.error) == ERROR_MAX


@given(st.integers(1, 200), st.floats(0, 1))
def test_pauses_grow_are_bounded_and_are_shortened_by_half_at_most(attempts, dice):
    backoff = Backoff()
    whole = backoff.pause(attempts, 0)

    assert backoff.first <= whole <= backoff.longest
    assert whole / 2 <= backoff.pause(attempts, dice) <= whole
    assert backoff.pause(attempts + 1, 0) >= whole


class OutboxMachine(RuleBasedStateMachine):
    """Two workers that may die or be late, one store, and a clock; what each has seen is compared with what is stored."""

    def __init__(self):
        super().__init__()
        self.store = MemoryStore()
        self.now = NOON
        self.ids = []
        self.held = {}  # (worker) -> (message, until)
        self.accepted = {}  # id -> how often a receiver has accepted it
        self.ended_by_death = {}  # id -> leases that nobody gave back

    @initialize(number=st.integers(1, 3))
    def post(self, number):
        with self.store.work() as work:
            for key in range(number):
                self.ids.append(work.messages.put(a_message(f"m-{key}"), [an_item()]))

    @rule(worker=st.integers(0, 1))
    def take(self, worker):
        if worker in self.held:
            return
        with self.store.work() as work:
            message = work.messages.take(Channel.EMAIL, self.now, self.now + LEASE)
        if message is None:
            return
        others = [other for other, until in self.held.values() if other.id == message.id and until > self.now]
        assert others == []
        self.held[worker] = (message, self.now + LEASE)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), outcome=st.sampled_from(["accepted", "refused", "final"]))
    def end(self, data, outcome):
        worker = data.draw(st.sampled_from(sorted(self.held)))
        message, until = self.held.pop(worker)
        if outcome == "accepted":
            self.accepted[message.id] = self.accepted.get(message.id, 0) + 1
            after = message.sent(self.now)
        else:
            after = message.failed(self.now, "no", BACKOFF, final=outcome == "final", dice=0.5)
        with self.store.work() as work:
            saved = work.messages.save(message, after)
        if until > self.now:
            assert saved  # nobody else can have taken it
        if not saved and outcome == "accepted":
            self.ended_by_death[message.id] = self.ended_by_death.get(message.id, 0) + 1

    @precondition(lambda self: self.held)
    @rule(data=st.data(), handed_over=st.booleans())
    def die(self, data, handed_over):
        message, _ = self.held.pop(data.draw(st.sampled_from(sorted(self.held))))
        self.ended_by_death[message.id] = self.ended_by_death.get(message.id, 0) + 1
        if handed_over:
            self.accepted[message.id] = self.accepted.get(message.id, 0) + 1

    @rule(seconds=st.integers(1, 4000))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def retry_the_dead(self):
        with self.store.work() as work:
            for id in self.ids:
                message = work.messages.get(id)
                if message.state is MessageState.DEAD:
                    assert work.messages.save(message, message.retried(self.now))

    @invariant()
    def nothing_is_lost_and_what_is_sent_was_accepted(self):
        with self.store.view() as view:
            for id in self.ids:
                message = view.messages.get(id)
                assert message is not None
                assert view.messages.items(id) == [an_item()]
                if message.state is MessageState.SENT:
                    assert self.accepted.get(id, 0) >= 1

    @invariant()
    def twice_only_where_somebody_died_or_was_late(self):
        for id, times in self.accepted.items():
            assert times <= 1 + self.ended_by_death.get(id, 0)

    def teardown(self):
        self.store.close()


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
