"""Any path of moves at all: what holds after each step, whatever came before."""

from datetime import timedelta

from given import NOON, REASON, SNAPSHOT, SUPPLIER
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sellergate.domain.authorization import MOVES, Action, Status, first_request
from sellergate.domain.errors import InvalidStatus

STEPS = st.integers(min_value=1, max_value=10**12)


class Lifecycle(RuleBasedStateMachine):
    """One record, and every move tried on it in any order."""

    def __init__(self):
        super().__init__()
        self.now = NOON
        self.record = None
        self.moves_made = 0
        self.was_revoked = False
        self.asked_at = None

    @initialize()
    def ask(self):
        self.record = first_request(
            id="a-1",
            seller_id="anna",
            product_id="p-1",
            supplier_id="acme",
            justification=None,
            volume=None,
            at=self.now,
        )
        self.moves_made = 1
        self.asked_at = self.now

    def attempt(self, action, move):
        before = self.record
        try:
            self.record = move(before)
        except InvalidStatus:
            assert (before.status, action) not in MOVES
            return
        assert self.record.status is MOVES[before.status, action]
        assert self.record.updated_at == self.now
        assert (self.record.id, self.record.seller_id, self.record.product_id) == ("a-1", "anna", "p-1")
        self.moves_made += 1
        if action is Action.REQUEST:
            self.asked_at = self.now

    @rule(microseconds=STEPS)
    def wait(self, microseconds):
        self.now += timedelta(microseconds=microseconds)

    @rule()
    def request_again(self):
        self.attempt(
            Action.REQUEST,
            lambda record: record.requested_again(supplier_id="acme", justification=None, volume=None, at=self.now),
        )

    @rule()
    def ask_info(self):
        self.attempt(Action.ASK_INFO, lambda record: record.info_asked(REASON, at=self.now))

    @rule()
    def resubmit(self):
        self.attempt(Action.RESUBMIT, lambda record: record.resubmitted(justification="x", volume=1, at=self.now))

    @rule()
    def cancel(self):
        self.attempt(Action.CANCEL, lambda record: record.cancelled(at=self.now))

    @rule(lifetime=st.none() | STEPS)
    def approve(self, lifetime):
        expires_at = None if lifetime is None else self.now + timedelta(microseconds=lifetime)
        self.attempt(
            Action.APPROVE,
            lambda record: record.approved(SUPPLIER, snapshot=SNAPSHOT, expires_at=expires_at, at=self.now),
        )

    @rule(days=st.integers(min_value=0, max_value=365))
    def reject(self, days):
        self.attempt(
            Action.REJECT,
            lambda record: record.rejected(SUPPLIER, REASON, cooldown=timedelta(days=days), at=self.now),
        )

    @rule()
    def revoke(self):
        self.attempt(Action.REVOKE, lambda record: record.revoked(SUPPLIER, REASON, at=self.now))

    @rule()
    def expire(self):
        self.attempt(Action.EXPIRE, lambda record: record.expired(at=self.now))

    @rule()
    def clear_cooldown(self):
        self.attempt(Action.CLEAR_COOLDOWN, lambda record: record.cooldown_cleared(at=self.now))

    @invariant()
    def revoked_is_for_good(self):
        if self.record is not None:
            assert not self.was_revoked or self.record.status is Status.REVOKED
            self.was_revoked = self.record.status is Status.REVOKED

    @invariant()
    def versions_count_the_moves(self):
        assert self.record is None or self.record.version == self.moves_made

    @invariant()
    def only_a_rejection_has_a_cooldown(self):
        if self.record is not None:
            assert (self.record.cooldown_until is not None) is (self.record.status is Status.REJECTED)

    @invariant()
    def a_question_does_not_cost_the_place_in_the_inbox(self):
        assert self.record is None or self.record.requested_at == self.asked_at

    @invariant()
    def who_may_sell_was_approved_by_somebody(self):
        if self.record is not None and self.record.status is Status.APPROVED:
            assert self.record.approved_by == SUPPLIER.id
            assert self.record.product_snapshot == SNAPSHOT


TestLifecycle = Lifecycle.TestCase
TestLifecycle.settings = settings(max_examples=50, stateful_step_count=40)
