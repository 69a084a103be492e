"""SQLite: one file, any number of readers, one writer at a time."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection, Index, Table
from sqlalchemy.schema import CreateIndex

from sellergate.adapters.sql.engines.plans import Plan
from sellergate.adapters.sql.engines.sqlite.facts import SqliteFacts
from sellergate.adapters.sql.engines.sqlite.feed import SqliteFeed
from sellergate.adapters.sql.engines.sqlite.file import WRITING, check_presence, create_file, open_engine, sqlite_path
from sellergate.adapters.sql.engines.sqlite.plans import plan_of
from sellergate.adapters.sql.engines.sqlite.sharing import CommitWatch, Readers, WriterQueue
from sellergate.adapters.sql.errors import as_store_errors
from sellergate.domain.gate import Facts
from sellergate.ports.clock import utc_now
from sellergate.ports.survey import DatabaseSurvey


class Alone:
    """A work has the whole database to itself: there are no companions to mind."""

    def enter(self, connection: Connection, table: Table, key: str) -> None:
        """Nobody else can enter anything."""

    def begin_sealing(self, connection: Connection) -> None:
        """Nobody else can seal."""

    def settled(self, connection: Connection, after: int, sequences: Sequence[int]) -> int:  # noqa: ARG002
        """All of them: numbers are given in the order of the commits."""
        return len(sequences)


class SqliteDatabase:
    """One SQLite file, for any number of threads and processes of this machine.

    Readers never wait. Writers wait for each other: those of this process in a queue, those of others by SQLite's lock, at
    most five seconds.
    """

    def __init__(self, url: str) -> None:
        self._path = path = sqlite_path(url)
        self.engine = open_engine(path)
        self._writing = self.engine.execution_options(**WRITING)
        self._readers = Readers(path)
        self._facts = SqliteFacts(self._readers, self.engine.dialect)
        self._queue = WriterQueue()
        self._watch = CommitWatch(path)
        self.companions = Alone()
        self.feed = SqliteFeed(self.reading, self._watch, now=utc_now)
        self.replica = None

    def create(self) -> None:
        """Make an empty file unless there is one."""
        create_file(self._path)

    def check(self) -> None:
        """Raises StoreUnavailable when there is no such file."""
        check_presence(self._path)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """See Database. The lock is passed on as soon as the transaction has ended."""
        with self._queue.turn(), as_store_errors(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """See Database."""
        with as_store_errors(), self.engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()

    def migrating(self) -> AbstractContextManager[Connection]:
        """See Database. Whoever has the write lock migrates."""
        return self.writing()

    def facts(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:
        """See FactsReader."""
        return self._facts.read(seller_id, product_ids)

    def survey(self, connection: Connection) -> DatabaseSurvey:  # noqa: ARG002
        """See Database. Its clock is this machine's."""
        return DatabaseSurvey(engine="SQLite", version=sqlite3.sqlite_version)

    def plan_of(self, connection: Connection, statement: str, parameters: Any) -> Plan:
        """See Database."""
        return plan_of(connection, statement, parameters)

    def own_statements(self, seller_id: str, product_id: str) -> Mapping[str, tuple[str, Any]]:
        """See Database."""
        return self._facts.statements(seller_id, product_id)

    def small_tables(self, connection: Connection) -> frozenset[str]:  # noqa: ARG002
        """None: SQLite takes an index whatever the size."""
        return frozenset()

    def prefer_indexes(self, connection: Connection) -> None:
        """As it is."""

    def missing_indexes(self, connection: Connection, names: Iterable[str]) -> frozenset[str]:
        """See Database. Only indexes that are made by name have one here."""
        made = (name for name in names if name.startswith("ix_"))
        there = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars()
        return frozenset(made) - frozenset(there)

    def remade(self, index: Index) -> str:
        """See Database."""
        return str(CreateIndex(index).compile(dialect=self.engine.dialect))

    def empty(self) -> str:
        """What to say when it has no tables."""
        return f"The database {self._path.name} is empty. Migrate it first."

    def close(self) -> None:
        """Let go of all connections."""
        self._watch.close()
        self._readers.close()
        self.engine.dispose()
