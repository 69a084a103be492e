"""A SQLite file: how it is named, made, and connected to."""

import sqlite3
import time
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from sellergate.adapters.sql.columns import EXACT_SUM, EXACT_TOTAL, ExactTotaling, as_json, exact_sum
from sellergate.domain.errors import InvalidInput, StoreUnavailable

BUSY_SECONDS: Final = 5.0
"""How long a writer waits for its turn, here and in SQLite."""
POOL_SIZE: Final = 32

BEGIN: Final = "sellergate_begin"
"""The execution option that says how a transaction begins."""
WRITING: Final = {BEGIN: "BEGIN IMMEDIATE"}

_IN_MEMORY: Final = ("", ":memory:")


def sqlite_path(url: str) -> Path:
    """The database file a URL names, absolute, so that a later change of directory does not matter.

    Raises InvalidInput for a URL that is none, for a database in memory, and when there is no folder for the file.
    """
    database = _parsed(url).database or ""
    if database in _IN_MEMORY or database.startswith("file:"):
        # Every thread would get an empty database of its own, and no other process could ever see it.
        raise InvalidInput(
            "A SQLite database must be a file, such as sqlite:///shop.db. For a store in memory use MemoryStore.",
            field="url",
        )
    path = Path(database).absolute()
    if not path.parent.is_dir():
        raise InvalidInput(f"There is no folder {path.parent} for the database {path.name}.", field="url")
    return path


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:  # its message may show a password
        raise InvalidInput("The database URL cannot be read.", field="url") from error


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """A connection of the driver's. Without `create` a missing file stays missing, and raises sqlite3.OperationalError."""
    return sqlite3.connect(
        f"file:{quote(str(path))}?mode={'rwc' if create else 'rw'}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,  # transactions begin when the engine says so
        check_same_thread=False,
    )


def open_engine(path: Path) -> Engine:
    """The pool of connections to one database file. A pool never makes a thread wait that already holds one."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: connect(path),
        poolclass=QueuePool,
        pool_size=POOL_SIZE,
        max_overflow=-1,
        pool_use_lifo=True,
        json_serializer=as_json,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.create_function(EXACT_SUM, 2, exact_sum, deterministic=True)
    connection.create_aggregate(EXACT_TOTAL, 1, ExactTotaling)  # type: ignore[arg-type]  # amounts are texts


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(BEGIN, "BEGIN"))


def check_presence(path: Path) -> None:
    """Raises StoreUnavailable when there is no such file: connections that were open before would not notice."""
    if not path.exists():
        raise StoreUnavailable(f"There is no database {path.name} in {path.parent}.")


def create_file(path: Path) -> None:
    """Make an empty database file unless there is one, and let it have readers beside its writer.

    Raises StoreUnavailable when that cannot be done.
    """
    try:
        connection = connect(path, create=True)
        try:
            _use_write_ahead_log(connection)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The database {path.name} cannot be opened: {error}.") from error


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Lasting, so one process does it once. SQLite does not wait by itself when two want to do it at the same time."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
