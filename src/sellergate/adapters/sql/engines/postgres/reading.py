"""Single reads outside of any transaction, on connections kept at hand."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import psycopg

from sellergate.adapters.sql.engines.postgres.connection import ServerConnection, connect
from sellergate.domain.errors import StoreUnavailable

T = TypeVar("T")

WAITS_AT_MOST: Final = 5.0


class Readers:
    """Connections for the gate's reads and the looks at the feed: never kept waiting by verbs, at most `size` of them."""

    def __init__(self, parameters: Mapping[str, Any], *, size: int, patience: float) -> None:
        self._parameters = parameters
        self._patience = patience
        self._idle: list[ServerConnection] = []
        self._places = threading.BoundedSemaphore(size)
        self._closed = False

    def read(self, question: Callable[[ServerConnection], T]) -> T:
        """The answer to a question that changes nothing. Raises StoreUnavailable.

        A connection that has died while it was idle is not taken for a server that does not answer: the question is put again
        on a new one.
        """
        with self._place():
            try:
                connection, is_new = self._take()
                try:
                    return self._ask(connection, question)
                except psycopg.OperationalError:
                    if is_new or not connection.closed:
                        raise
                self._forget_idle()
                return self._ask(self._connect(), question)
            except psycopg.Error as error:
                raise StoreUnavailable from error

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(timeout=WAITS_AT_MOST):
            raise StoreUnavailable("The database is busy: too many reads wait for a connection.")
        try:
            yield
        finally:
            self._places.release()

    def _ask(self, connection: ServerConnection, question: Callable[[ServerConnection], T]) -> T:
        try:
            answer = question(connection)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        if self._closed:
            self._forget_idle()
        return answer

    def _take(self) -> tuple[ServerConnection, bool]:
        try:
            return self._idle.pop(), False  # one thread gets it: a list's pop and append are atomic
        except IndexError:
            return self._connect(), True

    def _connect(self) -> ServerConnection:
        return connect(self._parameters, patience=self._patience)

    def _forget_idle(self) -> None:
        while self._idle:
            try:
                self._idle.pop().close()
            except IndexError:
                return

    def close(self) -> None:
        """Let go of the idle connections, and of those in use as soon as they are idle."""
        self._closed = True
        self._forget_idle()
