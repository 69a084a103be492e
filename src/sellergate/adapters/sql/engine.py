"""What differs between databases: how to connect, to begin, to queue, to notice commits, and to insert or update.

SQLite is what there is so far. For PostgreSQL this is the file to extend; the stores' statements are the same.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from sellergate.adapters.sql.columns import EXACT_SUM, exact_sum
from sellergate.domain.errors import InvalidInput, StoreUnavailable

BUSY_SECONDS: Final = 5.0
"""How long a writer waits for its turn, here and in SQLite."""
POOL_SIZE: Final = 32

BEGIN: Final = "sellergate_begin"
"""The execution option that says how a transaction begins."""
WRITING: Final = {BEGIN: "BEGIN IMMEDIATE"}

_IN_MEMORY: Final = ("", ":memory:")
_INSERTS: Final[Mapping[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def sqlite_path(url: str) -> Path:
    """The database file a URL names, absolute, so that a later change of directory does not matter.

    Raises InvalidInput for a URL that is none, for other databases, for a database in memory, and when there is no
    folder for the file.
    """
    parsed = _parsed(url)
    database = parsed.database or ""
    if parsed.get_backend_name() != "sqlite":
        raise InvalidInput(f"{parsed.drivername} is no database sellergate works with; sqlite is.", field="url")
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
        json_serializer=_as_json,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=dict)


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.create_function(EXACT_SUM, 2, exact_sum, deterministic=True)


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


class WriterQueue:
    """Where this process's writers wait for each other, before they ask SQLite for the write lock.

    SQLite has one writer at a time, and those who wait for it sleep and try again: the lock goes to whoever happens to wake
    up, which starves some. A lock of our own is handed over at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn and keep it for the block.

        Raises StoreUnavailable after five seconds, RuntimeError when this thread has the turn already.
        """
        if self._owner == threading.get_ident():
            raise RuntimeError("A work was begun inside a work of the same thread.")
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            raise StoreUnavailable("The database is busy: too many writers wait for their turn.")
        self._owner = threading.get_ident()
        try:
            yield
        finally:
            self._owner = None
            self._lock.release()


class Readers:
    """Idle connections for single reads outside of any transaction: taking one from the pool would double what a read costs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._closed = False

    def read(self, statement: str, parameters: Sequence[str]) -> list[tuple[Any, ...]]:
        """All rows of one statement. Raises StoreUnavailable."""
        try:
            connection = self._take()
            try:
                rows = connection.execute(statement, parameters).fetchall()
            except BaseException:
                connection.close()
                raise
        except sqlite3.Error as error:
            raise StoreUnavailable from error
        self._idle.append(connection)
        if self._closed:
            self.close()
        return rows

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()  # one thread gets it: a list's pop and append are atomic
        except IndexError:
            return connect(self._path)

    def close(self) -> None:
        """Let go of the idle connections, and of those in use as soon as they are idle."""
        self._closed = True
        while True:
            try:
                self._idle.pop().close()
            except IndexError:
                return


class CommitWatch:
    """Notices commits by other connections, whichever process they belong to, for the price of reading one number.

    SQLite's `data_version` changes when another connection has committed. A connection that never writes itself therefore
    sees every commit.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._seen: int | None = None

    def may_have_changed(self) -> bool:
        """Whether anything was committed since the last call; True when in doubt. Raises StoreUnavailable."""
        with self._lock:
            try:
                version = self._data_version()
            except sqlite3.Error as error:
                self._forget()
                raise StoreUnavailable from error
            changed, self._seen = version != self._seen, version
            return changed

    def _data_version(self) -> int:
        if self._connection is None:
            self._connection = connect(self._path)
        row: tuple[int] = self._connection.execute("PRAGMA data_version").fetchone()
        return row[0]

    def _forget(self) -> None:
        self._seen = None  # a new connection counts anew
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._forget()


def insert_or(connection: Connection, table: Table) -> Any:
    """An insert that can say what to do about a row that is there already (`on_conflict_do_…`)."""
    return _INSERTS[connection.dialect.name](table)
