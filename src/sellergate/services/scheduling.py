"""Deciding with ten seconds to think better of it: nothing but a note is made now, the worker carries it out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from sellergate.domain.authorization import Action, Authorization
from sellergate.domain.bulk_jobs import AT_ONCE
from sellergate.domain.directory import Seller
from sellergate.domain.eligibility import why_not_approve
from sellergate.domain.errors import (
    AuthorizationNotFound,
    Forbidden,
    InvalidInput,
    InvalidStatus,
    SellergateError,
    TooLateToUndo,
)
from sellergate.domain.identifiers import Actor
from sellergate.domain.scheduling import (
    UNDO_WITHIN,
    ScheduledDecision,
    checked_decision,
    why_not_as_seen,
    why_not_decide,
)
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.stores import Store, Work
from sellergate.services.transactions import in_one_transaction
from sellergate.services.workflow import may_see

KEY_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that was left as it is, and why; `record` is None where there is nothing the actor may see."""

    id: str
    record: Authorization | None
    error: SellergateError


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """What will be decided, all of it at once and at `due_at` at the earliest; and what was left."""

    batch: str
    action: Action
    due_at: datetime
    ids: list[str]
    refused: list[Refused]


@dataclass(frozen=True, slots=True)
class NotCarriedOut:
    """A decision in whose way a rule was when it was due, and whose request it was about."""

    decision: ScheduledDecision
    seller_name: str


class Scheduling:
    """Decisions of a supplier's people, to be carried out a little later."""

    def __init__(self, store: Store, *, now: Clock = utc_now) -> None:
        self._store = store
        self._now = now

    def decide(
        self,
        by: Actor,
        action: Action,
        seen: Sequence[tuple[str, int]],
        *,
        reason: str | None = None,
        key: str,
    ) -> Scheduled:
        """Schedule one decision about records, each named by its id and the version the person saw.

        Sent twice with the same `key`, it is scheduled once. What cannot be decided is left, with the reason. Raises Forbidden,
        InvalidInput (also for more than 100), ReasonRequired.
        """
        supplier_id, reason = supplier_of(by), checked_decision(action, reason)
        if not 1 <= len(seen) <= AT_ONCE:
            raise InvalidInput(f"Choose 1 to {AT_ONCE} requests.", field="id")
        batch = batch_of(key, action, reason, *(id for id, _ in seen))

        def verb(work: Work) -> Scheduled:
            now = self._now()
            before = work.scheduled.of_batch(supplier_id, batch)
            if before:
                ids = [decision.authorization_id for decision in before]
                return Scheduled(batch=batch, action=action, due_at=before[0].due_at, ids=ids, refused=[])
            desk = _Desk(work, by, action, now)
            done = Scheduled(batch=batch, action=action, due_at=now + UNDO_WITHIN, ids=[], refused=[])
            for id, version in sorted(seen):  # in one order, or two who decide the same ones wait for each other
                record, error = desk.look(id, version)
                if record is not None and error is None:
                    error = _schedule(work, record, done, by=by, reason=reason)
                if error is None:
                    done.ids.append(id)
                else:
                    done.refused.append(Refused(id, record, error))
            return done

        return in_one_transaction(self._store, verb)

    def undo(self, by: Actor, batch: str) -> list[str]:
        """Take a whole decision back; the answer is the ids of its records, none when that was done already.

        Raises TooLateToUndo once it is due.
        """
        supplier_id = supplier_of(by)

        def verb(work: Work) -> list[str]:
            ids = work.scheduled.withdraw(supplier_id, batch, self._now())
            if not ids and work.scheduled.of_batch(supplier_id, batch):
                raise TooLateToUndo
            return ids

        return in_one_transaction(self._store, verb)

    def refused_since(self, by: Actor, since: datetime) -> list[NotCarriedOut]:
        """The supplier's decisions that could not be carried out since then, newest first."""
        supplier_id = supplier_of(by)
        with self._store.view() as view:
            refused = view.scheduled.refused(supplier_id, since)
            records = {each.id: view.authorizations.get(each.authorization_id) for each in refused}
            sellers = view.directory.sellers_of({record.seller_id for record in records.values() if record is not None})
        return [_not_carried_out(decision, records[decision.id], sellers) for decision in refused]


def supplier_of(by: Actor) -> str:
    """The supplier the actor acts for. Raises Forbidden for anybody else."""
    if by.supplier_id is None:
        raise Forbidden("Only a supplier can do this.")
    return by.supplier_id


def batch_of(key: str, action: Action, reason: str | None, *about: str) -> str:
    """A name for one decision: the same for the same sent again, another for another sent with the same key.

    Raises InvalidInput for no key, or one that is too long.
    """
    if not 1 <= len(key) <= KEY_MAX:
        raise InvalidInput(f"A key of 1 to {KEY_MAX} characters is needed.", field="key")
    return sha256("\n".join((key, action, reason or "", *sorted(about))).encode()).hexdigest()


def _not_carried_out(
    decision: ScheduledDecision, record: Authorization | None, sellers: Mapping[str, Seller]
) -> NotCarriedOut:
    seller = None if record is None else sellers.get(record.seller_id)
    return NotCarriedOut(decision, seller.name if seller else decision.authorization_id)


class _Desk:
    """What can be decided of the records laid before it, one after the other: each approval takes a place of its product."""

    def __init__(self, work: Work, by: Actor, action: Action, now: datetime) -> None:
        self._work = work
        self._by = by
        self._action = action
        self._now = now
        self._taken: Counter[str] = Counter()

    def look(self, id: str, version: int) -> tuple[Authorization | None, SellergateError | None]:
        """The record, and what is in the way."""
        record = self._work.authorizations.get(id)
        if record is None or not may_see(record, self._by):
            return None, AuthorizationNotFound()
        error = why_not_decide(record, self._by, self._action) or why_not_as_seen(record, version)
        if error is None and self._action is Action.APPROVE:
            error = self._why_no_place(record)
        return record, error

    def _why_no_place(self, record: Authorization) -> SellergateError | None:
        capacity = self._work.directory.policy(record.supplier_id).capacity(record.product_id)
        if capacity is None:
            return None
        approved = self._work.authorizations.approved_sellers(record.product_id, self._now)
        error = why_not_approve(approved + self._taken[record.product_id], capacity)
        if error is None:
            self._taken[record.product_id] += 1
        return error


def _schedule(
    work: Work, record: Authorization, into: Scheduled, *, by: Actor, reason: str | None
) -> SellergateError | None:
    added = work.scheduled.add(
        ScheduledDecision(
            supplier_id=record.supplier_id,
            batch=into.batch,
            authorization_id=record.id,
            version=record.version,
            action=into.action,
            by=by,
            reason=reason,
            made_at=into.due_at - UNDO_WITHIN,
            due_at=into.due_at,
        )
    )
    return None if added else InvalidStatus("Somebody else has just decided this.", status=record.status.value)
