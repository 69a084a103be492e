"""A standby that answers lists and reports, as long as it knows enough."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Final

import psycopg
from sqlalchemy import Connection

from sellergate.adapters.sql.engines.postgres.connection import ServerConnection, connect, parameters_of
from sellergate.adapters.sql.engines.postgres.pool import driver_of, open_engine
from sellergate.adapters.sql.engines.postgres.reading import Readers
from sellergate.adapters.sql.errors import as_store_errors
from sellergate.domain.errors import InvalidInput, StoreUnavailable

CONNECT_SECONDS: Final = 2
ANSWERS_WITHIN: Final = 1.0
"""How long a standby may take to say how far it is: the primary is there to answer instead."""
RESTS: Final = 5.0
"""How long a standby that has failed is not asked again."""
NOTES_EVERY: Final = 1.0

Ask = Callable[[Callable[[ServerConnection], Any]], Any]

# What has been committed is flushed, unless the server was told not to wait for that. Beyond it there may be more, which nobody
# needs and which a standby gets to know some seconds later.
_PRIMARY: Final = """
    SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint, system_identifier,
        (CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
            ELSE pg_current_wal_flush_lsn() END - '0/0')::bigint
    FROM pg_control_system()
"""
_STANDBY: Final = """
    SELECT pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn() - '0/0', 0)::bigint, system_identifier
    FROM pg_control_system()
"""


class ReplicaUnfit(StoreUnavailable):
    """The standby answers, but what it knows will not do. The primary has to be asked."""


class Replica:
    """One standby. What it answers is never older than what this process has committed or heard of, nor than `lag`.

    Both are told by positions in the log, not by clocks: the time of the last transaction replayed says nothing when nobody
    writes, and a standby that has lost its primary believes to be up to date. So the primary's position is noted about once a
    second, and whoever has replayed a position that was noted less than `lag` ago is not older than that.
    """

    def __init__(self, url: str, *, lag: timedelta, size: int, begin: str, patience: float, primary: Readers) -> None:
        self._parameters = {
            **_parameters(url),
            "target_session_attrs": "any",
            "connect_timeout": CONNECT_SECONDS,
        }
        self._lag = lag.total_seconds()
        self._notes_every = min(NOTES_EVERY, self._lag / 4)
        self._begin = begin
        self._patience = patience
        self._primary = primary
        self._engine = open_engine(self._connect, size)
        self._lock = threading.Lock()
        self._noted: deque[tuple[float, int]] = deque()
        self._system: int | None = None
        self._written = True
        self._floor = 0
        self._rests_until = 0.0
        self._age: float | None = None
        self._error: str | None = None
        self.reads = 0

    def _connect(self, **more: Any) -> ServerConnection:
        return connect({**self._parameters, **more}, patience=self._patience)

    def written(self) -> None:
        """This process has committed something, or heard that others have: from now on the standby must know it as well."""
        self._written = True

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment. Raises ReplicaUnfit when that would be too old, StoreUnavailable when the standby
        does not answer; then it is left alone for some seconds.
        """
        if time.monotonic() < self._rests_until:
            raise ReplicaUnfit("The replica has failed a moment ago.")
        try:
            with as_store_errors(), self._engine.connect() as connection:
                self._check(driver_of(connection))
                connection.begin()
                driver_of(connection).execute(self._begin, prepare=False)
                yield connection
                connection.rollback()
        except ReplicaUnfit as error:
            self._age, self._error = None, str(error)
            raise
        except (StoreUnavailable, psycopg.Error) as error:
            self._failed(error)
            raise StoreUnavailable from error
        self._error = None
        self.reads += 1

    def _failed(self, error: Exception) -> None:
        self._age = None
        cause = getattr(error.__cause__, "orig", None) or error.__cause__ or error
        self._error = str(cause).strip() or type(cause).__name__
        self._rests_until = time.monotonic() + RESTS
        self._engine.dispose()

    def _check(self, standby: ServerConnection) -> None:
        floor = self._known()
        replayed = self._replayed(standby)
        if replayed < floor:
            raise ReplicaUnfit("The replica does not know yet what was committed last.")
        age = self._age_of(replayed)
        if age is None:
            raise ReplicaUnfit(f"The replica is more than {self._lag:.0f} s behind.")
        self._age = age

    def _replayed(self, standby: ServerConnection) -> int:
        standby.patience = ANSWERS_WITHIN
        row = standby.execute(_STANDBY, prepare=False).fetchone()
        standby.patience = self._patience
        is_standby, replayed, system = row or (False, 0, None)
        if not is_standby:
            raise ReplicaUnfit("DATABASE_REPLICA_URL leads to a server that is no standby.")
        if self._system not in (None, system):
            raise ReplicaUnfit("DATABASE_REPLICA_URL leads to a standby of another server.")
        return int(replayed)

    def _known(self) -> int:
        """The position a standby must have replayed. The primary is asked where it is after writes, and once a second."""
        with self._lock:
            now = time.monotonic()
            if self._written or not self._noted or now - self._noted[-1][0] >= self._notes_every:
                written, self._written = self._written, False
                try:
                    flushed, self._system, committed = self._primary.read(_position)
                except StoreUnavailable:
                    self._written = written
                    if written:
                        raise ReplicaUnfit("The primary does not say how far it is.") from None
                    return self._floor
                self._noted.append((now, flushed))
                self._floor = max(self._floor, committed) if written else self._floor
            while self._noted and now - self._noted[0][0] > self._lag:
                self._noted.popleft()
            return self._floor

    def _age_of(self, replayed: int) -> float | None:
        """At most so many seconds ago this was where the primary stood; None for more than is allowed."""
        with self._lock:
            passed = [noted for noted, position in self._noted if position <= replayed]
        return time.monotonic() - passed[-1] if passed else None

    def look(self) -> Mapping[str, Any]:
        """How it is, found out now."""
        with suppress(StoreUnavailable), self.reading():
            pass
        return self.health()

    def health(self) -> Mapping[str, Any]:
        """Whether the last list was read from it, how old that was at most, and why not. Nobody is asked."""
        health = {"used": self._age is not None, "reads": self.reads}
        if self._age is not None:
            return {**health, "lagSeconds": round(self._age, 3)}
        return {**health, "error": self._error} if self._error else health

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()


def _parameters(url: str) -> dict[str, Any]:
    if url.partition(":")[0].partition("+")[0] not in ("postgresql", "postgres"):
        raise InvalidInput("A replica is a PostgreSQL standby: postgresql://user@host/shop.", field="replica_url")
    try:
        return parameters_of(url)
    except InvalidInput as error:
        raise InvalidInput(str(error), field="replica_url") from error


def _position(primary: ServerConnection) -> tuple[int, int, int]:
    row = primary.execute(_PRIMARY, prepare=False).fetchone()
    assert row is not None  # noqa: S101  it is one row
    return row[0], row[1], row[2]
