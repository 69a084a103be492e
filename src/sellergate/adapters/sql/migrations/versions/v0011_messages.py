"""Notices become messages: what waits to be sent, how people want to be told, and what was told already."""

import sqlalchemy as sa
from alembic import op

from sellergate.adapters.sql.columns import BigNumber, Id, Json, Name, UtcDateTime
from sellergate.adapters.sql.migrations.online import create_index, drop_index, replace_check

revision = "0011"
down_revision = "0010"

AUDIENCES = "'seller', 'supplier'"
CHECK = "ck_notifications_audience"
WAITING = sa.text("state = 'pending'")


def upgrade() -> None:
    """Create the tables, and let operators be told. Nothing has emptied the outbox so far: what is in it is old news."""
    _create_preferences()
    _create_memory()
    _create_messages()
    op.execute("DELETE FROM outbox")
    create_index("ix_notifications_at", "notifications", ["at"])
    replace_check("notifications", CHECK, f"audience IN ({AUDIENCES}, 'operator')")


def _create_preferences() -> None:
    op.create_table(
        "notice_preferences",
        sa.Column("audience", sa.String(8), nullable=False),
        sa.Column("recipient_id", Id, nullable=False),
        sa.Column("email", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(9), nullable=False),
        sa.Column("muted", Json, nullable=False),
        sa.Column("locale", sa.String(2)),
        sa.Column("zone", sa.Text()),
        sa.CheckConstraint(f"audience IN ({AUDIENCES}, 'operator')", name=op.f("ck_notice_preferences_audience")),
        sa.CheckConstraint("digest IN ('immediate', 'hourly', 'daily')", name=op.f("ck_notice_preferences_digest")),
        sa.CheckConstraint("locale IN ('ko', 'en')", name=op.f("ck_notice_preferences_locale")),
        sa.PrimaryKeyConstraint("audience", "recipient_id", name="pk_notice_preferences"),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )


def _create_memory() -> None:
    op.create_table(
        "notices_said",
        sa.Column("thread", Name, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("thread", name="pk_notices_said"),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
    op.create_index("ix_notices_said_at", "notices_said", ["at"], if_not_exists=True)
    op.create_table(
        "notice_marks",
        sa.Column("kind", Name, nullable=False),
        sa.Column("subject", Name, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", "version", name="pk_notice_marks"),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
    op.create_index("ix_notice_marks_at", "notice_marks", ["at"], if_not_exists=True)


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", BigNumber, sa.Identity(), nullable=False),
        sa.Column("key", Name, nullable=False),
        sa.Column("channel", sa.String(7), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("locale", sa.String(2), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(7), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", BigNumber, nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("done_at", UtcDateTime()),
        sa.CheckConstraint("channel IN ('email', 'chat', 'webhook')", name=op.f("ck_messages_channel")),
        sa.CheckConstraint("locale IN ('ko', 'en')", name=op.f("ck_messages_locale")),
        sa.CheckConstraint("state IN ('pending', 'sent', 'dead')", name=op.f("ck_messages_state")),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("key", name="uq_messages_key"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    for columns in (["state", "id"], ["state", "done_at"]):
        op.create_index(f"ix_messages_{'_'.join(columns)}", "messages", columns, if_not_exists=True)
    op.create_index(
        "ix_messages_due",
        "messages",
        ["channel", "due_at", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
        if_not_exists=True,
    )
    op.create_table(
        "message_items",
        sa.Column("id", BigNumber, sa.Identity(), nullable=False),
        sa.Column("message_id", BigNumber, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_message_items_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_message_items"),
        sqlite_autoincrement=True,
        if_not_exists=True,
    )
    op.create_index("ix_message_items_message_id", "message_items", ["message_id"], if_not_exists=True)


def downgrade() -> None:
    """Take them away again, and what operators were told. Who has not been told is not told any more."""
    op.execute("DELETE FROM outbox")
    op.execute("DELETE FROM notifications WHERE audience = 'operator'")
    for table in ("message_items", "messages", "notice_marks", "notices_said", "notice_preferences"):
        op.drop_table(table, if_exists=True)
    drop_index("ix_notifications_at", "notifications")
    replace_check("notifications", CHECK, f"audience IN ({AUDIENCES})")
