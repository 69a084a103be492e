"""Decisions that were made and are still to be carried out."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Identity, Index, Integer, Table, Text, UniqueConstraint

from sellergate.adapters.sql.columns import BigNumber, Choice, Id, Json, Name, UtcDateTime
from sellergate.adapters.sql.tables.authorizations import authorizations
from sellergate.adapters.sql.tables.declaring import NUMBERED, metadata, one_of, partial_index
from sellergate.domain.authorization import Action
from sellergate.domain.bulk_jobs import JobState
from sellergate.domain.scheduling import SCHEDULABLE, ScheduleState

scheduled_decisions: Final = Table(
    "scheduled_decisions",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("supplier_id", Id, nullable=False),
    Column("batch", Name, nullable=False),
    Column("authorization_id", Id, ForeignKey(authorizations.c.id), nullable=False),
    Column("version", Integer, nullable=False),
    Column("action", Choice(Action), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_role", Text, nullable=False),
    Column("reason", Text),
    Column("made_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", Choice(ScheduleState), nullable=False),
    Column("error", Text),
    Column("done_at", UtcDateTime, index=True),
    one_of("action", SCHEDULABLE),
    one_of("state", ScheduleState),
    Index(None, "supplier_id", "batch", "id"),
    Index(None, "supplier_id", "state", "done_at"),
    **NUMBERED,
)

_PENDING: Final = scheduled_decisions.c.state == ScheduleState.PENDING

partial_index(
    "ix_scheduled_decisions_one_pending",
    scheduled_decisions.c.authorization_id,
    unique=True,
    where=_PENDING,
)

partial_index(
    "ix_scheduled_decisions_due",
    scheduled_decisions.c.due_at,
    scheduled_decisions.c.id,
    where=_PENDING,
)

bulk_jobs: Final = Table(
    "bulk_jobs",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("supplier_id", Id, nullable=False),
    Column("key", Name, nullable=False),
    Column("action", Choice(Action), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_role", Text, nullable=False),
    Column("reason", Text),
    Column("wanted", Json, nullable=False),
    Column("as_of", UtcDateTime, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("total", Integer, nullable=False),
    Column("state", Choice(JobState), nullable=False),
    Column("done", Integer, nullable=False),
    Column("refused", Json, nullable=False),
    Column("position", Json),
    Column("step", Integer, nullable=False),
    Column("ended_at", UtcDateTime, index=True),
    one_of("action", SCHEDULABLE),
    one_of("state", JobState),
    UniqueConstraint("supplier_id", "key"),
    **NUMBERED,
)

partial_index(
    "ix_bulk_jobs_due",
    bulk_jobs.c.due_at,
    bulk_jobs.c.id,
    where=bulk_jobs.c.state == JobState.OPEN,
)
