"""A load test: what is asked of the server, what came of it, and whether that is good enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

P95_BELOW_MILLISECONDS: Final = 5.0
ERRORS_BELOW: Final = 0.005
RATE_AT_LEAST: Final = 0.95
"""Of the rate wanted: below it the test did not ask what it was to ask, whatever the latencies were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The seed's: 1,000 clients, 10,000 checks a minute, 10 minutes. The first `ramp_seconds` only connect and are not measured."""

    connections: int = 1_000
    rate_per_minute: int = 10_000
    seconds: int = 600
    ramp_seconds: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """What the clients saw. Latencies are in milliseconds, of checks that were answered; None when none was."""

    checks: int
    failed: int
    not_sent: int
    """Checks that were due while every client still waited for an answer."""
    p50: float | None
    p95: float | None
    p99: float | None
    slowest: float | None

    @property
    def error_share(self) -> float:
        """The share of checks that got no proper answer, 0 to 1; all of them when there was none."""
        return self.failed / self.checks if self.checks else 1.0

    def rate_per_minute(self, load: Load) -> float:
        """How many checks a minute were really made."""
        return self.checks * 60 / load.seconds


@dataclass(frozen=True, slots=True)
class Finding:
    """One limit, whether it holds, and the sentence for people."""

    name: str
    holds: bool
    sentence: str


def judge(load: Load, result: LoadResult) -> list[Finding]:
    """Each limit of the plan; no number is no pass."""
    reached = result.rate_per_minute(load)
    p95 = result.p95
    return [
        Finding(
            "latency",
            p95 is not None and p95 < P95_BELOW_MILLISECONDS,
            f"P95 {'unknown' if p95 is None else f'{p95:.2f} ms'}, limit {P95_BELOW_MILLISECONDS:g} ms",
        ),
        Finding(
            "errors",
            result.error_share < ERRORS_BELOW,
            f"errors {result.error_share:.3%}, limit {ERRORS_BELOW:.1%}",
        ),
        Finding(
            "rate",
            reached >= RATE_AT_LEAST * load.rate_per_minute,
            f"{reached:,.0f} checks a minute, wanted {load.rate_per_minute:,}",
        ),
    ]


def summary(load: Load, result: LoadResult) -> Mapping[str, object]:
    """Load, result and findings as JSON knows them."""
    findings = judge(load, result)
    return {
        "connections": load.connections,
        "ratePerMinute": load.rate_per_minute,
        "seconds": load.seconds,
        "checks": result.checks,
        "failed": result.failed,
        "notSent": result.not_sent,
        "p50Milliseconds": result.p50,
        "p95Milliseconds": result.p95,
        "p99Milliseconds": result.p99,
        "slowestMilliseconds": result.slowest,
        "errorShare": round(result.error_share, 6),
        "rateReached": round(result.rate_per_minute(load), 1),
        "findings": [{"name": one.name, "holds": one.holds, "sentence": one.sentence} for one in findings],
        "holds": all(one.holds for one in findings),
    }
