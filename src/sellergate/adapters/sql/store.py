"""The store in a SQL database."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, select
from sqlalchemy.pool import QueuePool

from sellergate.adapters.sql.engines import Database, Limits, open_database
from sellergate.adapters.sql.migrations import current_revision, head_revision, known_revisions, migrate
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import changes
from sellergate.adapters.sql.tallies import fold_tallies, recount
from sellergate.adapters.sql.work import SqlWork
from sellergate.domain.errors import ConcurrentChange, StoreUnavailable
from sellergate.domain.gate import Facts
from sellergate.ports.feed import Change, FeedPosition, Listener, Look
from sellergate.ports.stores import View, Work

T = TypeVar("T")

log = logging.getLogger(__name__)

DEFAULT_LIMITS: Final = Limits()


class SqlStore:
    """The truth in one database, for any number of threads and processes.

    What `work` has committed survives the death of the process. How long anybody waits for others is the engine's matter, see
    `engines`; it is a few seconds at most.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._listeners: tuple[Listener, ...] = ()
        self._closed = False

    @classmethod
    def open(cls, url: str, *, migrate: bool, limits: Limits = DEFAULT_LIMITS) -> "SqlStore":
        """The store in the database of this URL, such as `sqlite:///shop.db`; with `migrate` brought up to date, and a SQLite
        file made.

        Raises InvalidInput for a URL that cannot be used, and StoreUnavailable when the database cannot be opened, or is not
        there or empty and is not to be migrated.
        """
        database = open_database(url, limits)
        if migrate:
            database.create()
        else:
            database.check()
        store = cls(database)
        try:
            store._prepare(migrating=migrate)
        except BaseException:
            store.close()
            raise
        return store

    def _prepare(self, *, migrating: bool) -> None:
        if migrating:
            migrate(self.database)
        elif current_revision(self.engine) is None:
            raise StoreUnavailable(self.database.empty())

    def check_migrated(self) -> None:
        """Raises StoreUnavailable, with what to do about it, when the database lacks a migration this program needs.

        One that is newer than this program will do: it may be a moment away from being replaced.
        """
        current = current_revision(self.engine)
        if current in known_revisions() and current != head_revision():
            raise StoreUnavailable(
                f"The database is at migration {current}, this program needs {head_revision()}. Run: sellergate migrate"
            )

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's part of it."""
        return self.database.engine

    @contextmanager
    def work(self) -> Iterator[Work]:
        """A transaction: committed when the block ends, undone when it raises.

        A work inside a work of the same thread raises RuntimeError. Listeners are called when the commit is done and nobody
        waits for it any more, so a slow one holds up only its own verb, and those of two threads may overtake each other.
        """
        self._check_open()
        with self.database.writing() as connection:
            work = SqlWork(connection, self.database)
            yield work
        if self.database.replica is not None:
            self.database.replica.written()
        if work.announced:
            for listener in self._listeners:
                listener(work.announced)

    @contextmanager
    def view(self) -> Iterator[View]:
        """A consistent read; whatever is written in it raises or is lost."""
        with self._reading() as connection:
            yield SqlWork(connection, self.database)

    def read_aside(self, read: Callable[[View], T]) -> T:
        """See Store. The replica answers unless there is none, or it is gone, or it does not know enough."""
        replica = self.database.replica
        if replica is not None:
            self._check_open()
            try:
                with replica.reading() as connection:
                    return read(SqlWork(connection, self.database))
            except (StoreUnavailable, ConcurrentChange) as error:  # the latter when replaying had to go first
                log.debug("The primary answers: %s", error)
        with self.view() as view:
            return read(view)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        self._check_open()
        with self.database.reading() as connection:
            yield connection

    def facts(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:
        """The facts of one seller and each product, in the order asked, by one query."""
        self._check_open()
        return self.database.facts(seller_id, product_ids)

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with the changes of each work of this store, after its commit and before `work` ends."""
        self._listeners = (*self._listeners, listener)

    def look(self, after: FeedPosition | None) -> Look:
        """All changes committed before this call and not covered by `after`; without it, only where the feed stands."""
        self._check_open()
        look = self.database.feed.look(after)
        if self.database.replica is not None and (look.changes or not look.continues):
            self.database.replica.written()
        return look

    def recent(self, within: timedelta) -> list[Change]:
        """At least the changes committed so recently, in order."""
        self._check_open()
        return self.database.feed.recent(within)

    def forget_changes(self, older_than: timedelta) -> int:
        """Delete changes that are older; the answer is how many."""
        self._check_open()
        with self.database.writing() as connection:
            return self.database.feed.forget(connection, older_than)

    def fold_tallies(self) -> int:
        """Put the rows together that triggers have added to the tally; the answer is how many there are fewer."""
        self._check_open()
        with self.database.writing() as connection:
            return fold_tallies(Session(connection, self.database))

    def recount(self) -> int:
        """Put right a tally that was written past the triggers; the answer is how many totals were wrong."""
        self._check_open()
        with self.database.writing() as connection:
            return recount(Session(connection, self.database))

    def may_have_changed(self) -> bool:
        """Whether any process has committed since the last call; True when in doubt."""
        self._check_open()
        return self.database.feed.may_have_changed()

    def wait(self, seconds: float) -> None:
        """Wait until something may have been committed, and no longer than `seconds`."""
        self.database.feed.wait(seconds)

    def health(self) -> Mapping[str, object]:
        """Never raises: a database that cannot be read is not `reachable`, and why stands beside it."""
        health: dict[str, object] = {
            "engine": self.engine.dialect.name,
            "reachable": False,
            "pool": self._pool(),
            "changes": self.database.feed.health(),
        }
        try:
            self.database.check()
            with self._reading() as connection:
                connection.execute(select(changes.c.sequence).limit(1))
            if self.database.replica is not None:
                health["replica"] = dict(self.database.replica.health())
            health["migrations"] = {"current": current_revision(self.engine), "head": head_revision()}
        except StoreUnavailable as error:
            return {**health, "error": _why(error)}
        return {**health, "reachable": True}

    @property
    def pool_in_use(self) -> float:
        """The share of the pool's connections in use; above 1 when it had to make more for a while."""
        pool = self._pool()
        return pool["inUse"] / pool["size"]

    def _pool(self) -> Mapping[str, int]:
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)  # noqa: S101  every engine makes it one
        return {"size": pool.size(), "inUse": pool.checkedout()}

    def _check_open(self) -> None:
        if self._closed:
            raise StoreUnavailable("The store is closed.")

    def close(self) -> None:
        """Let go of all connections; the store cannot be used any more."""
        self._closed = True
        self.database.close()


def _why(error: StoreUnavailable) -> str:
    return str(getattr(error.__cause__, "orig", None) or error.__cause__ or error)
