"""Decisions that can still be taken back: each is due a little later, and carried out then as any other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sellergate.domain.authorization import Action, Authorization, actions_open, checked_reason
from sellergate.domain.errors import InvalidInput, InvalidStatus, SellergateError
from sellergate.domain.identifiers import Actor

UNDO_WITHIN: Final = timedelta(seconds=10)
"""How long a decision made in the console can be taken back."""

SCHEDULABLE: Final = (Action.APPROVE, Action.REJECT, Action.ASK_INFO)


class ScheduleState(StrEnum):
    """What became of a scheduled decision. REFUSED: when it was due, a rule was in its way; `error` says which."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledDecision:
    """One decision about one record, due at `due_at`. `id` is given by the store.

    `version` is the record's as the person saw it: about anything newer nobody has decided. `batch` is what those decided
    together have in common: they are taken back together.
    """

    id: int = 0
    supplier_id: str
    batch: str
    authorization_id: str
    version: int
    action: Action
    by: Actor
    reason: str | None = None
    made_at: datetime
    due_at: datetime
    state: ScheduleState = ScheduleState.PENDING
    error: str | None = None
    done_at: datetime | None = None


def checked_decision(action: Action, reason: str | None) -> str | None:
    """The decision's reason without outer blanks, None for an approval.

    Raises InvalidInput for what is not decided in advance, ReasonRequired and InvalidInput as the verb itself would.
    """
    if action not in SCHEDULABLE:
        raise InvalidInput(f"action must be one of: {', '.join(SCHEDULABLE)}.", field="action")
    if action is Action.APPROVE:
        return None
    return checked_reason(reason, "note" if action is Action.ASK_INFO else "reason")


def why_not_decide(record: Authorization, by: Actor, action: Action) -> SellergateError | None:
    """None while the record can still be decided so by this actor."""
    possible = actions_open(record.status, by.role)
    if action in possible:
        return None
    return InvalidStatus(f"The request is {record.status}.", status=record.status.value, actions=list(possible))


def why_not_as_seen(record: Authorization | None, version: int) -> SellergateError | None:
    """None while the record is the one that was decided about."""
    if record is not None and record.version == version:
        return None
    status = None if record is None else record.status.value
    return InvalidStatus("The request has changed since it was decided about.", status=status)
