"""Who controls the rollout, what was judged, and what was signed."""

import sqlalchemy as sa
from alembic import op

from sellergate.adapters.sql.columns import BigNumber, JsonText, Name, UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the tables, and say in the history which verdict a change was made for."""
    op.create_table(
        "rollout_watch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", Name),
        sa.Column("beat", BigNumber, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_rollout_watch_single_row")),
        sa.PrimaryKeyConstraint("id", name="pk_rollout_watch"),
    )
    op.create_table(
        "verdicts",
        sa.Column("id", BigNumber, sa.Identity(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("rollout_version", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("judgement", JsonText, nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_verdicts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_verdicts_at", "verdicts", ["at"])
    op.create_table(
        "sign_offs",
        sa.Column("id", BigNumber, sa.Identity(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_offs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sign_offs_at", "sign_offs", ["at"])
    op.add_column("rollout_history", sa.Column("verdict_id", BigNumber))
    op.create_index("ix_rollout_history_verdict_id", "rollout_history", ["verdict_id"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_rollout_history_verdict_id", "rollout_history")
    op.drop_column("rollout_history", "verdict_id")
    for table in ("sign_offs", "verdicts", "rollout_watch"):
        op.drop_table(table)
