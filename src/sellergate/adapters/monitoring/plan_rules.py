"""The rules that the plan's alerts and bands make: one source for what the controller acts on and what people hear of."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

from sellergate.adapters.monitoring import series as names
from sellergate.adapters.monitoring.plan_proofs import proofs_of
from sellergate.adapters.monitoring.rules import PREFIX, Rule, promql_time
from sellergate.adapters.monitoring.series import BAD_ENOUGH, LOCAL, MANY, Series
from sellergate.domain.communication import Alert, Channel, Severity, Watched
from sellergate.domain.plan import Breach, RolloutPlan
from sellergate.domain.rollout import Phase
from sellergate.domain.thresholds import Metric

BAND_LASTS: Final = timedelta(minutes=15)
"""How long a band has to be left before people hear of it, where the plan has no alert of its own."""


class _Told(NamedTuple):
    summary: str
    expr: str
    section: str
    value: str


def plan_rules(plan: RolloutPlan, series: Series) -> Iterator[Rule]:
    """A rule for each alert of the plan, and for each band it has no alert for."""
    for alert in (*plan.alerts, *_of_bands(plan)):
        told = _TOLD[alert.watched](alert, series)
        yield Rule(
            name=rule_name(alert.name),
            expr=told.expr,
            lasting=alert.lasting,
            severity=alert.severity.value,
            summary=told.summary,
            description=f"{alert.text} Now: {told.value}.",
            section=told.section,
            rolls_back=_rolls_back(alert, plan),
            limit=alert.above,
            proofs=proofs_of(alert, series),
        )


def rule_name(name: str) -> str:
    """The seed's way to name an alert: `gate-latency-high` is Phase9GateLatencyHigh."""
    return PREFIX + "".join(part.title() for part in name.split("-"))


def _of_bands(plan: RolloutPlan) -> Iterator[Alert]:
    """What the bands say and no alert of the plan does. Of several steps' the laxest limit: an alert knows no step."""
    watched = {alert.watched for alert in plan.alerts}
    bands = {metric: [step.threshold(metric) for step in plan.steps] for metric in Metric}
    if Watched.CACHE_HITS not in watched:
        least = min(band.investigate for band in bands[Metric.CACHE_HITS])
        text = "Most checks ask the database. Look at the change feed, Redis, and how many pairs there are."
        yield _warning("cache-hit-rate-low", Watched.CACHE_HITS, least, text)
    if Watched.POOL not in watched:
        most = max(band.investigate for band in bands[Metric.POOL])
        text = "Whoever needs a connection soon waits for one. Look for slow queries, then at SELLERGATE_DB_POOL_SIZE."
        yield _warning("database-pool-near-exhausted", Watched.POOL, most, text)
    overloads = [band.alert for band in bands[Metric.INBOX] if band.alert is not None]
    if overloads and max(overloads) not in {alert.above for alert in plan.alerts if alert.watched is Watched.INBOX}:
        text = "This supplier does not keep up. Tell them, and approve what carries little risk in their place."
        yield _warning("supplier-inbox-overload", Watched.INBOX, max(overloads), text)


def _warning(name: str, watched: Watched, above: float, text: str) -> Alert:
    return Alert(
        name=name,
        watched=watched,
        above=above,
        lasting=BAND_LASTS,
        severity=Severity.WARNING,
        channel=Channel.SLACK,
        text=text,
    )


def _rolls_back(alert: Alert, plan: RolloutPlan) -> bool:
    """Whether the plan itself would roll back for it, in a step that enforces something."""
    if alert.watched not in (Watched.LATENCY, Watched.ERRORS):
        return False
    limits = [
        step.threshold(Metric(alert.watched.value)).roll_back
        for step in plan.steps
        if step.breach is Breach.ROLLBACK and step.kind not in (Phase.OFF, Phase.SHADOW)
    ]
    return any(limit is not None and alert.above >= limit for limit in limits)


def _latency(alert: Alert, series: Series) -> _Told:
    enough = series.increase(f"{names.DURATION}_count")
    return _Told(
        f"Gate latency P95 is above {alert.above * 1000:.10g} ms",
        f"{series.latency(0.95)} > {alert.above:.10g} and {enough} > {MANY} and {series.enforcing()}",
        "gate-latency-spike",
        "{{ $value | humanizeDuration }}",
    )


def _errors(alert: Alert, series: Series) -> _Told:
    enough = series.increase(names.CHECKS, names.FAILED)
    return _Told(
        f"More than {_percent(alert.above)} of the gate's checks fail",
        f"{series.error_rate()} > {alert.above:.10g} and {enough} > {BAD_ENOUGH} and {series.enforcing()}",
        "high-error-rate",
        "{{ $value | humanizePercentage }}",
    )


def _cache(alert: Alert, series: Series) -> _Told:
    return _Told(
        f"Caches answer less than {_percent(alert.above)} of the checks",
        f"{series.hit_rate()} < {alert.above:.10g} and {series.increase(names.CACHE, LOCAL)} > {MANY}",
        "low-cache-hit-rate",
        "{{ $value | humanizePercentage }}",
    )


def _pool(alert: Alert, series: Series) -> _Told:
    return _Told(
        f"More than {_percent(alert.above)} of a process's database connections are in use",
        f"{series.worst(names.POOL)} > {alert.above:.10g}",
        "database-pool-exhausted",
        "{{ $value | humanizePercentage }}",
    )


def _inbox(alert: Alert, series: Series) -> _Told:
    return _Told(
        f"Supplier {{{{ $labels.supplierId }}}} has more than {alert.above:.10g} requests waiting",
        f"{series.worst(names.INBOX, by='supplierId')} > {alert.above:.10g}",
        "supplier-inbox-overload",
        "{{ $value }}",
    )


def _limit(alert: Alert, series: Series) -> _Told:
    within = promql_time(alert.within or timedelta(hours=1))
    return _Told(
        f"More than {alert.above:.10g} requests within {within} met the seller's product limit",
        f"{series.increase(names.LIMIT, over=within)} > {alert.above:.10g}",
        "product-limit-hits",
        '{{ $value | printf "%.0f" }}',
    )


def _percent(share: float) -> str:
    return f"{share * 100:.10g} %"


_TOLD: Final[Mapping[Watched, Callable[[Alert, Series], _Told]]] = {
    Watched.LATENCY: _latency,
    Watched.ERRORS: _errors,
    Watched.CACHE_HITS: _cache,
    Watched.POOL: _pool,
    Watched.INBOX: _inbox,
    Watched.LIMIT_REJECTIONS: _limit,
}
