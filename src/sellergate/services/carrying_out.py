"""Carrying out what was decided in advance, once: the note of a decision ends in the transaction of the decision itself."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Final, TypeVar

from sellergate.domain.authorization import Action
from sellergate.domain.bulk_jobs import BulkJob
from sellergate.domain.errors import ConcurrentChange, SellergateError, StoreUnavailable
from sellergate.domain.identifiers import Actor
from sellergate.domain.scheduling import ScheduledDecision, ScheduleState, why_not_as_seen
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.stores import Store, Work
from sellergate.services.transactions import in_one_transaction
from sellergate.services.workflow import Alongside, Workflow

AT_A_TIME: Final = 100
KEPT_FOR: Final = timedelta(days=1)

log = logging.getLogger(__name__)

Due = TypeVar("Due", ScheduledDecision, BulkJob)


class TakenByAnother(Exception):
    """Another worker has done this, or somebody has taken it back. Nothing of ours is committed."""


class Deciding:
    """The verbs of the workflow, by action."""

    def __init__(self, workflow: Workflow) -> None:
        self._verbs: Mapping[Action, Callable[[Actor, str, str | None, Alongside], object]] = {
            Action.APPROVE: lambda by, id, _, alongside: workflow.approve(by, id, alongside=alongside),
            Action.REJECT: lambda by, id, reason, alongside: workflow.reject(by, id, reason, alongside=alongside),
            Action.ASK_INFO: lambda by, id, note, alongside: workflow.ask_info(by, id, note, alongside=alongside),
        }

    def try_to(
        self, action: Action, by: Actor, id: str, reason: str | None, alongside: Alongside
    ) -> SellergateError | None:
        """Decide; the answer is the rule that was in the way, if any.

        Raises TakenByAnother as `alongside` does, and StoreUnavailable and ConcurrentChange: these say nothing of the record.
        """
        try:
            self._verbs[action](by, id, reason, alongside)
        except (StoreUnavailable, ConcurrentChange):
            raise
        except SellergateError as refusal:
            return refusal
        return None


class CarryingOut:
    """Single decisions that are due. Several workers may do this at once, and each may be killed at any moment."""

    def __init__(self, store: Store, workflow: Workflow, *, now: Clock = utc_now) -> None:
        self._store = store
        self._deciding = Deciding(workflow)
        self._now = now

    def run(self) -> int:
        """Carry out what is due, at most 100; the answer is how many this worker has ended."""
        with self._store.view() as view:
            due = view.scheduled.due(self._now(), AT_A_TIME)
        return sum_of_each(self._carry_out, due)

    def forget(self) -> int:
        """Delete what ended more than a day ago; the answer is how many."""
        before = self._now() - KEPT_FOR
        return in_one_transaction(self._store, lambda work: work.scheduled.forget(before) + work.jobs.forget(before))

    def _carry_out(self, decision: ScheduledDecision) -> bool:
        def end(work: Work) -> None:
            if not work.scheduled.finish(decision.id, ScheduleState.DONE, self._now()):
                raise TakenByAnother
            changed = why_not_as_seen(work.authorizations.get(decision.authorization_id), decision.version)
            if changed is not None:
                raise changed

        try:
            refusal = self._deciding.try_to(
                decision.action, decision.by, decision.authorization_id, decision.reason, end
            )
        except TakenByAnother:
            return False
        return True if refusal is None else self._note(decision, refusal)

    def _note(self, decision: ScheduledDecision, refusal: SellergateError) -> bool:
        def verb(work: Work) -> bool:
            return work.scheduled.finish(decision.id, ScheduleState.REFUSED, self._now(), refusal.code)

        return in_one_transaction(self._store, verb)


def sum_of_each(run: Callable[[Due], int], due: Iterable[Due]) -> int:
    """Run each, and add up. One that fails is logged and met again on the next beat: it keeps nobody else waiting.

    Raises StoreUnavailable: then the others would only wait for the database as well.
    """
    total = 0
    for each in due:
        try:
            total += run(each)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("%s %s of %s could not be carried out", type(each).__name__, each.id, each.supplier_id)
    return total
