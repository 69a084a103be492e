"""A supplier's policy has a version, so that two who set it do not undo each other's change."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """What is stored has been set once, as far as anybody knows."""
    op.add_column("supplier_policies", sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1")))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("supplier_policies", "version")
