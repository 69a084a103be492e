"""Bulk jobs in SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, delete, or_, select, update

from sellergate.adapters.sql.scheduling import actor_of, actor_row
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import bulk_jobs
from sellergate.domain.bulk_jobs import BulkJob, JobState

_c = bulk_jobs.c
_OPEN: Final = _c.state == JobState.OPEN
DUE_AT_ONCE: Final = 100
SHOWN: Final = 20


class SqlBulkJobs:
    """Decisions about everything that matches; `step` decides between those who go on with one."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, job: BulkJob) -> int | None:
        """Store it; None when there is one of its key."""
        new = self._session.insert_or(bulk_jobs).on_conflict_do_nothing().returning(_c.id)
        id = self._session.execute(new, _row_of(job)).scalar_one_or_none()
        return None if id is None else int(id)

    def get(self, id: int) -> BulkJob | None:
        """The job of this id, or None."""
        row = self._session.execute(select(bulk_jobs).where(_c.id == id)).one_or_none()
        return None if row is None else _job(row)

    def of_key(self, supplier_id: str, key: str) -> BulkJob | None:
        """The supplier's job of this key, or None."""
        theirs = select(bulk_jobs).where(_c.supplier_id == supplier_id, _c.key == key)
        row = self._session.execute(theirs).one_or_none()
        return None if row is None else _job(row)

    def due(self, now: datetime) -> list[BulkJob]:
        """OPEN ones that are due, oldest first."""
        due = select(bulk_jobs).where(_OPEN, _c.due_at <= now).order_by(_c.due_at, _c.id).limit(DUE_AT_ONCE)
        return [_job(row) for row in self._session.execute(due)]

    def save(self, before: BulkJob, after: BulkJob) -> bool:
        """Compare and set by step; the number of rows decides."""
        mine = update(bulk_jobs).where(_c.id == before.id, _c.step == before.step)
        return self._session.execute(mine.values(_progress_of(after))).rowcount == 1

    def of_supplier(self, supplier_id: str, ended_since: datetime) -> list[BulkJob]:
        """OPEN ones and those that ended since then, newest first."""
        theirs = select(bulk_jobs).where(_c.supplier_id == supplier_id, or_(_OPEN, _c.ended_at >= ended_since))
        return [_job(row) for row in self._session.execute(theirs.order_by(_c.id.desc()).limit(SHOWN))]

    def forget(self, before: datetime) -> int:
        """Delete those that ended before then."""
        return self._session.execute(delete(bulk_jobs).where(_c.ended_at < before)).rowcount


def _row_of(job: BulkJob) -> Mapping[str, Any]:
    return {
        "supplier_id": job.supplier_id,
        "key": job.key,
        "action": job.action,
        "reason": job.reason,
        "wanted": dict(job.wanted),
        "as_of": job.as_of,
        "made_at": job.made_at,
        "due_at": job.due_at,
        "total": job.total,
        **actor_row(job.by),
        **_progress_of(job),
    }


def _progress_of(job: BulkJob) -> Mapping[str, Any]:
    return {
        "state": job.state,
        "done": job.done,
        "refused": dict(job.refused),
        "position": None if job.position is None else list(job.position),
        "step": job.step,
        "ended_at": job.ended_at,
    }


def _job(row: Row[Any]) -> BulkJob:
    return BulkJob(
        id=row.id,
        supplier_id=row.supplier_id,
        key=row.key,
        action=row.action,
        by=actor_of(row),
        reason=row.reason,
        wanted=row.wanted,
        as_of=row.as_of,
        made_at=row.made_at,
        due_at=row.due_at,
        total=row.total,
        state=row.state,
        done=row.done,
        refused=row.refused,
        position=None if row.position is None else tuple(row.position),
        step=row.step,
        ended_at=row.ended_at,
    )
