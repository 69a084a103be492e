"""The console's sessions, what people like, and an index for counting what somebody has not read."""

import sqlalchemy as sa
from alembic import op

from sellergate.adapters.sql.columns import Json, Name, UtcDateTime
from sellergate.adapters.sql.migrations.online import create_index, drop_index

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the index first: on a server it is made outside of a transaction, and the rest must be able to begin again."""
    unread = sa.text("read_at IS NULL")
    create_index(
        "ix_notifications_unread",
        "notifications",
        ["audience", "recipient_id"],
        sqlite_where=unread,
        postgresql_where=unread,
    )
    op.create_table(
        "console_sessions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("subject", Name, nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("accounts", Json, nullable=False),
        sa.Column("account", Json, nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_console_sessions"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_console_sessions_subject", "console_sessions", ["subject"])
    op.create_index("ix_console_sessions_began_at", "console_sessions", ["began_at"])
    op.create_index("ix_console_sessions_seen_at", "console_sessions", ["seen_at"])
    op.create_table(
        "console_preferences",
        sa.Column("subject", Name, nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("theme", sa.Text()),
        sa.Column("single_keys", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_console_preferences"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("console_preferences")
    op.drop_table("console_sessions")
    drop_index("ix_notifications_unread", "notifications")
