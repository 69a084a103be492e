"""The audit trail is append-only: the database itself refuses to change or delete an event or a seal."""

from alembic import op

revision = "0002"
down_revision = "0001"

GUARDED = ("authorization_events", "event_seals")
MESSAGE = "{table} is append-only: the audit trail cannot be changed or deleted"

SQLITE_GUARD = """
    CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
    BEGIN SELECT RAISE(ABORT, '{message}'); END
"""
# INSERT OR REPLACE deletes the old row without asking the delete trigger.
SQLITE_REPLACE_GUARD = """
    CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE sequence = NEW.sequence)
    BEGIN SELECT RAISE(ABORT, '{message}'); END
"""

POSTGRESQL_FUNCTION = """
    CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
POSTGRESQL_ROW_GUARD = """
    CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_refuse()
"""
POSTGRESQL_TABLE_GUARD = """
    CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()
"""


def upgrade() -> None:
    """Set the guards."""
    for table in GUARDED:
        for statement in _guards(table):
            op.execute(statement)


def downgrade() -> None:
    """Take the guards away."""
    for table in GUARDED:
        for statement in _removals(table):
            op.execute(statement)


def _guards(table: str) -> list[str]:
    words = {"table": table, "message": MESSAGE.format(table=table)}
    if _is_sqlite():
        changes = [SQLITE_GUARD.format(verb=verb, **words) for verb in ("update", "delete")]
        return [*changes, SQLITE_REPLACE_GUARD.format(**words)]
    templates = (POSTGRESQL_FUNCTION, POSTGRESQL_ROW_GUARD, POSTGRESQL_TABLE_GUARD)
    return [template.format(**words) for template in templates]


def _removals(table: str) -> list[str]:
    if _is_sqlite():
        return [f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete", "replace")]
    return [f"DROP FUNCTION {table}_refuse() CASCADE"]


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
