"""The store in a SQL database."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.pool import QueuePool

from sellergate.adapters.sql import feed
from sellergate.adapters.sql.engine import (
    WRITING,
    check_presence,
    create_file,
    open_engine,
    sqlite_path,
)
from sellergate.adapters.sql.errors import as_store_errors
from sellergate.adapters.sql.facts import SqlFacts
from sellergate.adapters.sql.migrations import current_revision, head_revision, migrate
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.sharing import CommitWatch, Readers, WriterQueue
from sellergate.adapters.sql.work import SqlWork
from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.gate import Facts
from sellergate.ports.feed import Change, Listener
from sellergate.ports.stores import View, Work


class SqlStore:
    """The truth in one SQLite file, for any number of threads and processes of this machine.

    Readers never wait. Writers wait for each other: those of this process in a queue, those of others by SQLite's lock, at
    most five seconds. What `work` has committed survives the death of the process.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.engine = open_engine(path)
        self._writing = self.engine.execution_options(**WRITING)
        self._readers = Readers(path)
        self._facts = SqlFacts(self._readers, self.engine.dialect)
        self._queue = WriterQueue()
        self._watch = CommitWatch(path)
        self._listeners: tuple[Listener, ...] = ()
        self._closed = False

    @classmethod
    def open(cls, url: str, *, migrate: bool) -> "SqlStore":
        """The store in the database of this URL, such as `sqlite:///shop.db`; with `migrate` made and brought up to date.

        Raises InvalidInput for a URL that cannot be used, and StoreUnavailable when the database cannot be opened, or is not
        there or empty and is not to be migrated.
        """
        path = sqlite_path(url)
        if migrate:
            create_file(path)
        else:
            check_presence(path)
        store = cls(path)
        try:
            store._prepare(migrating=migrate)
        except BaseException:
            store.close()
            raise
        return store

    def _prepare(self, *, migrating: bool) -> None:
        if migrating:
            with self._queue.turn():
                migrate(self.engine)
        elif current_revision(self.engine) is None:
            raise StoreUnavailable(f"The database {self._path.name} is empty. Migrate it first.")

    @contextmanager
    def work(self) -> Iterator[Work]:
        """A transaction: committed when the block ends, undone when it raises.

        A work inside a work of the same thread raises RuntimeError. Listeners are called when the commit is done and the
        turn has been passed on, so a slow one holds up only its own verb, and those of two threads may overtake each other.
        """
        with self._queue.turn(), self._transaction(writing=True) as connection:
            work = SqlWork(connection)
            yield work
        if work.announced:
            for listener in self._listeners:
                listener(work.announced)

    @contextmanager
    def view(self) -> Iterator[View]:
        """A consistent read; whatever is written in it raises or is lost."""
        with self._transaction(writing=False) as connection:
            yield SqlWork(connection)

    @contextmanager
    def _transaction(self, *, writing: bool) -> Iterator[Connection]:
        if self._closed:
            raise StoreUnavailable("The store is closed.")
        engine = self._writing if writing else self.engine
        with as_store_errors(), engine.connect() as connection, connection.begin() as transaction:
            yield connection
            if not writing:
                transaction.rollback()

    def facts(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:
        """The facts of one seller and each product, in the order asked, by one query."""
        if self._closed:
            raise StoreUnavailable("The store is closed.")
        return self._facts.read(seller_id, product_ids)

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with the changes of each work of this store, after its commit and before `work` ends."""
        self._listeners = (*self._listeners, listener)

    def latest(self) -> int:
        """The sequence of the newest committed change; 0 when there is none."""
        with self._transaction(writing=False) as connection:
            return feed.latest(Session(connection))

    def since(self, sequence: int) -> list[Change]:
        """All committed changes after `sequence`, in order: writers take turns, so none appears below it later."""
        with self._transaction(writing=False) as connection:
            return feed.since(Session(connection), sequence)

    def may_have_changed(self) -> bool:
        """Whether any process has committed since the last call; True when in doubt."""
        if self._closed:
            raise StoreUnavailable("The store is closed.")
        return self._watch.may_have_changed()

    def health(self) -> Mapping[str, object]:
        """Never raises: a database that cannot be read is not `reachable`, and why stands beside it."""
        health: dict[str, object] = {"engine": self.engine.dialect.name, "reachable": False, "pool": self._pool()}
        try:
            check_presence(self._path)
            with self._transaction(writing=False) as connection:
                feed.latest(Session(connection))
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
        assert isinstance(pool, QueuePool)  # noqa: S101  open_engine made it one
        return {"size": pool.size(), "inUse": pool.checkedout()}

    def close(self) -> None:
        """Let go of all connections; the store cannot be used any more."""
        self._closed = True
        self._watch.close()
        self._readers.close()
        self.engine.dispose()


def _why(error: StoreUnavailable) -> str:
    return str(getattr(error.__cause__, "orig", None) or error)
