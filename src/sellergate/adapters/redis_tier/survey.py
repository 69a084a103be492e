"""What a Redis says of itself."""

import time
from collections.abc import Mapping
from typing import Any

from redis.exceptions import RedisError, ResponseError

from sellergate.adapters.redis_tier.address import Address
from sellergate.adapters.redis_tier.connecting import BusyError, Link, connect
from sellergate.domain.errors import StoreUnavailable
from sellergate.ports.survey import RedisSurvey

ROUND_TRIPS = 5


def survey(address: Address, *, timeout_seconds: float) -> RedisSurvey:
    """Ask it. Raises StoreUnavailable when it does not answer."""
    try:
        link = connect(address, timeout_seconds=timeout_seconds)
        try:
            return _survey(link)
        finally:
            link.close()
    except (RedisError, BusyError, OSError) as error:
        raise StoreUnavailable from error


def _survey(link: Link) -> RedisSurvey:
    facts = _facts(link)
    trips = []
    for _ in range(ROUND_TRIPS):
        began, before = time.perf_counter(), time.time()
        seconds, microseconds = map(int, link.ask("TIME"))
        took = time.perf_counter() - began
        trips.append((took, seconds + microseconds / 1_000_000 - (before + took / 2)))
    took, ahead = min(trips)
    return RedisSurvey(
        version=_version(facts),
        round_trip_seconds=took,
        ahead_seconds=ahead,
        max_memory=int(facts.get("maxmemory", 0)),
        policy=str(facts.get("maxmemory_policy", "unknown")),
    )


def _facts(link: Link) -> Mapping[str, Any]:
    """The lines of INFO; a client for clusters has read them already. None where the user may not ask."""
    try:
        answer = link.ask("INFO")
    except ResponseError:
        return {}
    if isinstance(answer, Mapping):
        return answer
    lines = (line.partition(":") for line in answer.decode(errors="replace").splitlines())
    return {name: value for name, separator, value in lines if separator}


def _version(facts: Mapping[str, Any]) -> str:
    valkey = facts.get("valkey_version")
    return f"Valkey {valkey}" if valkey else f"Redis {facts.get('redis_version', 'of an unknown version')}"
