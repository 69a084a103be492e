"""Connections to a PostgreSQL server that is not believed to answer for ever."""

from collections.abc import Mapping, Sequence
from select import POLLIN, POLLOUT, poll
from typing import Any, Final

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from sellergate.domain.errors import InvalidInput

CONNECT_SECONDS: Final = 5

DEFAULTS: Final[Mapping[str, Any]] = {
    "application_name": "sellergate",
    "connect_timeout": CONNECT_SECONDS,
    "target_session_attrs": "read-write",  # of several hosts the primary; never a standby by mistake
    "keepalives_idle": 10,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
"""What holds unless the URL says otherwise."""

ANSWER_INTERVAL: Final = 0.1


class ServerConnection(psycopg.Connection[tuple[Any, ...]]):
    """A connection that is given up when the server does not answer within `patience` seconds.

    The server has limits of its own for everything we ask; this one is for servers that say nothing at all: stopped, or behind
    a network that swallows.
    """

    patience: float = 7.0
    pooled = False
    """Whether a pooler stands between: the next transaction may then meet another server process, which knows nothing of what
    was prepared in this one.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._readiness = poll()
        self._names_prepared: set[str] = set()

    def ask(self, name: str, statement: bytes, parameters: Sequence[bytes]) -> PGresult:
        """The rows of one statement outside of any transaction, as the server wrote them; prepared under this name when it is
        asked first. Raises psycopg.Error.
        """
        if not self.pooled:
            try:
                return self._ask_prepared(name, statement, parameters)
            except (psycopg.errors.InvalidSqlStatementName, psycopg.errors.DuplicatePreparedStatement):
                self.pooled = True  # by a pooler that does not show itself otherwise
        self.pgconn.send_query_params(statement, parameters)
        return self._answer()

    def _ask_prepared(self, name: str, statement: bytes, parameters: Sequence[bytes]) -> PGresult:
        if name not in self._names_prepared:
            self.pgconn.send_prepare(name.encode(), statement)
            self._answer()
            self._names_prepared.add(name)
        self.pgconn.send_query_prepared(name.encode(), parameters)
        return self._answer()

    def _answer(self) -> PGresult:
        server = self.pgconn
        while server.flush():
            self._await(POLLOUT)
        self._await(POLLIN)
        server.consume_input()
        while server.is_busy():
            self._await(POLLIN)
            server.consume_input()
        answer = server.get_result()
        while server.get_result() is not None:
            pass
        if answer is None or answer.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            raise psycopg.OperationalError("No answer.") if answer is None else psycopg.errors.error_from_result(answer)
        return answer

    def _await(self, direction: int) -> None:
        self._readiness.register(self.pgconn.socket, direction)
        if not self._readiness.poll(self.patience * 1000):
            self.pgconn.finish()
            raise psycopg.OperationalError("The server did not answer in time.")

    def wait(self, gen: PQGen[RV], interval: float = ANSWER_INTERVAL, timeout: float | None = None) -> RV:
        """See psycopg. Raises OperationalError, and the connection is lost, when the answer does not come in time."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError:
            if timeout is None and self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # the answer may still come, and would be taken for that to the next question
            raise


def parameters_of(url: str) -> dict[str, Any]:
    """What the URL says of host, user and so on, as libpq knows it; several hosts included. Raises InvalidInput."""
    scheme, separator, rest = url.partition("://")
    try:
        given = conninfo_to_dict(f"postgresql{separator}{rest}")
    except psycopg.ProgrammingError as error:  # its message may show a password
        raise InvalidInput("The database URL cannot be read.", field="url") from error
    if not separator or not scheme:
        raise InvalidInput("The database URL cannot be read.", field="url")
    return {**DEFAULTS, **given}


def connect(parameters: Mapping[str, Any], *, patience: float) -> ServerConnection:
    """A connection on which transactions begin when we say so. Raises psycopg.OperationalError."""
    connection = ServerConnection.connect(**parameters, autocommit=True)
    connection.patience = patience
    connection.pooled = connection.pgconn.backend_pid != _real_backend(connection)
    if connection.pooled:
        connection.prepare_threshold = None
    return connection


def _real_backend(connection: ServerConnection) -> int:
    row = connection.execute("SELECT pg_backend_pid()", prepare=False).fetchone()
    return int(row[0]) if row else 0
