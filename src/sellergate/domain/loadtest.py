"""A load test: what is asked of the server, what came of it, and whether that is good enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sellergate.domain.plan import LoadTest

RATE_AT_LEAST: Final = 0.95
"""Of the rate wanted: below it the test did not ask what it was to ask, whatever the latencies were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is asked of the server. The first `ramp_seconds` only connect and are not measured."""

    connections: int
    rate_per_minute: int
    seconds: int
    ramp_seconds: int


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
        return self.checks * 60 / load.seconds if load.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One limit, whether it holds, and the sentence for people."""

    name: str
    holds: bool
    sentence: str


def judge(asked: LoadTest, load: Load, result: LoadResult) -> list[Finding]:
    """Each limit of what the plan asks, by the load that was made; no number is no pass."""
    reached, p95, limit = result.rate_per_minute(load), result.p95, asked.latency_p95 * 1000
    return [
        Finding(
            "latency",
            p95 is not None and p95 < limit,
            f"P95 {'unknown' if p95 is None else f'{p95:.2f} ms'}, limit {limit:g} ms",
        ),
        Finding(
            "errors",
            result.checks > 0 and result.error_share <= asked.error_rate,
            f"errors {result.error_share:.3%}, limit {asked.error_rate:.3%}",
        ),
        Finding(
            "rate",
            reached >= RATE_AT_LEAST * load.rate_per_minute,
            f"{reached:,.0f} checks a minute, wanted {load.rate_per_minute:,}",
        ),
    ]


def is_large_enough(asked: LoadTest, load: Load) -> bool:
    """Whether the load was at least what the plan asks: as many clients, as fast, for as long."""
    return (
        load.connections >= asked.clients
        and load.rate_per_minute >= asked.rate
        and load.seconds >= asked.duration.total_seconds()
    )


def summary(load: Load, result: LoadResult, findings: list[Finding]) -> Mapping[str, object]:
    """Load, result and findings as JSON knows them."""
    return {
        "connections": load.connections,
        "ratePerMinute": load.rate_per_minute,
        "seconds": load.seconds,
        "rampSeconds": load.ramp_seconds,
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


def read_again(summary: Mapping[str, object]) -> tuple[Load, LoadResult]:
    """Load and result of a summary that was kept. What it does not say was not measured."""
    load = Load(
        connections=_whole(summary, "connections"),
        rate_per_minute=_whole(summary, "ratePerMinute"),
        seconds=_whole(summary, "seconds"),
        ramp_seconds=_whole(summary, "rampSeconds"),
    )
    return load, LoadResult(
        checks=_whole(summary, "checks"),
        failed=_whole(summary, "failed"),
        not_sent=_whole(summary, "notSent"),
        p50=_number(summary, "p50Milliseconds"),
        p95=_number(summary, "p95Milliseconds"),
        p99=_number(summary, "p99Milliseconds"),
        slowest=_number(summary, "slowestMilliseconds"),
    )


def _number(summary: Mapping[str, object], name: str) -> float | None:
    value = summary.get(name)
    return float(value) if isinstance(value, int | float) else None


def _whole(summary: Mapping[str, object], name: str) -> int:
    return round(_number(summary, name) or 0)
