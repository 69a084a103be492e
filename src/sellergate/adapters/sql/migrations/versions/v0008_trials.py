"""What was tried before a step of the rollout is kept, and a drill has its line in the history."""

import sqlalchemy as sa
from alembic import op

from sellergate.adapters.sql.columns import BigNumber, Json, UtcDateTime

revision = "0008"
down_revision = "0003"

ACTIONS = "'promote', 'hold', 'resume', 'reduce', 'rollback'"
CHECK = "ck_rollout_history_action"


def upgrade() -> None:
    """Create the table, and allow the action."""
    op.create_table(
        "rollout_trials",
        sa.Column("id", BigNumber, sa.Identity(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.CheckConstraint(
            "kind IN ('loadtest', 'simulation', 'drill', 'canary')", name=op.f("ck_rollout_trials_kind")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rollout_trials"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rollout_trials_kind_at_id", "rollout_trials", ["kind", "at", "id"])
    _allow(f"{ACTIONS}, 'drill'")


def downgrade() -> None:
    """Take them away again, drills in the history included."""
    op.execute("DELETE FROM rollout_history WHERE action = 'drill'")
    _allow(ACTIONS)
    op.drop_table("rollout_trials")


def _allow(actions: str) -> None:
    with op.batch_alter_table("rollout_history", table_kwargs={"sqlite_autoincrement": True}) as history:
        history.drop_constraint(op.f(CHECK), type_="check")
        history.create_check_constraint(op.f(CHECK), f"action IN ({actions})")
