"""Steps for tables that are in use while they change: see docs/decisions/0015."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from alembic import op
from sqlalchemy import text

_INVALID: Final = text("""
    SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(:name) AND NOT indisvalid
""")
"""What a CREATE INDEX CONCURRENTLY that was broken off leaves behind: an index that is kept up to date and never used."""


def is_sqlite() -> bool:
    """Whether the database is a SQLite file, whose writers wait for a migration to end anyway."""
    return op.get_bind().dialect.name == "sqlite"


def create_index(name: str, table: str, columns: Sequence[str], **options: Any) -> None:
    """Make an index while others read and write. Can be repeated: what a broken run has left is made anew.

    On a server this commits what the migration has done so far; so a migration that does it must be able to begin again.
    """
    if is_sqlite():
        op.create_index(name, table, list(columns), **options)
        return
    with _beside_others():
        if op.get_bind().execute(_INVALID, {"name": name}).first() is not None:
            op.drop_index(name, table, postgresql_concurrently=True)
        op.create_index(name, table, list(columns), if_not_exists=True, postgresql_concurrently=True, **options)


def drop_index(name: str, table: str) -> None:
    """Drop an index while others read and write. Can be repeated; commits as `create_index` does."""
    if is_sqlite():
        op.drop_index(name, table)
        return
    with _beside_others():
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)


def replace_check(table: str, name: str, condition: str) -> None:
    """Put another condition in the place of a check while others read and write; rows are looked at beside them.

    Can be repeated; commits as `create_index` does. On SQLite the table is made anew, so nothing may refer to its rows.
    """
    if is_sqlite():
        with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as altered:
            altered.drop_constraint(op.f(name), type_="check")
            altered.create_check_constraint(op.f(name), condition)
        return
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID")
    with _beside_others():
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


@contextmanager
def _beside_others() -> Iterator[None]:
    # It keeps nobody waiting, but waits itself for every transaction that began before: for that the usual limit is too short.
    with op.get_context().autocommit_block():
        limit = op.get_bind().exec_driver_sql("SHOW lock_timeout").scalar_one()
        op.execute("SET lock_timeout = 0")
        yield
        op.execute(f"SET lock_timeout = '{limit}'")
