"""What is measured: windows of counts, and denials under enforcement."""

import sqlalchemy as sa
from alembic import op

from sellergate.adapters.sql.columns import BigNumber, Id, Money, Name, UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "measurement_windows",
        sa.Column("resolution", sa.Integer(), nullable=False),
        sa.Column("start", UtcDateTime(), nullable=False),
        sa.Column("process", Name, nullable=False),
        sa.Column("folded", sa.Boolean(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("resolution", "start", "process", name="pk_measurement_windows"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_measurement_windows_folded_resolution_start", "measurement_windows", ["folded", "resolution", "start"]
    )
    op.create_table(
        "enforced_denials",
        sa.Column("minute", UtcDateTime(), nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("product_id", Id, nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("error_code", sa.String(64), nullable=False),
        sa.Column("count", BigNumber, nullable=False),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.Column("value", Money(), nullable=False),
        sa.CheckConstraint("stage IN ('cart', 'order', 'settlement')", name=op.f("ck_enforced_denials_stage")),
        sa.PrimaryKeyConstraint("minute", "seller_id", "product_id", "stage", "error_code", name="pk_enforced_denials"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("enforced_denials")
    op.drop_index("ix_measurement_windows_folded_resolution_start", "measurement_windows")
    op.drop_table("measurement_windows")
