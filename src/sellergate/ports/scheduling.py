"""Where decisions wait until they are due."""

from datetime import datetime
from typing import Protocol

from sellergate.domain.bulk_jobs import BulkJob
from sellergate.domain.scheduling import ScheduledDecision, ScheduleState


class ScheduledDecisions(Protocol):
    """Decisions about single records. A record has one PENDING decision at most."""

    def add(self, decision: ScheduledDecision) -> bool:
        """Store it, whatever its `id`. False, and nothing is stored, when the record has a pending one already."""

    def of_batch(self, supplier_id: str, batch: str) -> list[ScheduledDecision]:
        """Those of this batch that were not taken back, in the order they were stored."""

    def due(self, now: datetime, limit: int) -> list[ScheduledDecision]:
        """PENDING ones with `due_at` at `now` or before, longest first."""

    def finish(self, id: int, state: ScheduleState, at: datetime, error: str | None = None) -> bool:
        """True if this call ended it; False when it is no longer pending.

        In the work that carries it out, so that it is carried out once: of two works that finish the same one, the second waits
        for the end of the first.
        """

    def withdraw(self, supplier_id: str, batch: str, now: datetime) -> list[str]:
        """Delete the PENDING ones of this batch that are due after `now`; the answer is whose: the records' ids, in order."""

    def refused(self, supplier_id: str, since: datetime) -> list[ScheduledDecision]:
        """Those REFUSED at `since` or later, newest first, at most 100."""

    def forget(self, before: datetime) -> int:
        """Delete those that ended before then; the answer is how many."""


class BulkJobRecords(Protocol):
    """Decisions about everything that matches."""

    def add(self, job: BulkJob) -> int | None:
        """Store it; the answer is its id. None, and nothing is stored, when this supplier has one of this key."""

    def get(self, id: int) -> BulkJob | None:
        """The job of this id, or None."""

    def of_key(self, supplier_id: str, key: str) -> BulkJob | None:
        """The supplier's job of this key, or None."""

    def due(self, now: datetime) -> list[BulkJob]:
        """OPEN ones with `due_at` at `now` or before, oldest first, at most 100."""

    def save(self, before: BulkJob, after: BulkJob) -> bool:
        """Compare and set by `before.step`; True if this call changed it. Others who change it meanwhile wait for this work."""

    def of_supplier(self, supplier_id: str, ended_since: datetime) -> list[BulkJob]:
        """The supplier's OPEN ones and those that ended at that moment or later, newest first, at most 20."""

    def forget(self, before: datetime) -> int:
        """Delete those that ended before then; the answer is how many."""
