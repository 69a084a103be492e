"""Where Redis is: one server, a group watched by Sentinels, or a cluster, from one URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from sellergate.domain.errors import InvalidInput

ALLOWED: Final = (
    "allowed is redis://HOST:PORT/DB, redis+sentinel://HOST:PORT,HOST:PORT/NAME/DB or redis+cluster://HOST:PORT,HOST:PORT, "
    "each with USER:PASSWORD@ before the hosts and rediss for TLS"
)
REDIS_PORT: Final = 6379
SENTINEL_PORT: Final = 26379

TLS_OPTIONS: Final = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"})
SENTINEL_OPTIONS: Final = frozenset({"sentinel_username", "sentinel_password"})


class Topology(StrEnum):
    """What stands behind the address."""

    SINGLE = ""
    SENTINEL = "sentinel"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A URL taken apart. `service` is the name Sentinels know the group by; `options` are those of the URL's query."""

    topology: Topology
    hosts: tuple[tuple[str, int], ...]
    tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    service: str = ""
    database: int = 0
    options: Mapping[str, str] = field(default_factory=dict, repr=False)


def parse_address(url: str) -> Address:
    """The address a URL names. Raises InvalidInput, with what is allowed and without the URL, which may hold a password."""
    try:
        return _parsed(url)
    except (ValueError, KeyError) as error:
        raise InvalidInput(ALLOWED, field="REDIS_URL") from error


def _parsed(url: str) -> Address:
    parts = urlsplit(url)
    scheme, _, kind = parts.scheme.partition("+")
    tls = {"redis": False, "rediss": True}[scheme]
    topology = Topology(kind)
    credentials, _, hosts = parts.netloc.rpartition("@")
    username, _, password = credentials.partition(":")
    service, database = _place(topology, parts.path.strip("/"))
    if parts.fragment:
        raise ValueError(parts.fragment)
    return Address(
        topology=topology,
        hosts=_hosts(topology, hosts),
        tls=tls,
        username=unquote(username) or None,
        password=unquote(password) or None,
        service=service,
        database=database,
        options=_options(parts.query, topology, tls=tls),
    )


def _hosts(topology: Topology, text: str) -> tuple[tuple[str, int], ...]:
    usual = SENTINEL_PORT if topology is Topology.SENTINEL else REDIS_PORT
    hosts = tuple(_host(part, usual) for part in text.split(","))
    if topology is Topology.SINGLE and len(hosts) > 1:
        raise ValueError(text)
    return hosts


def _host(text: str, usual_port: int) -> tuple[str, int]:
    one = urlsplit(f"//{text}")  # knows brackets, and refuses ports that are none
    if not one.hostname:
        raise ValueError(text)
    return one.hostname, usual_port if one.port is None else one.port


def _place(topology: Topology, path: str) -> tuple[str, int]:
    if topology is Topology.SENTINEL:
        service, _, path = path.partition("/")
        if not service:
            raise ValueError(path)
        return unquote(service), _number(path)
    number = _number(path)
    if topology is Topology.CLUSTER and number:
        raise ValueError(path)  # a cluster has no other database than 0
    return "", number


def _number(text: str) -> int:
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text or "0")


def _options(query: str, topology: Topology, *, tls: bool) -> dict[str, str]:
    known = (TLS_OPTIONS if tls else frozenset()) | (SENTINEL_OPTIONS if topology is Topology.SENTINEL else frozenset())
    options = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True)) if query else {}
    if not options.keys() <= known:
        raise ValueError(query)
    return options
