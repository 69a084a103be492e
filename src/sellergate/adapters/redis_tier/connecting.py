"""Clients of redis-py: never waiting longer than 50 ms for one answer, and never asking twice."""

from typing import Any, Final, Protocol

from redis import Redis, RedisCluster
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.retry import Retry
from redis.sentinel import Sentinel

from sellergate.adapters.redis_tier.address import SENTINEL_OPTIONS, Address, Topology

TIMEOUT_SECONDS: Final = 0.05


class Client(Protocol):
    """What is used of redis-py's clients, whatever stands behind them. Thread-safe. What it raises is redis-py's."""

    def execute_command(self, *arguments: object) -> Any:
        """The answer to one command."""

    def close(self) -> None:
        """Let go of all connections."""


def connect(address: Address, *, most_connections: int) -> Client:
    """A client of this Redis. Only one of a cluster connects here; what it raises then is redis-py's."""
    common = _common(address, most_connections)
    if address.topology is Topology.CLUSTER:
        nodes = [ClusterNode(host, port) for host, port in address.hosts]  # type: ignore[no-untyped-call]
        return RedisCluster(startup_nodes=nodes, retry=_never_again(), **common)
    single = {**common, "retry": _never_again(), "db": address.database}
    if address.topology is Topology.SENTINEL:
        master: Client = _sentinel(address).master_for(address.service, **single)
        return master
    host, port = address.hosts[0]
    return Redis(host=host, port=port, **single)


def _never_again() -> Retry:
    return Retry(NoBackoff(), 0)


def _sentinel(address: Address) -> Any:
    asking = {
        **_timeouts(),
        **_tls(address),
        **{name.removeprefix("sentinel_"): address.options[name] for name in SENTINEL_OPTIONS & address.options.keys()},
        "retry": _never_again(),
    }
    return Sentinel(address.hosts, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]


def _common(address: Address, most_connections: int) -> dict[str, Any]:
    return {
        **_timeouts(),
        **_tls(address),
        "username": address.username,
        "password": address.password,
        "max_connections": most_connections,
    }


def _timeouts() -> dict[str, Any]:
    # RESP2 without naming the driver: a new connection asks nothing before the first command, unless it has a password
    # or a database to give.
    return {
        "socket_timeout": TIMEOUT_SECONDS,
        "socket_connect_timeout": TIMEOUT_SECONDS,
        "protocol": 2,
        "driver_info": None,
    }


def _tls(address: Address) -> dict[str, Any]:
    if not address.tls:
        return {}
    return {"ssl": True, **{name: path for name, path in address.options.items() if name.startswith("ssl_")}}
