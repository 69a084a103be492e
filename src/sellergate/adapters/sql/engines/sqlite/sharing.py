"""One SQLite file shared by many threads and processes: writers in a queue, readers at hand, commits noticed."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sellergate.adapters.sql.engines.sqlite.file import BUSY_SECONDS, connect
from sellergate.domain.errors import StoreUnavailable


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
