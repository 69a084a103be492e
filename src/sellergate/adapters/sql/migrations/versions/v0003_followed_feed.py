"""Changes know when they were made and by which transaction; on PostgreSQL they ring a bell. Reports say what is still open."""

import sqlalchemy as sa
from alembic import op

from sellergate.adapters.sql.columns import BigNumber, Json, UtcDateTime

revision = "0003"
down_revision = "0002"

LONG_AGO = "1970-01-01 00:00:00.000000"
"""When the changes were made that are there already: nobody who is about to follow the feed needs them."""

POSTGRESQL_BELL = (
    """
    CREATE FUNCTION changes_ring() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_notify('sellergate_changes', ''); RETURN NULL; END $$
    """,
    """
    CREATE TRIGGER changes_bell AFTER INSERT ON changes
    FOR EACH STATEMENT EXECUTE FUNCTION changes_ring()
    """,
)


def upgrade() -> None:
    """Add the columns and the bell."""
    op.add_column("changes", sa.Column("at", UtcDateTime(), nullable=False, server_default=sa.text(f"'{LONG_AGO}'")))
    op.add_column("changes", sa.Column("xid", BigNumber))
    op.create_index("ix_changes_at", "changes", ["at"])
    op.create_index("ix_changes_xid", "changes", ["xid"])
    op.add_column("processes", sa.Column("open_sequences", Json, nullable=False, server_default=sa.text("'[]'")))
    if not _is_sqlite():
        op.alter_column("changes", "at", server_default=sa.text("clock_timestamp()"))
        op.alter_column("changes", "xid", server_default=sa.text("pg_current_xact_id()::text::bigint"))
        for statement in POSTGRESQL_BELL:
            op.execute(statement)


def downgrade() -> None:
    """Take them away again."""
    if not _is_sqlite():
        op.execute("DROP FUNCTION changes_ring() CASCADE")
    op.drop_column("processes", "open_sequences")
    for column in ("xid", "at"):
        op.drop_index(f"ix_changes_{column}", "changes")
        op.drop_column("changes", column)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
