"""PostgreSQL 15 and later: works run side by side, and lock the rows they decide about."""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Index

from sellergate.adapters.sql.engines.database import Limits
from sellergate.adapters.sql.engines.plans import Plan
from sellergate.adapters.sql.engines.postgres import plans
from sellergate.adapters.sql.engines.postgres.bell import Bell, notify
from sellergate.adapters.sql.engines.postgres.companions import SHARE_WORKING, PostgresCompanions, migrating_alone
from sellergate.adapters.sql.engines.postgres.connection import ServerConnection, connect, parameters_of
from sellergate.adapters.sql.engines.postgres.facts import PostgresFacts
from sellergate.adapters.sql.engines.postgres.feed import LONGEST_WORK, PostgresFeed
from sellergate.adapters.sql.engines.postgres.pool import begun, driver_of, open_engine
from sellergate.adapters.sql.engines.postgres.reading import Readers
from sellergate.adapters.sql.engines.postgres.replica import Replica
from sellergate.adapters.sql.engines.postgres.survey import survey
from sellergate.adapters.sql.errors import as_store_errors
from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.gate import Facts
from sellergate.ports.survey import DatabaseSurvey

BEGIN_READING: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
LOCK_SECONDS: Final = 3
"""How long a work waits for a row that others have locked."""
IDLE_SECONDS: Final = 10
"""How long a transaction may do nothing before the server ends it, so that a process that hangs keeps no lock."""
ANSWERS_LATER: Final = 2.0
"""How much longer than the server's own limit we wait for its answer."""
MIGRATES_WITHIN: Final = 3600.0
MIGRATION_LOCK_SECONDS: Final = 1
"""How long a migration waits for a table, and with it whoever comes after it."""


class PostgresDatabase:
    """One database on a server, for any number of processes and machines.

    Works read what is committed and lock rows where the ports say so, views see one moment. Each process has two sets of
    connections of the same size: for transactions, and for the gate's reads, which therefore never wait for verbs; and one
    more that listens.
    """

    def __init__(self, url: str, limits: Limits) -> None:
        self._parameters = parameters_of(url)
        self._patience = limits.statement.total_seconds() + ANSWERS_LATER
        self._limits = (
            f"SET LOCAL statement_timeout = {round(limits.statement.total_seconds() * 1000)}; "
            f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'; "
            f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'"
        )
        self.engine = open_engine(self._connect, limits.pool_size)
        self._attempts = limits.pool_size + 1
        self._readers = Readers(self._parameters, size=limits.pool_size, patience=self._patience)
        self._facts = PostgresFacts(self._readers)
        self._bell = Bell(self._connect, lambda channel: self._readers.read(lambda reader: notify(reader, channel)))
        self._working = threading.local()
        self.companions = PostgresCompanions()
        self.feed = PostgresFeed(self._readers, self._bell)
        self.replica = None if limits.replica_url is None else self._replica(limits.replica_url, limits)

    def _replica(self, url: str, limits: Limits) -> Replica:
        return Replica(
            url,
            lag=limits.replica_lag,
            size=limits.pool_size,
            begin=f"{BEGIN_READING}; {self._limits}",
            patience=self._patience,
            primary=self._readers,
        )

    def _connect(self, **more: Any) -> ServerConnection:
        return connect({**self._parameters, **more}, patience=self._patience)

    def create(self) -> None:
        """Nothing: a server's database is made by whoever looks after the server."""

    def check(self) -> None:
        """Nothing that would not show itself."""

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """See Database. Raises ConcurrentChange where others were in the way, and everything can be tried again."""
        if getattr(self._working, "here", False):
            raise RuntimeError("A work was begun inside a work of the same thread.")
        began = time.monotonic()
        with (
            as_store_errors(),
            self._begun(f"BEGIN ISOLATION LEVEL READ COMMITTED; {self._limits}; {SHARE_WORKING}") as connection,
        ):
            self._working.here = True
            try:
                yield connection
                _commit(connection, began)
            finally:
                self._working.here = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """See Database."""
        with (
            as_store_errors(),
            self._begun(f"{BEGIN_READING}; {self._limits}") as connection,
        ):
            yield connection
            connection.rollback()

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """See Database. A table that is in use for long makes the migration try again rather than everybody wait behind it."""
        engine = open_engine(self._connect, 1)  # its connection is set up differently, and closed at the end
        try:
            with as_store_errors(), migrating_alone(self._connect), engine.connect() as connection:
                driver = driver_of(connection)
                driver.patience = MIGRATES_WITHIN
                driver.execute(
                    f"SET statement_timeout = 0; SET lock_timeout = '{MIGRATION_LOCK_SECONDS}s'", prepare=False
                )
                driver.autocommit = False  # a transaction begins with its first statement
                yield connection
        finally:
            engine.dispose()

    def _begun(self, how: str) -> AbstractContextManager[Connection]:
        return begun(self.engine, how, attempts=self._attempts)

    def facts(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:
        """See FactsReader."""
        return self._facts.read(seller_id, product_ids)

    def survey(self, connection: Connection) -> DatabaseSurvey:
        """See Database."""
        return survey(connection)

    def plan_of(self, connection: Connection, statement: str, parameters: Any) -> Plan:
        """See Database."""
        return plans.plan_of(connection, statement, parameters)

    def own_statements(self, seller_id: str, product_id: str) -> Mapping[str, tuple[str, Any]]:
        """See Database."""
        return plans.own_statements(seller_id, product_id)

    def small_tables(self, connection: Connection) -> frozenset[str]:
        """See Database."""
        return plans.small_tables(connection)

    def prefer_indexes(self, connection: Connection) -> None:
        """See Database."""
        plans.prefer_indexes(connection)

    def missing_indexes(self, connection: Connection, names: Iterable[str]) -> frozenset[str]:
        """See Database."""
        return plans.missing_indexes(connection, names)

    def remade(self, index: Index) -> str:
        """See Database."""
        return plans.remade(index)

    def empty(self) -> str:
        """What to say when it has no tables."""
        return "The database has not been set up yet. Run: sellergate migrate"

    def close(self) -> None:
        """Let go of all connections."""
        self._bell.close()
        if self.replica is not None:
            self.replica.close()
        self._readers.close()
        self.engine.dispose()


def _commit(connection: Connection, began: float) -> None:
    if driver_of(connection).pgconn.transaction_status == TransactionStatus.INERROR:
        # COMMIT would be answered without an error, by a rollback.
        raise StoreUnavailable("A statement of this work has failed, and with it all of the work.")
    if time.monotonic() - began > LONGEST_WORK.total_seconds():
        raise StoreUnavailable(f"The work has taken longer than {LONGEST_WORK.total_seconds():.0f} s.")
    connection.commit()
