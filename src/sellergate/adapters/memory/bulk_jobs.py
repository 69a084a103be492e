"""Bulk jobs in dictionaries."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.bulk_jobs import BulkJob, JobState

DUE_AT_ONCE: Final = 100
SHOWN: Final = 20


class MemoryBulkJobs:
    """Decisions about everything that matches, by id."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, job: BulkJob) -> int | None:
        """Store it; None when there is one of its key."""
        check_times(job.as_of, job.made_at, job.due_at, job.ended_at)
        if self.of_key(job.supplier_id, job.key) is not None:
            return None
        id = self._tables.next_number("jobs")
        self._tables.jobs.put(id, replace(job, id=id))
        return id

    def get(self, id: int) -> BulkJob | None:
        """The job of this id, or None."""
        return self._tables.jobs.get(id)

    def of_key(self, supplier_id: str, key: str) -> BulkJob | None:
        """The supplier's job of this key, or None."""
        return next((job for job in self._tables.jobs if (job.supplier_id, job.key) == (supplier_id, key)), None)

    def due(self, now: datetime) -> list[BulkJob]:
        """OPEN ones that are due, oldest first."""
        due = (job for job in self._tables.jobs if job.state is JobState.OPEN and job.due_at <= now)
        return sorted(due, key=lambda job: (job.due_at, job.id))[:DUE_AT_ONCE]

    def save(self, before: BulkJob, after: BulkJob) -> bool:
        """Compare and set by step."""
        check_times(after.ended_at)
        stored = self._tables.jobs.get(before.id)
        if stored is None or stored.step != before.step:
            return False
        self._tables.jobs.put(
            before.id,
            replace(
                stored,
                state=after.state,
                done=after.done,
                refused=after.refused,
                position=after.position,
                step=after.step,
                ended_at=after.ended_at,
            ),
        )
        return True

    def of_supplier(self, supplier_id: str, ended_since: datetime) -> list[BulkJob]:
        """OPEN ones and those that ended since then, newest first."""
        theirs = [job for job in self._tables.jobs if job.supplier_id == supplier_id]
        shown = [job for job in theirs if job.ended_at is None or job.ended_at >= ended_since]
        return sorted(shown, key=lambda job: -job.id)[:SHOWN]

    def forget(self, before: datetime) -> int:
        """Delete those that ended before then."""
        old = [job.id for job in self._tables.jobs if job.ended_at is not None and job.ended_at < before]
        for id in old:
            self._tables.jobs.remove(id)
        return len(old)
