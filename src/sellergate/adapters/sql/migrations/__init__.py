"""The schema's history, and bringing a database up to date. Migrations travel with the package: no ini file is needed."""

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from sellergate.adapters.sql.engines import Database
from sellergate.adapters.sql.errors import as_store_errors
from sellergate.domain.errors import StoreUnavailable

LOCK_TRIES: Final = 20
LOCK_PAUSE: Final = 0.5
"""How often, and seconds from one to the next, a migration tries to get at a table that is in use."""
_LOCK_NOT_AVAILABLE: Final = "55P03"


def migrate(database: Database, to: str = "head") -> None:
    """Bring the database to the newest revision, or to an older one it has already passed.

    Of several processes doing this at once the first one migrates and the others find it done. On SQLite it is one transaction;
    on a server each migration is one, so that each keeps others waiting for a moment only (docs/decisions/0015). Raises
    StoreUnavailable, also for a database newer than this program.
    """
    with database.migrating() as connection:
        current = current_revision(database.engine)
        down = to != "head" and current is not None
        try:
            _run(command.downgrade if down else command.upgrade, connection, to)
        except CommandError as error:
            raise StoreUnavailable(f"The database is at a revision this program does not know: {current}.") from error


def _run(run: Callable[[Config, str], None], connection: Connection, to: str) -> None:
    for _ in range(LOCK_TRIES - 1):
        try:
            return run(_config(connection), to)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
        # What was begun has been undone. Those who waited behind it go first.
        connection.rollback()
        time.sleep(LOCK_PAUSE)
    return run(_config(connection), to)


def current_revision(engine: Engine) -> str | None:
    """The revision the database is at; None for an empty one. Raises StoreUnavailable."""
    with as_store_errors(), engine.connect() as connection:
        return _current(connection)


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def known_revisions() -> frozenset[str]:
    """Every revision this program knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions())


@cache
def head_revision() -> str:
    """The newest revision this program knows."""
    head = ScriptDirectory.from_config(_config(None)).get_current_head()
    assert head is not None  # noqa: S101  there is a first migration
    return head


def _config(connection: Connection | None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
