"""How the rules of a plan are proved, whatever its limits are."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from sellergate.adapters.monitoring import series as names
from sellergate.adapters.monitoring.proofs import Course, Proof, Values, minutes, with_gauges
from sellergate.adapters.monitoring.series import BAD_ENOUGH, Series
from sellergate.domain.communication import Alert, Watched
from sellergate.domain.histogram import PROMETHEUS_EDGES, SECOND

PER_MINUTE: Final = 10_000
"""Checks in a proof: the seed's load."""
FEW: Final = 10
RATE_MINUTES: Final = 5
ACME: Final = 'supplierId="acme"'


def proofs_of(alert: Alert, series: Series) -> tuple[Proof, ...]:
    """It is silent, fires, and resolves as the numbers go bad and good again; and is silent short of the limit."""
    return tuple(_PROOFS[alert.watched](alert, series))


def _latency(alert: Alert, series: Series) -> Iterator[Proof]:
    course = Course(minutes(alert.lasting), RATE_MINUTES)
    full, shadow = (_in_phase(series, phase) for phase in ("full", "shadow"))
    slow = _durations(alert, series, (PER_MINUTE, 0, PER_MINUTE), (0, PER_MINUTE, 0))
    yield with_gauges(course.proof("every check is slower", slow, counts=True), full)
    few = _durations(alert, series, (PER_MINUTE * 0.96,), (PER_MINUTE * 0.04,))
    yield with_gauges(course.quiet("one check of 25 is slower", few, counts=True), full)
    rare = _durations(alert, series, (0,), (FEW,))
    yield with_gauges(course.quiet("hardly any checks, all of them slower", rare, counts=True), full)
    all = _durations(alert, series, (0,), (PER_MINUTE,))
    yield with_gauges(course.quiet("every check is slower, in shadow", all, counts=True), shadow)


def _in_phase(series: Series, phase: str) -> dict[str, float]:
    return {series.of(names.PHASE, f'phase="{each}"'): float(each == phase) for each in ("shadow", "full")}


def _durations(alert: Alert, series: Series, fast: tuple[float, ...], slow: tuple[float, ...]) -> Values:
    """The histogram of so many checks a minute that are fast, and so many between the two edges beyond the limit."""
    edges = [edge / SECOND for edge in PROMETHEUS_EDGES]
    below, *above = [edge for edge in edges if edge >= alert.above] or edges[-1:]
    both = tuple(sum(each) for each in zip(fast, slow, strict=True))
    bucket = f"{names.DURATION}_bucket"
    hit = 'cache_hit="false"'
    return {
        series.of(bucket, hit, f'le="{below / 100!r}"'): fast,
        series.of(bucket, hit, f'le="{below!r}"'): fast,
        **{series.of(bucket, hit, f'le="{edge!r}"'): both for edge in above[:1]},
        series.of(bucket, hit, 'le="+Inf"'): both,
        series.of(f"{names.DURATION}_count", hit): both,
    }


def _errors(alert: Alert, series: Series) -> Iterator[Proof]:
    course = Course(minutes(alert.lasting), RATE_MINUTES)
    full, shadow = (_in_phase(series, phase) for phase in ("full", "shadow"))
    bad, good = min(2 * alert.above, 1) * PER_MINUTE, 0.9 * alert.above * PER_MINUTE
    failing = _checks(series, (good, bad, good))
    yield with_gauges(course.proof("twice as many fail", failing, counts=True), full)
    yield with_gauges(course.quiet("nearly as many fail", _checks(series, (good,)), counts=True), full)
    rare = dict.fromkeys(failing, (BAD_ENOUGH / RATE_MINUTES,))
    yield with_gauges(course.quiet("hardly any checks, half of which fail", rare, counts=True), full)
    yield with_gauges(course.quiet("twice as many fail, in shadow", _checks(series, (bad,)), counts=True), shadow)


def _checks(series: Series, failed: tuple[float, ...]) -> Values:
    labels = ('stage="cart"', 'shadow="false"')
    return {
        series.of(names.CHECKS, 'decision="allow"', *labels): tuple(PER_MINUTE - each for each in failed),
        series.of(names.CHECKS, 'decision="error"', *labels): failed,
    }


def _cache(alert: Alert, series: Series) -> Iterator[Proof]:
    course = Course(minutes(alert.lasting), RATE_MINUTES)
    good, bad = min(1.1 * alert.above, 1), alert.above / 2
    yield course.proof("half as many are answered", _lookups(series, (good, bad, good), PER_MINUTE), counts=True)
    yield course.quiet("a few more are answered", _lookups(series, (good,), PER_MINUTE), counts=True)
    yield course.quiet("hardly any checks, none of them answered", _lookups(series, (0,), FEW), counts=True)


def _lookups(series: Series, hits: tuple[float, ...], checks: float) -> Values:
    """Half of the hits are the shared tier's: misses of the process's own memory first."""
    own, shared = (tuple(share * part * checks for share in hits) for part in (0.5, 0.5))
    return {
        series.of(names.CACHE, names.LOCAL, names.HIT): own,
        series.of(names.CACHE, names.LOCAL, 'result="miss"'): tuple(checks - each for each in own),
        series.of(names.CACHE, 'tier="redis"', names.HIT): shared,
    }


def _pool(alert: Alert, series: Series) -> Iterator[Proof]:
    course = Course(minutes(alert.lasting))
    one, other = (series.of(names.POOL, f'instance="{name}"') for name in ("a", "b"))
    full = (alert.above + 1) / 2
    yield course.proof(
        "one of two servers has fewer left", {one: (0.1, full, 0.1), other: (0.1, 0.1, 0.1)}, counts=False
    )
    yield course.quiet("both stand at the limit", {one: (alert.above,), other: (alert.above,)}, counts=False)


def _inbox(alert: Alert, series: Series) -> Iterator[Proof]:
    """Every server says it of every supplier; a supplier who has answered everything has no series any more."""
    course = Course(minutes(alert.lasting))
    servers = [series.of(names.INBOX, ACME, f'instance="{name}"') for name in ("a", "b")]
    other = series.of(names.INBOX, 'supplierId="zeta"', 'instance="a"')
    full = dict.fromkeys(servers, (alert.above, alert.above + 1, None))
    at_limit = (alert.above, alert.above, alert.above)
    yield course.proof("one supplier has one more", {**full, other: at_limit}, counts=False, supplierId="acme")
    yield course.quiet("a supplier stands at the limit", {servers[0]: (alert.above,)}, counts=False)


def _limit(alert: Alert, series: Series) -> Iterator[Proof]:
    within = minutes(alert.within or timedelta(hours=1))
    course = Course(minutes(alert.lasting), within)
    rejected = series.of(names.LIMIT)
    bad, good = 2 * (alert.above + 1) / within, 0.9 * alert.above / within
    yield course.proof("twice as many are refused", {rejected: (good, bad, good)}, counts=True)
    yield course.quiet("nearly as many are refused", {rejected: (good,)}, counts=True)


_PROOFS: Final[Mapping[Watched, Callable[[Alert, Series], Iterator[Proof]]]] = {
    Watched.LATENCY: _latency,
    Watched.ERRORS: _errors,
    Watched.CACHE_HITS: _cache,
    Watched.POOL: _pool,
    Watched.INBOX: _inbox,
    Watched.LIMIT_REJECTIONS: _limit,
}
