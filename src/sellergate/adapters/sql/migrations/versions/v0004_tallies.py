"""A tally of the authorizations of each supplier and status, kept by triggers: what a list has in all need not be counted."""

import sqlalchemy as sa
from alembic import op

from sellergate.adapters.sql.columns import BigNumber, Id
from sellergate.adapters.sql.migrations.online import is_sqlite

revision = "0004"
down_revision = "0003"

# The triggers only ever add rows: two verbs of one supplier would otherwise wait for each other.
POSTGRESQL = (
    """
    CREATE FUNCTION authorizations_tally() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO authorization_tallies (supplier_id, status, number)
            SELECT supplier_id, status, count(*) FROM new_rows GROUP BY supplier_id, status;
        ELSIF TG_OP = 'DELETE' THEN
            INSERT INTO authorization_tallies (supplier_id, status, number)
            SELECT supplier_id, status, -count(*) FROM old_rows GROUP BY supplier_id, status;
        ELSE
            INSERT INTO authorization_tallies (supplier_id, status, number)
            SELECT supplier_id, status, sum(number) FROM (
                SELECT supplier_id, status, 1 AS number FROM new_rows
                UNION ALL SELECT supplier_id, status, -1 FROM old_rows
            ) AS moved GROUP BY supplier_id, status HAVING sum(number) <> 0;
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER authorizations_tally_insert AFTER INSERT ON authorizations
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION authorizations_tally()
    """,
    """
    CREATE TRIGGER authorizations_tally_update AFTER UPDATE ON authorizations
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION authorizations_tally()
    """,
    """
    CREATE TRIGGER authorizations_tally_delete AFTER DELETE ON authorizations
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION authorizations_tally()
    """,
)

_ADD = "INSERT INTO authorization_tallies (supplier_id, status, number) VALUES ({row}.supplier_id, {row}.status, {number});"
SQLITE = (
    f"CREATE TRIGGER authorizations_tally_insert AFTER INSERT ON authorizations BEGIN {_ADD.format(row='NEW', number=1)} END",
    f"""
    CREATE TRIGGER authorizations_tally_update AFTER UPDATE OF supplier_id, status ON authorizations
    WHEN OLD.supplier_id <> NEW.supplier_id OR OLD.status <> NEW.status
    BEGIN {_ADD.format(row="OLD", number=-1)} {_ADD.format(row="NEW", number=1)} END
    """,
    f"CREATE TRIGGER authorizations_tally_delete AFTER DELETE ON authorizations BEGIN {_ADD.format(row='OLD', number=-1)} END",
)


def upgrade() -> None:
    """Make the table and keep the tally from now on; what is there already is counted in the next migration."""
    op.create_table(
        "authorization_tallies",
        sa.Column("id", BigNumber, sa.Identity(), nullable=False, autoincrement=True),
        sa.Column("supplier_id", Id, nullable=False),
        sa.Column("status", sa.String(14), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_authorization_tallies"),
        sa.Index("ix_authorization_tallies_supplier_id_status_number", "supplier_id", "status", "number"),
        sqlite_autoincrement=True,
    )
    for statement in SQLITE if is_sqlite() else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Take it away again."""
    if is_sqlite():
        for verb in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER authorizations_tally_{verb}")
    else:
        op.execute("DROP FUNCTION authorizations_tally() CASCADE")
    op.drop_table("authorization_tallies")
