"""The fleet's measurements out of a Prometheus that scrapes every process.

Counters are read as they are and their differences taken here: nothing is extrapolated, a counter that was set back has
begun again at zero, and what a series shows first is where it begins, since nobody knows when that was counted.
"""

import math
import ssl
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import httpx

from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.histogram import EDGES, SECOND
from sellergate.domain.measurements import HOUR_SECONDS, Counted, Measurement, aligned, rolled_up
from sellergate.ports.measurements import SourceUnreadable

SCRAPED_WITHIN: Final = timedelta(minutes=5)
"""How old a sample can be that Prometheus gives for a moment; what lies longer ago does not change any more."""
TIMEOUT_SECONDS: Final = 5.0
MOST_POINTS: Final = 5_000
"""Of one series in one answer; Prometheus refuses more than 11,000."""
HOURS_BY: Final = 300
"""Hours are made of steps of so many seconds: a counter that is set back in between loses what it counted in that step."""

CHECKS: Final = "seller_auth_gate_checks_total"
BUCKETS: Final = "seller_auth_gate_duration_seconds_bucket"
CACHE: Final = "seller_auth_cache_requests_total"
POOL: Final = "seller_auth_db_pool_in_use_ratio"
COUNTERS: Final = f"{CHECKS}|{BUCKETS}|{CACHE}"

Labels = Mapping[str, str]

_REASONS: Final = {
    "allow": Reason.APPROVED,
    "deny": Reason.NO_AUTHORIZATION,
    "error": Reason.CHECK_FAILED,
    "bypass": Reason.BYPASSED,
}


@dataclass(slots=True)
class _Step:
    """What was counted by all processes from one moment to the next."""

    targets: set[str] = field(default_factory=set)
    checks: Counter[tuple[Stage, Mode, Reason]] = field(default_factory=Counter)
    buckets: Counter[float] = field(default_factory=Counter)
    cache: Counter[tuple[str, str]] = field(default_factory=Counter)
    pool: float | None = None


class PromqlWindows:
    """See MeasurementSource.

    What a check was decided is known only as far as the metrics' labels tell: allowed ones stand as APPROVED, denied ones as
    NO_AUTHORIZATION, and which of them a cache has answered is right in sum only. Latencies are as fine as the buckets.
    """

    def __init__(self, url: str, *, match: str = "", timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        given = httpx.URL(f"{url.rstrip('/')}/api/v1/query_range")
        self._url = given.copy_with(username="", password="")  # an error that names it names no password
        self._auth = (given.username, given.password) if given.userinfo else None
        self._match = match
        self._timeout = timeout_seconds
        self._tls: ssl.SSLContext = httpx.create_ssl_context()

    def windows(self, seconds: int, since: datetime, until: datetime) -> list[Measurement]:
        """The fleet's windows of this length that start in the span and are over, oldest first. Raises SourceUnreadable."""
        if seconds < HOUR_SECONDS:
            return list(self._measured(seconds, since, until))
        by_hour: dict[datetime, list[Measurement]] = {}
        for part in self._measured(HOURS_BY, since, until):
            by_hour.setdefault(aligned(part.start, seconds), []).append(part)
        return [rolled_up(parts, start, seconds) for start, parts in by_hour.items()]

    def _measured(self, seconds: int, since: datetime, until: datetime) -> Iterator[Measurement]:
        step = timedelta(seconds=seconds)
        with httpx.Client(auth=self._auth, timeout=self._timeout, verify=self._tls) as client:
            start = since
            while start < until:
                end = min(start + MOST_POINTS * step, aligned(until, seconds))
                steps = self._steps(client, seconds, start, end)
                yield from (_measurement(steps[at], at, seconds) for at in sorted(steps) if start <= at < end)
                start += MOST_POINTS * step

    def _steps(self, client: httpx.Client, seconds: int, start: datetime, end: datetime) -> dict[datetime, _Step]:
        steps: dict[datetime, _Step] = {}
        if start >= end:
            return steps
        span = {"start": start.timestamp(), "end": end.timestamp(), "step": seconds}
        try:
            for labels, points in self._ask(client, f'{{__name__=~"{COUNTERS}"{self._and()}}}', span):
                for at, times in _differences(points, seconds):
                    _count(steps.setdefault(at, _Step()), labels, times)
            for _, points in self._ask(client, f"max(max_over_time({POOL}{{{self._match}}}[{seconds}s]))", span):
                for moment, share in points:
                    at = moment - timedelta(seconds=seconds)
                    if at in steps and math.isfinite(share):
                        steps[at].pool = share
        except (KeyError, TypeError, ValueError) as error:
            raise SourceUnreadable("Prometheus has answered something that is not a matrix of our metrics.") from error
        return steps

    def _and(self) -> str:
        return f",{self._match}" if self._match else ""

    def _ask(
        self, client: httpx.Client, query: str, span: Mapping[str, float]
    ) -> Iterator[tuple[Labels, list[tuple[datetime, float]]]]:
        try:
            answer = client.post(self._url, data={"query": query, "timeout": self._timeout, **span})
            answer.raise_for_status()
            data = answer.json()["data"]
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceUnreadable(f"Prometheus cannot be asked: {type(error).__name__}.") from error
        if data["resultType"] != "matrix":
            raise ValueError(data["resultType"])
        for series in data["result"]:
            yield series["metric"], [_point(*value) for value in series["values"]]


def _point(moment: Any, value: Any) -> tuple[datetime, float]:
    return datetime.fromtimestamp(moment, UTC), float(value)


def _differences(points: Sequence[tuple[datetime, float]], seconds: int) -> Iterator[tuple[datetime, int]]:
    """What was counted before each moment but the first, by the start of the window it came to light in."""
    for (_, before), (moment, after) in pairwise(points):
        yield moment - timedelta(seconds=seconds), round(after - before if after >= before else after)


def _count(step: _Step, labels: Labels, times: int) -> None:
    name = labels["__name__"]
    step.targets.add(f"{labels.get('job', '')} {labels.get('instance', '')}")
    if name == CHECKS:
        bypassed = labels["decision"] == "bypass"
        mode = Mode.BYPASSED if bypassed else Mode.SHADOW if labels["shadow"] == "true" else Mode.ENFORCED
        step.checks[Stage(labels["stage"]), mode, _REASONS[labels["decision"]]] += times
    elif name == BUCKETS:
        step.buckets[float(labels["le"])] += times
    else:
        step.cache[labels["tier"], labels["result"]] += times


def _measurement(step: _Step, start: datetime, seconds: int) -> Measurement:
    shared_hits = step.cache["redis", "hit"]
    hits = step.cache["local", "hit"] + shared_hits
    misses = max(step.cache["local", "miss"] - shared_hits, 0)
    return Measurement(
        start=start,
        seconds=seconds,
        processes=len(step.targets),
        counts=dict(_by_cache(step.checks, hits, misses)),
        latencies=dict(_latencies(step.buckets)),
        shared_hits=shared_hits,
        pool_in_use=step.pool,
    )


def _by_cache(
    checks: Mapping[tuple[Stage, Mode, Reason], int], hits: int, misses: int
) -> Iterable[tuple[Counted, int]]:
    """The checks with as many hits and misses among them as there were; no failed check was a hit if that can be."""
    for (stage, mode, reason), times in sorted(checks.items(), key=lambda item: item[0][2] is Reason.CHECK_FAILED):
        left = times
        if mode is not Mode.BYPASSED:
            for cache_hit, number in ((True, min(hits, left)), (False, min(misses, left - min(hits, left)))):
                if number:
                    yield Counted(stage, mode, reason, cache_hit), number
                left -= number
                hits, misses = (hits - number, misses) if cache_hit else (hits, misses - number)
        if left:
            yield Counted(stage, mode, reason, None), left


def _latencies(buckets: Mapping[float, int]) -> Iterable[tuple[int, int]]:
    below = 0
    for edge in sorted(buckets):
        place = len(EDGES) if math.isinf(edge) else EDGES.index(round(edge * SECOND))
        if times := max(buckets[edge] - below, 0):
            yield place, times
        below = buckets[edge]
