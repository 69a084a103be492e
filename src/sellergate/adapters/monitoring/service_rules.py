"""The rules about the service itself, which an operator needs whatever the plan says."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sellergate.adapters.monitoring import series as names
from sellergate.adapters.monitoring.proofs import Course, Proof, held
from sellergate.adapters.monitoring.rules import CRITICAL, INFO, PREFIX, WARNING, Rule
from sellergate.adapters.monitoring.series import DECIDED, OK, Series
from sellergate.ports.cache import LEASE, SECOND

LAGS_BEYOND: Final = LEASE / SECOND
"""From there on no cache is believed: the database answers every check."""
APPROVED_BELOW: Final = 0.5
DECISIONS_LEAST: Final = 20
SPARSE: Final = 20
"""Minutes between two samples of the proofs of what looks back a day."""
REDIS_FAILS: Final = 0.5
SLOW_REVOCATION: Final = "1.0"
SUMMARY_HOUR: Final = 0
"""In UTC: nine o'clock in Seoul."""

MINUTE: Final = timedelta(minutes=1)
AT_ONCE: Final = timedelta(0)


def service_rules(series: Series) -> Iterator[Rule]:
    """Every rule about servers, feed, caches, suppliers' answers and the day."""
    yield from (_down(series), _instance_down(series), _feed(series), _redis(series), _revocation(series))
    yield from (_approvals(series), _dropped(series), _dead_letters(series), _summary(series))


def _down(series: Series) -> Rule:
    up = series.of("up")
    return Rule(
        name=f"{PREFIX}ServiceDown",
        expr=f"(sum({up}) or vector(0)) == 0",
        lasting=MINUTE,
        severity=CRITICAL,
        summary="No sellergate server can be reached",
        description="Prometheus reaches none of them: marketplaces that fail closed sell nothing that needs an approval.",
        section="service-down",
        proofs=(
            Course(1).proof(
                "all are down", {series.of("up", f'instance="{i}"'): (1, 0, 1) for i in "ab"}, counts=False
            ),
            Course(1).proof("all are gone", {series.of("up", 'instance="a"'): (1, None, 1)}, counts=False),
            Course(1).quiet("one of two is up", _one_of_two(series, 0), counts=False),
        ),
    )


def _one_of_two(series: Series, value: float) -> dict[str, tuple[float]]:
    return {series.of("up", 'instance="a"'): (value,), series.of("up", 'instance="b"'): (1,)}


def _instance_down(series: Series) -> Rule:
    one, other = (series.of("up", f'instance="{name}"') for name in "ab")
    return Rule(
        name=f"{PREFIX}InstanceDown",
        expr=f"min by (instance) ({series.of('up')}) == 0",
        lasting=timedelta(minutes=5),
        severity=WARNING,
        summary="The sellergate server {{ $labels.instance }} cannot be reached",
        description="Prometheus does not reach it for five minutes. The others go on.",
        section="service-down",
        proofs=(
            Course(5).proof("one of two is down", {one: (1, 0, 1), other: (1, 1, 1)}, counts=False, instance="a"),
            Course(5).quiet("both are up", _one_of_two(series, 1), counts=False),
        ),
    )


def _feed(series: Series) -> Rule:
    lag = series.of(names.LAG, 'instance="a"')
    return Rule(
        name=f"{PREFIX}FeedLagHigh",
        expr=f"{series.worst(names.LAG)} > {LAGS_BEYOND:.10g}",
        lasting=MINUTE,
        severity=WARNING,
        summary="The change feed has been lost",
        description="What a process knows is {{ $value | humanizeDuration }} old: it believes no cache, every check asks the database.",
        section="feed-lag",
        proofs=(
            Course(1).proof("nothing is heard", {lag: (0.1, 10, 0.1)}, counts=False),
            Course(1).quiet("as old as it may be", {lag: (LAGS_BEYOND,)}, counts=False),
        ),
    )


def _redis(series: Series) -> Rule:
    tier = 'tier="redis"'
    failed, all = (series.rate(names.CACHE, tier, *more) for more in (('result=~"error|skipped"',), ()))
    kinds = [series.of(names.CACHE, tier, f'result="{result}"') for result in ("hit", "error", "skipped")]
    return Rule(
        name=f"{PREFIX}RedisFailing",
        expr=f"{failed} / {all} > {REDIS_FAILS}",
        lasting=timedelta(minutes=2),
        severity=WARNING,
        summary="Redis does not answer",
        description="{{ $value | humanizePercentage }} of the look-ups in Redis fail or are not tried: the database answers instead.",
        section="redis-down",
        proofs=(
            Course(2, 5).proof(
                "it is skipped", dict(zip(kinds, ((90, 1, 90), (0, 4, 0), (0, 90, 0)), strict=True)), counts=True
            ),
            Course(2, 5).quiet("a third fails", dict(zip(kinds, ((60,), (15,), (15,)), strict=True)), counts=True),
        ),
    )


def _revocation(series: Series) -> Rule:
    all, quick = f"{names.REVOKE}_count", f"{names.REVOKE}_bucket"
    edge = f'le="{SLOW_REVOCATION}"'
    counts = [series.of(all), series.of(quick, edge)]
    return Rule(
        name=f"{PREFIX}RevocationSlow",
        expr=f"{series.increase(all, over='15m')} - {series.increase(quick, edge, over='15m')} > 0.5",
        lasting=AT_ONCE,
        severity=WARNING,
        summary="A revocation was not denied everywhere within a second",
        description="Some process has not shown that it denies what was revoked. Its caches are not believed, if it lives.",
        section="feed-lag",
        proofs=(
            Course(0, 15).proof(
                "one takes longer", dict(zip(counts, ((1, 1, 1), (1, 0.5, 1)), strict=True)), counts=True
            ),
            Course(0, 15).quiet("each is quick", dict.fromkeys(counts, (1,)), counts=True),
        ),
    )


def _approvals(series: Series) -> Rule:
    hour, day = 60 // SPARSE, 24 * 60 // SPARSE
    course = Course(hour, day, every=SPARSE)
    approved, rejected = (series.of(names.VERBS, f'action="{action}"', OK) for action in ("approve", "reject"))
    answers = series.increase(names.VERBS, DECIDED, OK, over="1d")
    return Rule(
        name=f"{PREFIX}ApprovalRateLow",
        expr=f"{series.approval_rate('1d')} < {APPROVED_BELOW} and {answers} >= {DECISIONS_LEAST}",
        lasting=timedelta(hours=1),
        severity=WARNING,
        summary="Suppliers reject most requests",
        description="{{ $value | humanizePercentage }} of the requests answered within a day were approved.",
        section="low-approval-rate",
        proofs=(
            course.proof(
                "nine of ten are rejected", {approved: (0.9, 0.1, 0.9), rejected: (0.1, 0.9, 0.1)}, counts=True
            ),
            course.quiet("half of them are", {approved: (0.51,), rejected: (0.49,)}, counts=True),
            course.quiet("hardly any, all rejected", {approved: (0,), rejected: (10 / day,)}, counts=True),
        ),
    )


def _dropped(series: Series) -> Rule:
    dropped = series.of(names.DROPPED, 'kind="windows"')
    return Rule(
        name=f"{PREFIX}MeasurementsDropped",
        expr=f"{series.increase(names.DROPPED, over='15m')} > 0",
        lasting=AT_ONCE,
        severity=WARNING,
        summary="Measurements were given up",
        description="The database took none for too long. The rollout's verdict rests on less than was checked.",
        section="database-pool-exhausted",
        proofs=(
            Course(0, 15).proof("some are", {dropped: (0, 1, 0)}, counts=True),
            Course(0, 15).quiet("none", {dropped: (0,)}, counts=True),
        ),
    )


def _dead_letters(series: Series) -> Rule:
    dead = series.of(names.DEAD, 'instance="a"')
    return Rule(
        name=f"{PREFIX}DeadLetters",
        expr=f"{series.worst(names.DEAD)} > 0",
        lasting=MINUTE,
        severity=WARNING,
        summary="Messages were given up",
        description="{{ $value }} messages to people were tried as often as they may be, and given up.",
        section="dead-letters",
        proofs=(
            Course(1).proof("one is given up, then sent after all", {dead: (0, 1, 0)}, counts=False),
            Course(1).quiet("none is", {dead: (0,)}, counts=False),
        ),
    )


def _summary(series: Series) -> Rule:
    """Not an alarm: what the daily email says. It fires for an hour, so that it is sent once a day."""
    hour, day = 60 // SPARSE, 24 * 60 // SPARSE
    requested, approved = (
        series.increase(names.VERBS, f'action="{action}"', OK, over="1d") for action in ("request", "approve")
    )
    figures = (
        f"Gate P95 over the day: {_asked(series.latency(0.95, over='1d'), 'humanizeDuration')}. "
        f"Failed checks: {_asked(series.error_rate(over='1d'), 'humanizePercentage')}. "
        f"Cache hits: {_asked(series.hit_rate(over='1d'), 'humanizePercentage')}. "
        f"Requests: {_asked(requested, COUNT)}. "
        f"Approved: {_asked(approved, COUNT)}. "
        f"Waiting: {_asked(f'sum(max by (supplierId) ({series.of(names.INBOX)}))', COUNT)}. "
        f"Enforced: {_asked(series.worst(names.PERCENTAGE), COUNT)} %."
    )
    return Rule(
        name=f"{PREFIX}DailySummary",
        expr=f"vector(1) and on() hour() == {SUMMARY_HOUR}",
        lasting=AT_ONCE,
        severity=INFO,
        summary="Seller authorization, the last 24 hours",
        description=figures,
        section="daily-summary",
        proofs=(
            Proof(
                story="an hour a day",
                series={series.of(names.PERCENTAGE): held((50, 2 * day))},
                firing=(SUMMARY_HOUR * hour, SUMMARY_HOUR * hour + hour - 1, day + SUMMARY_HOUR * hour),
                silent=(SUMMARY_HOUR * hour + hour, day + SUMMARY_HOUR * hour - 1),
                every=SPARSE,
            ),
        ),
    )


COUNT: Final = 'printf "%.0f"'


def _asked(query: str, written: str) -> str:
    """A figure of the moment, as a template asks for it; a dash where there is none."""
    return f"{{{{ with query `{query}` }}}}{{{{ . | first | value | {written} }}}}{{{{ else }}}}-{{{{ end }}}}"
