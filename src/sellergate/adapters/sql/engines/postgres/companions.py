"""Works that write at the same time: what row locks cannot do for them."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Final

from sqlalchemy import Connection, Table, text

from sellergate.adapters.sql.engines.postgres.connection import ServerConnection
from sellergate.adapters.sql.errors import as_store_errors

LOCKS: Final = 0x5E11
"""The first half of the advisory locks' names; with a table's key the second half is its hash."""
WORKING: Final = 1
SEALING: Final = 2
MIGRATING: Final = 3
ENTERING: Final = LOCKS + 1

SHARE_WORKING: Final = f"SELECT pg_advisory_xact_lock_shared({LOCKS}, {WORKING})"
"""What every work does when it begins: by this lock it is known to be under way."""
_TRY_MIGRATION: Final = f"SELECT pg_try_advisory_xact_lock({LOCKS}, {MIGRATING})"
MIGRATION_PAUSE: Final = 0.1

_ENTER: Final = text(f"SELECT pg_advisory_xact_lock({ENTERING}, hashtext(:name))")
_SEAL: Final = text(f"SELECT pg_advisory_xact_lock({LOCKS}, {SEALING})")
_OTHERS: Final = text("""
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'advisory' AND classid = :locks AND objid = :working AND granted AND pid <> pg_backend_pid()
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""").bindparams(locks=LOCKS, working=WORKING)


class PostgresCompanions:
    """Advisory locks for what has no row yet, and the watch over event numbers that are missing.

    Numbers are given before works commit. One that is missing belongs to a work that was undone, or to one that is still under
    way and will show it later. It was given before its successor, which can be seen already. So it is gone for good once every
    work has ended that was under way when the successor was seen without it, and it is still missing after that.

    The lock on sealing keeps whoever uses the state of this object alone.
    """

    def __init__(self) -> None:
        self._suspects: dict[int, frozenset[str]] = {}
        """For the event after each gap: the works that may still fill it."""
        self._under_way: frozenset[str] = frozenset()
        """The works under way when sealing began, if there are suspects among them to look for."""

    def enter(self, connection: Connection, table: Table, key: str) -> None:
        """See Companions."""
        with as_store_errors():
            connection.execute(_ENTER, {"name": f"{table.name}/{key}"})

    def begin_sealing(self, connection: Connection) -> None:
        """See Companions."""
        with as_store_errors():
            connection.execute(_SEAL)
        self._under_way = _others(connection) if self._suspects else frozenset()

    def settled(self, connection: Connection, after: int, sequences: Sequence[int]) -> int:
        """See Companions."""
        successors = [number for before, number in pairwise([after, *sequences]) if number != before + 1]
        left = {number: self._suspects[number] & self._under_way for number in successors if number in self._suspects}
        new = [number for number in successors if number not in left]
        found = dict.fromkeys(new, _others(connection)) if new else {}
        self._suspects = {number: works for number, works in left.items() if works} | found
        return sequences.index(min(self._suspects)) if self._suspects else len(sequences)


@contextmanager
def migrating_alone(connect: Callable[[], ServerConnection]) -> Iterator[None]:
    """Wait until nobody else migrates, and keep others waiting meanwhile, by a connection of its own.

    Whoever waits asks again and again. One statement that waits would have a snapshot, which an index that is made concurrently
    waits for in its turn. The transaction that holds the lock does nothing and has none.
    """
    with connect() as connection, connection.transaction():
        connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0", prepare=False)
        while connection.execute(_TRY_MIGRATION, prepare=False).fetchone() != (True,):
            time.sleep(MIGRATION_PAUSE)
        yield


def _others(connection: Connection) -> frozenset[str]:
    with as_store_errors():
        return frozenset(connection.execute(_OTHERS).scalars())
