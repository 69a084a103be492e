"""The schema's history, and bringing a database up to date. Migrations travel with the package: no ini file is needed."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine

from sellergate.adapters.sql.engines import Database
from sellergate.adapters.sql.errors import as_store_errors
from sellergate.domain.errors import StoreUnavailable


def migrate(database: Database, to: str = "head") -> None:
    """Bring the database to the newest revision, or to an older one it has already passed.

    All in one transaction that begins by waiting for others that migrate, so that of several processes doing this at once
    the first one migrates and the others find it done. Raises StoreUnavailable, also for a database newer than this program.
    """
    with database.migrating() as connection:
        current = _current(connection)
        try:
            down = to != "head" and current is not None
            (command.downgrade if down else command.upgrade)(_config(connection), to)
        except CommandError as error:
            raise StoreUnavailable(f"The database is at a revision this program does not know: {current}.") from error


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
