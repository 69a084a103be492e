"""The panels of the gate's dashboard."""

from collections.abc import Mapping, Sequence
from typing import Final

from sellergate.adapters.monitoring import series as names
from sellergate.adapters.monitoring.panels import GREEN, RED, YELLOW, Band, Kind, Panel, Query
from sellergate.adapters.monitoring.series import HIT, LOCAL, Series
from sellergate.domain.plan import RolloutPlan
from sellergate.domain.thresholds import Metric
from sellergate.ports.cache import LEASE, SECOND

STAGE: Final = 'stage=~"$stage"'
INTERVAL: Final = "$__rate_interval"
LAGS_BEYOND: Final = LEASE / SECOND
YES_NO: Final = {"0": "no", "1": "YES"}


def gate_rows(plan: RolloutPlan, series: Series) -> Mapping[str, Sequence[Panel]]:
    """Where the rollout stands, what the gate does, and what it stands on."""
    return {"Rollout": _rollout(series), "Gate": _gate(plan, series), "What it stands on": _ground(plan, series)}


def _bands(plan: RolloutPlan, metric: Metric) -> Sequence[Band]:
    """The colours of a metric: those of the last step, which is the one that stays."""
    limits = plan.steps[-1].threshold(metric)
    if metric.low_is_bad:
        return ((None, YELLOW), (limits.investigate, GREEN))
    beyond: Sequence[Band] = () if limits.roll_back is None else ((limits.roll_back, RED),)
    return ((None, GREEN), (limits.investigate, YELLOW), *beyond)


def _figure(title: str, meaning: str, expr: str, **more: object) -> Panel:
    width = 4
    return Panel(title=title, meaning=meaning, queries=(Query(expr),), kind=Kind.FIGURE, width=width, **more)  # type: ignore[arg-type]


def _rollout(series: Series) -> Sequence[Panel]:
    phase = f"{series.worst(names.PHASE, by='phase')} == 1"
    alarm: Sequence[Band] = ((None, GREEN), (1, RED))
    return (
        Panel(
            title="Phase",
            meaning="The phase of the rollout; two while processes are changing over.",
            queries=(Query(phase, "{{phase}}"),),
            kind=Kind.FIGURE,
            width=4,
        ),
        _figure("Enforced", "Share of the products that is enforced.", series.worst(names.PERCENTAGE), unit="percent"),
        _figure(
            "Kill switch",
            "Whether its file exists: then every gate is off.",
            series.worst(names.KILL_SWITCH),
            bands=alarm,
            names=YES_NO,
            section="kill-switch-present",
        ),
        _figure(
            "Switched off by itself",
            "Whether a process has switched its own gate off, because it could not ask the database.",
            series.worst(names.TRIPPED),
            bands=alarm,
            names=YES_NO,
            section="rollback-happened",
        ),
        _figure(
            "Last rollback",
            "When the rollout was last rolled back.",
            f"({series.worst(names.LAST_ROLLBACK)} > 0) * 1000",
            unit="dateTimeFromNow",
            section="rollback-happened",
            empty="never",
        ),
        _figure(
            "Controller silent",
            "How long nobody has controlled the rollout.",
            series.worst(names.SILENCE),
            unit="s",
            bands=((None, GREEN), (15, YELLOW), (30, RED)),
            section="controller-missing",
        ),
    )


def _gate(plan: RolloutPlan, series: Series) -> Sequence[Panel]:
    shares = (0.5, 0.95, 0.99)
    looked = series.rate(names.CACHE, 'result=~"hit|miss"', by="tier", over=INTERVAL)
    return (
        Panel(
            title="Gate latency",
            meaning="What half, 95 and 99 of 100 evaluated checks took at most. The bands are P95's.",
            queries=tuple(Query(series.latency(share, over=INTERVAL), f"P{share * 100:.0f}") for share in shares),
            unit="s",
            bands=_bands(plan, Metric.LATENCY),
            section="gate-latency-spike",
        ),
        Panel(
            title="Checks by decision",
            meaning="A second, at the stages chosen.",
            queries=(Query(series.rate(names.CHECKS, STAGE, by="decision", over=INTERVAL), "{{decision}}"),),
            unit="reqps",
        ),
        Panel(
            title="Error rate",
            meaning="Share of the evaluated checks that failed, at the stages chosen.",
            queries=(Query(series.error_rate(STAGE, over=INTERVAL)),),
            unit="percentunit",
            bands=_bands(plan, Metric.ERRORS),
            section="high-error-rate",
        ),
        Panel(
            title="Deny rate by stage",
            meaning="Enforced denials a second, at the cart, the order and the settlement.",
            queries=(
                Query(series.rate(names.DENIES, 'shadow="false"', STAGE, by="stage", over=INTERVAL), "{{stage}}"),
            ),
            unit="reqps",
        ),
        Panel(
            title="Error rate by error code",
            meaning="Denials a second, by why. ERR_AUTHORIZATION_CHECK_FAILED is the only one that is a fault.",
            queries=(Query(series.rate(names.DENIES, STAGE, by="error", over=INTERVAL), "{{error}}"),),
            unit="reqps",
            section="high-error-rate",
        ),
        Panel(
            title="Would be denied (shadow)",
            meaning="A second, by stage: what the next step of the rollout would deny.",
            queries=(Query(series.rate(names.DENIES, 'shadow="true"', STAGE, by="stage", over=INTERVAL), "{{stage}}"),),
            unit="reqps",
        ),
        Panel(
            title="Cache hit rate",
            meaning="Share of the checks a cache might answer that one of any tier did.",
            queries=(Query(series.hit_rate(over=INTERVAL)),),
            unit="percentunit",
            bands=_bands(plan, Metric.CACHE_HITS),
            section="low-cache-hit-rate",
        ),
        Panel(
            title="Cache hit rate by tier",
            meaning="Of the look-ups in each tier that it could answer: the process's own memory, and Redis for what that lacks.",
            queries=(Query(f"{series.rate(names.CACHE, HIT, by='tier', over=INTERVAL)} / {looked}", "{{tier}}"),),
            unit="percentunit",
            section="low-cache-hit-rate",
        ),
        Panel(
            title="Checks a cache might answer",
            meaning="A second, of all processes.",
            queries=(Query(series.rate(names.CACHE, LOCAL, over=INTERVAL)),),
            unit="reqps",
        ),
    )


def _ground(plan: RolloutPlan, series: Series) -> Sequence[Panel]:
    redis = series.rate(names.CACHE, 'tier="redis"', by="result", over=INTERVAL)
    return (
        _figure(
            "Servers",
            "How many answer Prometheus.",
            f"sum({series.of('up')}) or vector(0)",
            bands=((None, RED), (1, GREEN)),
            section="service-down",
        ),
        _figure(
            "Change feed lag",
            "Age of what is known of the feed. From 2 s on no cache is believed.",
            series.worst(names.LAG),
            unit="s",
            bands=((None, GREEN), (1, YELLOW), (LAGS_BEYOND, RED)),
            section="feed-lag",
        ),
        _figure(
            "Database pool",
            "Share of the connections in use, of the process that uses the most.",
            series.worst(names.POOL),
            unit="percentunit",
            bands=_bands(plan, Metric.POOL),
            section="database-pool-exhausted",
        ),
        _figure(
            "Revoked to denied (P99)",
            "From a revocation, or a probe, until every process denies it, over an hour.",
            series.quantile(0.99, names.REVOKE, over="1h"),
            unit="s",
            bands=((None, GREEN), (0.1, YELLOW), (1, RED)),
            section="feed-lag",
            empty="none yet",
        ),
        _figure(
            "Measurements given up",
            "Within a day, because the database took none.",
            series.increase(names.DROPPED, over="1d"),
            bands=((None, GREEN), (1, YELLOW)),
            section="database-pool-exhausted",
        ),
        Panel(
            title="Change feed lag over time",
            meaning="The oldest of all processes.",
            queries=(Query(series.worst(names.LAG)),),
            unit="s",
            bands=((None, GREEN), (LAGS_BEYOND, RED)),
            section="feed-lag",
        ),
        Panel(
            title="Database pool over time",
            meaning="The process that uses the most.",
            queries=(Query(series.worst(names.POOL)),),
            unit="percentunit",
            bands=_bands(plan, Metric.POOL),
            section="database-pool-exhausted",
        ),
        Panel(
            title="Redis look-ups by result",
            meaning="A second. Nothing without Redis. `error` and `skipped` are answered by the database.",
            queries=(Query(redis, "{{result}}"),),
            unit="ops",
            section="redis-down",
            empty="no Redis",
        ),
    )
