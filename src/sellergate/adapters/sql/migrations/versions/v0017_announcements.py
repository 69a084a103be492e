"""What was announced, and when steps of the plan are to begin."""

import sqlalchemy as sa
from alembic import op

from sellergate.adapters.sql.columns import BigNumber, Json, Name, UtcDateTime

revision = "0017"
down_revision = "0013"

OCCASIONS = "'before', 'entered', 'rolled_back', 'daily', 'weekly'"
UNFINISHED = sa.text("done_at IS NULL")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "announcements",
        sa.Column("id", BigNumber, sa.Identity(), nullable=False),
        sa.Column("key", Name, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("occasion", sa.String(11), nullable=False),
        sa.Column("step", sa.Text()),
        sa.Column("begins_at", UtcDateTime()),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("texts", Json, nullable=False),
        sa.Column("places", Json, nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("cursor", Name),
        sa.Column("done_at", UtcDateTime()),
        sa.CheckConstraint(f"occasion IN ({OCCASIONS})", name=op.f("ck_announcements_occasion")),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
        sa.UniqueConstraint("key", name="uq_announcements_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_announcements_unfinished",
        "announcements",
        ["id"],
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )
    op.create_table(
        "step_dates",
        sa.Column("step", Name, nullable=False),
        sa.Column("begins_at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("step", name="pk_step_dates"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("step_dates")
    op.drop_table("announcements")
