"""What servers say of themselves when a doctor asks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSurvey:
    """A database: what it is, how far its clock is ahead of ours, and how many connections the server takes in all, if it
    counts them. The difference of the clocks is sure to `within` seconds.
    """

    engine: str
    version: str
    ahead_seconds: float = 0.0
    within: float = 0.0
    connections: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisSurvey:
    """A Redis: its version, its clock, how long an answer takes, and what it does when it is full (`max_memory` 0: never)."""

    version: str
    round_trip_seconds: float
    ahead_seconds: float
    max_memory: int
    policy: str


@dataclass(frozen=True, slots=True)
class Examined:
    """A hot query, and what is wrong with the way the database would find its rows; None for nothing. `remedy` is the statement
    that helps, where one does.
    """

    name: str
    problem: str | None = None
    remedy: str | None = None


class Patient(Protocol):
    """A database under examination. Everything raises StoreUnavailable."""

    def survey(self) -> DatabaseSurvey:
        """What it is."""

    def migrations(self) -> tuple[str | None, str]:
        """The migration it is at, None for none, and the newest one this program knows."""

    def examine(self) -> Iterator[Examined]:
        """Every query that must stay fast."""

    def miscounted(self) -> int:
        """How many totals are not what counting gives."""

    def ring(self) -> float | None:
        """Seconds from notifying to having heard of it; None where changes are noticed otherwise."""

    def replica_health(self) -> Mapping[str, Any] | None:
        """How the standby is that lists are read from; None without one."""
