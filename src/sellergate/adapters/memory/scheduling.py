"""Scheduled decisions in dictionaries."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.scheduling import ScheduledDecision, ScheduleState

SHOWN: Final = 100


class MemoryScheduledDecisions:
    """Decisions about single records, by id."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, decision: ScheduledDecision) -> bool:
        """Store it; False when the record has a pending one."""
        check_times(decision.made_at, decision.due_at, decision.done_at)
        self._tables.check_reference(self._tables.records, decision.authorization_id)
        if any(_is_pending(other) and _same_record(other, decision) for other in self._tables.scheduled):
            return False
        id = self._tables.next_number("scheduled")
        self._tables.scheduled.put(id, replace(decision, id=id))
        return True

    def of_batch(self, supplier_id: str, batch: str) -> list[ScheduledDecision]:
        """Those of this batch, in the order they were stored."""
        return [each for each in self._of_supplier(supplier_id) if each.batch == batch]

    def due(self, now: datetime, limit: int) -> list[ScheduledDecision]:
        """PENDING ones that are due, longest first."""
        due = (each for each in self._tables.scheduled if _is_pending(each) and each.due_at <= now)
        return sorted(due, key=lambda each: (each.due_at, each.id))[:limit]

    def finish(self, id: int, state: ScheduleState, at: datetime, error: str | None = None) -> bool:
        """Compare and set by state."""
        check_times(at)
        decision = self._tables.scheduled.get(id)
        if decision is None or not _is_pending(decision):
            return False
        self._tables.scheduled.put(id, replace(decision, state=state, done_at=at, error=error))
        return True

    def withdraw(self, supplier_id: str, batch: str, now: datetime) -> list[str]:
        """Delete the PENDING ones of this batch that are not due yet."""
        theirs = [each for each in self.of_batch(supplier_id, batch) if _is_pending(each) and each.due_at > now]
        for each in theirs:
            self._tables.scheduled.remove(each.id)
        return [each.authorization_id for each in theirs]

    def refused(self, supplier_id: str, since: datetime) -> list[ScheduledDecision]:
        """Those REFUSED since then, newest first."""
        refused = [
            (each.done_at, each.id, each)
            for each in self._of_supplier(supplier_id)
            if each.state is ScheduleState.REFUSED and each.done_at is not None and each.done_at >= since
        ]
        return [each for _, _, each in sorted(refused, key=lambda one: one[:2], reverse=True)[:SHOWN]]

    def forget(self, before: datetime) -> int:
        """Delete those that ended before then."""
        old = [each.id for each in self._tables.scheduled if each.done_at is not None and each.done_at < before]
        for id in old:
            self._tables.scheduled.remove(id)
        return len(old)

    def _of_supplier(self, supplier_id: str) -> list[ScheduledDecision]:
        theirs = (each for each in self._tables.scheduled if each.supplier_id == supplier_id)
        return sorted(theirs, key=lambda each: each.id)


def _is_pending(decision: ScheduledDecision) -> bool:
    return decision.state is ScheduleState.PENDING


def _same_record(left: ScheduledDecision, right: ScheduledDecision) -> bool:
    return left.authorization_id == right.authorization_id
