"""Settings turned into what an assembly is made of, each with a refusal that names its variable."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.decision_log import DecisionFiles, DecisionLog, RotatingFile
from sellergate.adapters.local_tier import LocalTier
from sellergate.adapters.monitoring import alert_rules, dashboards
from sellergate.adapters.monitoring.dashboards import fingerprint as boards_fingerprint
from sellergate.adapters.monitoring.rules import fingerprint as rules_fingerprint
from sellergate.adapters.plan_files import DEFAULT, PlanErrors, load_plan
from sellergate.adapters.promql import SCRAPED_WITHIN, PromqlWindows
from sellergate.adapters.sql import Limits, SqlStore
from sellergate.adapters.sql.examination import examine
from sellergate.domain.criteria import Check
from sellergate.domain.errors import InvalidInput
from sellergate.domain.plan import RolloutPlan
from sellergate.ports.cache import SharedTier
from sellergate.ports.measurements import MeasurementSource
from sellergate.services.series import Series
from sellergate.services.stored_windows import WRITTEN_WITHIN, StoredWindows
from sellergate.settings import MASK, ConfigurationError, DatabaseSettings, DecisionLogSettings, Settings
from sellergate.wiring.telling import couriers_of

if TYPE_CHECKING:  # a process without Redis does not wait for its library
    from sellergate.adapters.redis_tier import Address, BackgroundTier, RedisTier

PATIENT_SECONDS: Final = 5.0
"""How long a command waits for Redis; a check, 50 ms."""


def prepare_database(settings: Settings) -> None:
    """Bring the embedded database to the newest migration; a server's database is left to `sellergate migrate`.

    Raises ConfigurationError for a URL that cannot be used, Redis's as well, for a plan that cannot be followed, and for mail
    servers and places nobody can be told at;
    StoreUnavailable when the database cannot be opened, and for a server's that lacks a migration.
    """
    redis_address(settings)
    rollout_plan(settings)
    couriers_of(settings.notices)
    database = settings.database
    with named_url(settings):
        store = SqlStore.open(database.url, migrate=database.is_embedded, limits=limits_of(database))
    try:
        store.check_migrated()
    finally:
        store.close()


@contextmanager
def named_url(settings: Settings) -> Iterator[None]:
    """Turns the refusal of a database's URL into a ConfigurationError that names its variable."""
    try:
        yield
    except InvalidInput as refusal:
        if refusal.facts.get("field") == "replica_url":
            raise ConfigurationError("DATABASE_REPLICA_URL", MASK, str(refusal)) from refusal
        url = settings.database.url
        raise ConfigurationError("DATABASE_URL", MASK if "@" in url else url, str(refusal)) from refusal


def limits_of(database: DatabaseSettings) -> Limits:
    """What the settings say about connections, times and the replica."""
    return Limits(
        pool_size=database.pool_size,
        statement=database.statement_timeout,
        replica_url=database.replica_url,
        replica_lag=database.replica_lag,
    )


def redis_address(settings: Settings) -> "Address | None":
    """Where Redis is, or None without one. Raises ConfigurationError for a URL that cannot be used."""
    if settings.redis.url is None:
        return None
    from sellergate.adapters.redis_tier import parse_address

    try:
        return parse_address(settings.redis.url)
    except InvalidInput as refusal:
        raise ConfigurationError("REDIS_URL", MASK, str(refusal)) from refusal


def rollout_plan(settings: Settings) -> RolloutPlan:
    """The plan the rollout moves by. Raises ConfigurationError for one that cannot be read or followed."""
    file = settings.rollout.plan_file or DEFAULT
    try:
        return load_plan(file)
    except PlanErrors as errors:
        raise ConfigurationError("SELLERGATE_PLAN_FILE", str(file), str(errors)) from errors
    except OSError as error:
        raise ConfigurationError("SELLERGATE_PLAN_FILE", str(file), f"cannot be read: {error.strerror}") from error


def index_problems(store: SqlStore) -> list[str]:
    """The hot queries that do not find their rows by an index, each with why. Raises StoreUnavailable."""
    return [f"{query.name}: {query.problem}" for query in examine(store.database) if query.problem is not None]


def made_for(settings: Settings, plan: RolloutPlan) -> Callable[[Check], str | None]:
    """What the alert rules and dashboards of this version and plan are known by."""
    match = settings.measurements.prometheus_match

    @cache
    def fingerprint(check: Check) -> str | None:
        if check is Check.ALERT_RULES_PROVED:
            return rules_fingerprint(alert_rules(plan, match))
        if check is Check.DASHBOARDS_PRESENT:
            return boards_fingerprint(dashboards(plan, match))
        return None

    return fingerprint


def series_of(settings: Settings, store: SqlStore) -> Series:
    """What the rollout is judged by: the database's windows, or those a Prometheus has."""
    own = settings.measurements.prometheus_url is None
    return Series(source_of(settings, store), late=WRITTEN_WITHIN if own else SCRAPED_WITHIN)


def source_of(settings: Settings, store: SqlStore) -> MeasurementSource:
    """Where the fleet's measurements are read: the database, or a Prometheus."""
    measured = settings.measurements
    if measured.prometheus_url is None:
        return StoredWindows(store)
    return PromqlWindows(measured.prometheus_url, match=measured.prometheus_match)


def redis_of(settings: Settings, *, patient: bool) -> "RedisTier | None":
    """Redis, where there is one; `patient` for whoever may wait longer than a check."""
    address = redis_address(settings)
    if address is None:
        return None
    from sellergate.adapters.redis_tier import TIMEOUT_SECONDS, RedisTier

    timeout_seconds = PATIENT_SECONDS if patient else TIMEOUT_SECONDS
    ttl_seconds = settings.gate.cache_ttl.total_seconds()
    return RedisTier(address, ttl_seconds=ttl_seconds, boot=boot_now, timeout_seconds=timeout_seconds)


def beside(redis: "RedisTier") -> "BackgroundTier":
    """The tier whose puts are made beside the check."""
    from sellergate.adapters.redis_tier import BackgroundTier

    return BackgroundTier(redis)


def cache_health(memory: LocalTier, shared: SharedTier | None) -> dict[str, Any]:
    """How the caches are, for people."""
    local = {"local": {"entries": len(memory)}}
    return local if shared is None else {**local, "redis": dict(shared.health())}


def decision_log(settings: DecisionLogSettings) -> DecisionLog | None:
    """Where checks are logged; None where they are not."""
    if settings.folder is None:
        return None
    file = RotatingFile(settings.folder, most_bytes=settings.file_bytes, longest=settings.file_time, kept=settings.kept)
    return DecisionLog(file, percent=settings.percent, most_waiting=settings.most_waiting)


def decision_history(settings: DecisionLogSettings) -> DecisionFiles | None:
    """Where logged checks are looked up; None where there is no log."""
    return None if settings.folder is None else DecisionFiles(settings.folder, percent=settings.percent)
