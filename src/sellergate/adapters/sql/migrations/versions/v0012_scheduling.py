"""Decisions that wait until they are due, and bulk jobs."""

import sqlalchemy as sa
from alembic import op

from sellergate.adapters.sql.columns import BigNumber, Id, Json, Name, UtcDateTime

revision = "0012"
down_revision = "0011"

PENDING = sa.text("state = 'pending'")
OPEN = sa.text("state = 'open'")
ACTIONS = "'approve', 'reject', 'ask-info'"


def upgrade() -> None:
    """Create the tables; nothing waits in them yet."""
    op.create_table(
        "scheduled_decisions",
        sa.Column("id", BigNumber, sa.Identity(), nullable=False),
        sa.Column("supplier_id", Id, nullable=False),
        sa.Column("batch", Name, nullable=False),
        sa.Column("authorization_id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(14), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(7), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("done_at", UtcDateTime()),
        sa.CheckConstraint(f"action IN ({ACTIONS})", name=op.f("ck_scheduled_decisions_action")),
        sa.CheckConstraint("state IN ('pending', 'done', 'refused')", name=op.f("ck_scheduled_decisions_state")),
        sa.ForeignKeyConstraint(
            ["authorization_id"], ["authorizations.id"], name="fk_scheduled_decisions_authorization_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_scheduled_decisions"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    for name, columns, unique, where in (
        ("one_pending", ["authorization_id"], True, PENDING),
        ("due", ["due_at", "id"], False, PENDING),
        ("supplier_id_batch_id", ["supplier_id", "batch", "id"], False, None),
        ("supplier_id_state_done_at", ["supplier_id", "state", "done_at"], False, None),
        ("done_at", ["done_at"], False, None),
    ):
        op.create_index(
            f"ix_scheduled_decisions_{name}",
            "scheduled_decisions",
            columns,
            unique=unique,
            sqlite_where=where,
            postgresql_where=where,
            if_not_exists=True,
        )
    op.create_table(
        "bulk_jobs",
        sa.Column("id", BigNumber, sa.Identity(), nullable=False),
        sa.Column("supplier_id", Id, nullable=False),
        sa.Column("key", Name, nullable=False),
        sa.Column("action", sa.String(14), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("wanted", Json, nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(7), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", Json, nullable=False),
        sa.Column("position", Json),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.CheckConstraint(f"action IN ({ACTIONS})", name=op.f("ck_bulk_jobs_action")),
        sa.CheckConstraint("state IN ('open', 'done', 'stopped')", name=op.f("ck_bulk_jobs_state")),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_jobs"),
        sa.UniqueConstraint("supplier_id", "key", name="uq_bulk_jobs_supplier_id_key"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index(
        "ix_bulk_jobs_due",
        "bulk_jobs",
        ["due_at", "id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
        if_not_exists=True,
    )
    op.create_index("ix_bulk_jobs_ended_at", "bulk_jobs", ["ended_at"], if_not_exists=True)


def downgrade() -> None:
    """Take them away again: what nobody has carried out is not decided."""
    op.drop_table("bulk_jobs", if_exists=True)
    op.drop_table("scheduled_decisions", if_exists=True)
