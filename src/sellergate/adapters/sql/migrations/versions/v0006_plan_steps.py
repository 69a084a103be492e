"""The rollout knows which step of the plan it is in; its history, what an override passed over."""

import sqlalchemy as sa
from alembic import op

from sellergate.adapters.sql.columns import Json

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("rollout_state", sa.Column("step", sa.String(64)))
    op.add_column("rollout_state", sa.Column("endpoints", sa.Boolean()))
    op.add_column("rollout_history", sa.Column("from_step", sa.String(64)))
    op.add_column("rollout_history", sa.Column("to_step", sa.String(64)))
    op.add_column("rollout_history", sa.Column("overridden", Json, nullable=False, server_default=sa.text("'[]'")))


def downgrade() -> None:
    """Take them away again."""
    for column in ("overridden", "to_step", "from_step"):
        op.drop_column("rollout_history", column)
    for column in ("endpoints", "step"):
        op.drop_column("rollout_state", column)
