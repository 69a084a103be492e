"""Scheduled decisions in SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, delete, select, update

from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import scheduled_decisions
from sellergate.domain.identifiers import Actor, Role, SupplierId
from sellergate.domain.scheduling import ScheduledDecision, ScheduleState

_c = scheduled_decisions.c
_PENDING: Final = _c.state == ScheduleState.PENDING
SHOWN: Final = 100


class SqlScheduledDecisions:
    """Decisions about single records: a partial unique index says that each has one pending."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, decision: ScheduledDecision) -> bool:
        """Store it; False when the record has a pending one."""
        return self._session.insert_new(scheduled_decisions, _row_of(decision))

    def of_batch(self, supplier_id: str, batch: str) -> list[ScheduledDecision]:
        """Those of this batch, in the order they were stored."""
        theirs = select(scheduled_decisions).where(_c.supplier_id == supplier_id, _c.batch == batch)
        return [_decision(row) for row in self._session.execute(theirs.order_by(_c.id))]

    def due(self, now: datetime, limit: int) -> list[ScheduledDecision]:
        """PENDING ones that are due, longest first."""
        due = select(scheduled_decisions).where(_PENDING, _c.due_at <= now).order_by(_c.due_at, _c.id)
        return [_decision(row) for row in self._session.execute(due.limit(limit))]

    def finish(self, id: int, state: ScheduleState, at: datetime, error: str | None = None) -> bool:
        """Compare and set; the number of rows decides."""
        mine = update(scheduled_decisions).where(_c.id == id, _PENDING)
        return self._session.execute(mine.values(state=state, done_at=at, error=error)).rowcount == 1

    def withdraw(self, supplier_id: str, batch: str, now: datetime) -> list[str]:
        """Delete the PENDING ones of this batch that are not due yet."""
        theirs = delete(scheduled_decisions).where(_c.supplier_id == supplier_id, _c.batch == batch)
        gone = self._session.execute(
            theirs.where(_PENDING, _c.due_at > now).returning(_c.id, _c.authorization_id)
        ).all()
        return [row.authorization_id for row in sorted(gone)]

    def refused(self, supplier_id: str, since: datetime) -> list[ScheduledDecision]:
        """Those REFUSED since then, newest first."""
        theirs = select(scheduled_decisions).where(_c.supplier_id == supplier_id, _c.state == ScheduleState.REFUSED)
        newest = theirs.where(_c.done_at >= since).order_by(_c.done_at.desc(), _c.id.desc())
        return [_decision(row) for row in self._session.execute(newest.limit(SHOWN))]

    def forget(self, before: datetime) -> int:
        """Delete those that ended before then."""
        return self._session.execute(delete(scheduled_decisions).where(_c.done_at < before)).rowcount


def actor_row(by: Actor) -> Mapping[str, Any]:
    """Who has decided, as columns; which supplier they acted for stands beside it."""
    return {"actor_id": by.id, "actor_role": by.role}


def actor_of(row: Row[Any]) -> Actor:
    """Who has decided."""
    return Actor(row.actor_id, Role(row.actor_role), supplier_id=SupplierId(row.supplier_id))


def _row_of(decision: ScheduledDecision) -> Mapping[str, Any]:
    return {
        "supplier_id": decision.supplier_id,
        "batch": decision.batch,
        "authorization_id": decision.authorization_id,
        "version": decision.version,
        "action": decision.action,
        "reason": decision.reason,
        "made_at": decision.made_at,
        "due_at": decision.due_at,
        "state": decision.state,
        "error": decision.error,
        "done_at": decision.done_at,
        **actor_row(decision.by),
    }


def _decision(row: Row[Any]) -> ScheduledDecision:
    return ScheduledDecision(
        id=row.id,
        supplier_id=row.supplier_id,
        batch=row.batch,
        authorization_id=row.authorization_id,
        version=row.version,
        action=row.action,
        by=actor_of(row),
        reason=row.reason,
        made_at=row.made_at,
        due_at=row.due_at,
        state=row.state,
        error=row.error,
        done_at=row.done_at,
    )
