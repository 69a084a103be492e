"""Links to Redis: with a limit to how long one answer is waited for, and no waiting for a free connection."""

from collections import deque
from collections.abc import Mapping
from typing import Any, Final, Protocol

from redis import Redis, RedisCluster
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.connection import ConnectionPool
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.retry import Retry
from redis.sentinel import Sentinel

from sellergate.adapters.redis_tier.address import SENTINEL_OPTIONS, Address, Topology

CONNECTIONS: Final = 32
"""So many questions of one process can be under way at once."""


class BusyError(Exception):
    """All connections are in use."""


class Link(Protocol):
    """A way to ask Redis, for any number of threads."""

    def ask(self, *command: object) -> Any:
        """The answer to one command. Raises BusyError at once when too many are under way, otherwise what redis-py does."""

    def close(self) -> None:
        """Let go of all connections, and of those in use once they are not."""


def connect(address: Address, *, timeout_seconds: float) -> Link:
    """A link to this Redis. Only one to a cluster connects at once, and raises what redis-py does when it cannot."""
    waiting = _waiting(timeout_seconds)
    common = {
        **waiting,
        **_tls(address),
        "username": address.username,
        "password": address.password,
        "max_connections": CONNECTIONS,
    }
    if address.topology is Topology.CLUSTER:
        nodes = [ClusterNode(host, port) for host, port in address.hosts]  # type: ignore[no-untyped-call]
        return ClusterLink(RedisCluster(startup_nodes=nodes, retry=_never_again(), **common))
    single = {**common, "retry": _never_again(), "db": address.database}
    if address.topology is Topology.SENTINEL:
        return DirectLink(_sentinel(address, waiting).master_for(address.service, **single).connection_pool)
    host, port = address.hosts[0]
    return DirectLink(Redis(host=host, port=port, **single).connection_pool)


class DirectLink:
    """Keeps its connections itself, the last used at hand: redis-py's pool and client cost as much as the question does.

    A connection that was closed while it was idle, by a restart or by something between here and Redis, is opened again and
    asked once more: a second answer to a question changes nothing, and nothing was waited for.
    """

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._free: deque[Any] = deque([None] * CONNECTIONS)  # None: a place for a connection not made yet
        self._closed = False

    def ask(self, *command: object) -> Any:
        """See Link."""
        connection = _taken(self._free)
        try:
            if connection is None:
                connection = self._pool.make_connection()
                return _exchange(connection, command)
            try:
                return _exchange(connection, command)
            except RedisConnectionError:
                return _exchange(connection, command)
        finally:
            self._free.append(connection)
            if self._closed:
                self.close()

    def close(self) -> None:
        """See Link."""
        self._closed = True
        for connection in list(self._free):
            if connection is not None:
                connection.disconnect()


def _taken(free: deque[Any]) -> Any:
    try:
        return free.pop()
    except IndexError:
        raise BusyError("All connections are in use.") from None


def _exchange(connection: Any, command: tuple[object, ...]) -> Any:
    try:
        if not connection.is_connected:
            connection.connect()  # said, because a connection that Sentinels manage asks them only then
        connection.send_command(*command)
        return connection.read_response()
    except ResponseError:  # an answer as well: the connection is as good as before
        raise
    except BaseException:
        connection.disconnect()
        raise


class ClusterLink:
    """Leaves it to redis-py to find the node."""

    def __init__(self, client: RedisCluster) -> None:
        self._client: Any = client
        self._free: deque[Any] = deque([None] * CONNECTIONS)

    def ask(self, *command: object) -> Any:
        """See Link."""
        place = _taken(self._free)
        try:
            return self._client.execute_command(*command)
        finally:
            self._free.append(place)

    def close(self) -> None:
        """See Link."""
        self._client.close()


def _never_again() -> Retry:
    return Retry(NoBackoff(), 0)


def _sentinel(address: Address, waiting: Mapping[str, Any]) -> Any:
    asking = {
        **waiting,
        **_tls(address),
        **{name.removeprefix("sentinel_"): address.options[name] for name in SENTINEL_OPTIONS & address.options.keys()},
        "retry": _never_again(),
    }
    return Sentinel(address.hosts, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]


def _waiting(seconds: float) -> dict[str, Any]:
    # RESP2 without naming the driver: a new connection asks nothing before the first command, unless it has a password
    # or a database to give.
    return {
        "socket_timeout": seconds,
        "socket_connect_timeout": seconds,
        "protocol": 2,
        "driver_info": None,
    }


def _tls(address: Address) -> dict[str, Any]:
    if not address.tls:
        return {}
    return {"ssl": True, **{name: path for name, path in address.options.items() if name.startswith("ssl_")}}
