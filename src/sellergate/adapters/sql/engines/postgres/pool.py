"""A pool of connections to a server, and transactions begun on them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from sellergate.adapters.sql.columns import as_json
from sellergate.adapters.sql.engines.postgres.connection import ServerConnection
from sellergate.adapters.sql.engines.postgres.reading import WAITS_AT_MOST
from sellergate.adapters.sql.errors import refusal_of


def open_engine(connect: Callable[..., ServerConnection], size: int) -> Engine:
    """An engine with at most `size` connections, each made by `connect` when it is needed."""
    engine = create_engine(
        "postgresql+psycopg://",
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=WAITS_AT_MOST,
        pool_use_lifo=True,
        use_native_hstore=False,
        json_serializer=as_json,
    )

    def connected(_: Dialect, __: ConnectionPoolEntry, ___: Any, wanted: dict[str, Any]) -> ServerConnection:
        return connect(context=wanted["context"])  # how SQLAlchemy wants JSON to be written

    event.listen(engine, "do_connect", connected)
    return engine


@contextmanager
def begun(engine: Engine, how: str, *, attempts: int) -> Iterator[Connection]:
    """A connection on which a transaction has begun in this way. Raises what `refusal_of` makes of the driver's errors."""
    # What lies idle in the pool may have died there, all of it with one restart of the server. Nothing has been done on
    # it yet, so the next one is as good.
    for attempt in range(attempts):
        with engine.connect() as connection:
            connection.begin()
            try:
                driver_of(connection).execute(how, prepare=False)
            except psycopg.Error as error:
                connection.invalidate(error)
                if attempt + 1 == attempts or not isinstance(error, psycopg.OperationalError):
                    raise refusal_of(error) from error
                continue
            yield connection
            return


def driver_of(connection: Connection) -> ServerConnection:
    """The driver's connection below."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, ServerConnection)  # noqa: S101  the engine made it one
    return driver
