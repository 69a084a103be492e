"""What was tried before a step was taken, and whether it held: load tests, simulations, drills, chosen canaries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class TrialKind(StrEnum):
    """What was tried."""

    LOADTEST = "loadtest"
    SIMULATION = "simulation"
    DRILL = "drill"
    CANARY = "canary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One trial: who made it, when, whether it held, and its numbers as JSON knows them. `id` is 0 until it is stored."""

    kind: TrialKind
    at: datetime
    actor_id: str
    holds: bool
    summary: Mapping[str, object] = field(default_factory=dict)
    id: int = 0

    def is_fresh(self, now: datetime, within: timedelta) -> bool:
        """Whether it was made no longer ago than that. One of the future is not: some clock is wrong."""
        return timedelta(0) <= now - self.at <= within
