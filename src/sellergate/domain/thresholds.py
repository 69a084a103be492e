"""What a rollout is judged by: metrics, and from where on their values are bad."""

from dataclasses import dataclass
from enum import StrEnum


class Metric(StrEnum):
    """What is measured of a rollout, with its unit."""

    LATENCY = "gate_latency_p95"
    """Seconds that 95 % of the evaluated checks took at most."""
    ERRORS = "error_rate"
    """Share of evaluated checks that failed, 0 to 1."""
    CACHE_HITS = "cache_hit_rate"
    """Share of the checks a cache might answer that one did, 0 to 1."""
    POOL = "database_pool_in_use"
    """Highest share of a process's database connections in use, 0 to 1."""
    INBOX = "supplier_inbox"
    """Open requests of the supplier who has the most of them."""

    @property
    def low_is_bad(self) -> bool:
        """Whether small values are the bad ones."""
        return self is Metric.CACHE_HITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The bands of one metric, in its unit: good up to `investigate`, to be looked into from there, rolled back beyond `roll_back`.

    For a metric whose low values are bad it is good down to `investigate`. `roll_back` is None where nothing is rolled back for
    its sake; `alert` is where people are told, whatever the phase does.
    """

    metric: Metric
    investigate: float
    roll_back: float | None = None
    alert: float | None = None
