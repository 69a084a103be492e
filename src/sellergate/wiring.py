"""The whole assembly, read top to bottom: settings in, a working sellergate out."""

import os
import socket
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, Self
from uuid import uuid4

from prometheus_client import CollectorRegistry

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.kill_switch import KillSwitch
from sellergate.adapters.local_tier import LocalTier
from sellergate.adapters.prometheus import GateMetrics
from sellergate.adapters.sql import Limits, SqlStore
from sellergate.domain.errors import InvalidInput
from sellergate.ports.cache import SharedTier
from sellergate.ports.clock import utc_now
from sellergate.services.audit import AuditTrail
from sellergate.services.bulk import BulkDecisions
from sellergate.services.counting import Counters, Meter
from sellergate.services.directory import DirectoryService
from sellergate.services.following import Follower
from sellergate.services.gate import Gate
from sellergate.services.health import Health
from sellergate.services.idempotency import Idempotency
from sellergate.services.notifications import Notifications
from sellergate.services.people import People
from sellergate.services.policies import Policies
from sellergate.services.presence import Presence
from sellergate.services.propagation import Propagation
from sellergate.services.records import Records
from sellergate.services.rollouts import RolloutService
from sellergate.services.shadow import ShadowRecorder, ShadowReport
from sellergate.services.standing import SellerDesk
from sellergate.services.warming import Warming, WarmStart
from sellergate.services.workflow import Workflow, WorkflowRules
from sellergate.settings import MASK, ConfigurationError, DatabaseSettings, Settings
from sellergate.worker import Job, Worker

if TYPE_CHECKING:  # a process without Redis does not wait for its library
    from sellergate.adapters.redis_tier import Address, BackgroundTier, RedisTier, SharedWindows

CHANGES_KEPT_FOR: Final = timedelta(days=1)
"""Much longer than anybody who follows them may have looked away; a longer lifetime in memory makes it longer."""
FORGETS_EVERY: Final = timedelta(minutes=10)
EXPIRES_EVERY: Final = timedelta(seconds=5)
SEALS_EVERY: Final = timedelta(seconds=1)

PATIENT_SECONDS: Final = 5.0
"""How long a command waits for Redis; a check, 50 ms."""


class Moving(Protocol):
    """A part with threads of its own."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> object:
        """End, with nothing left undone."""


class Once:
    """In place of all threads, for a single command: the rollout is read once, and what was counted is written at the end."""

    def __init__(self, follower: Follower, shadow: ShadowRecorder, kill_switch: KillSwitch | None) -> None:
        self._follower = follower
        self._kill_switch = kill_switch
        self._shadow = shadow

    def start(self) -> None:
        """Read the rollout, and look for the kill switch."""
        if self._kill_switch is not None:
            self._kill_switch.look()
        self._follower.attach()

    def stop(self) -> None:
        """Write down what was counted."""
        self._shadow.flush()


def prepare_database(settings: Settings) -> None:
    """Bring the embedded database to the newest migration; a server's database is left to `sellergate migrate`.

    Raises ConfigurationError for a URL that cannot be used, Redis's as well; StoreUnavailable when the database cannot be
    opened, and for a server's that lacks a migration.
    """
    redis_address(settings)
    url = settings.database.url
    try:
        store = SqlStore.open(url, migrate=settings.database.is_embedded, limits=_limits(settings.database))
    except InvalidInput as refusal:
        raise ConfigurationError("DATABASE_URL", MASK if "@" in url else url, str(refusal)) from refusal
    try:
        store.check_migrated()
    finally:
        store.close()


def _limits(database: DatabaseSettings) -> Limits:
    return Limits(pool_size=database.pool_size, statement=database.statement_timeout)


def redis_address(settings: Settings) -> "Address | None":
    """Where Redis is, or None without one. Raises ConfigurationError for a URL that cannot be used."""
    if settings.redis.url is None:
        return None
    from sellergate.adapters.redis_tier import parse_address

    try:
        return parse_address(settings.redis.url)
    except InvalidInput as refusal:
        raise ConfigurationError("REDIS_URL", MASK, str(refusal)) from refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """Everything one process is made of, by name. A context manager: started on entry, stopped on exit."""

    settings: Settings
    store: SqlStore
    gate: Gate
    redis: "RedisTier | None"
    warming: Warming
    workflow: Workflow
    bulk: BulkDecisions
    people: People
    directory: DirectoryService
    desk: SellerDesk
    records: Records
    policies: Policies
    notifications: Notifications
    audit: AuditTrail
    rollouts: RolloutService
    shadow: ShadowRecorder
    shadow_report: ShadowReport
    idempotency: Idempotency
    health: Health
    metrics: GateMetrics
    moving: tuple[Moving, ...]
    running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Start what moves by itself, in order; when one part cannot start, those before it are stopped again."""
        with ExitStack() as stack:
            stack.callback(self.store.close)
            if self.redis is not None:
                stack.callback(self.redis.close)
            stack.callback(Gate.close, self.gate)  # not the embedded one, which ends the assembly
            for part in self.moving:
                part.start()
                stack.callback(part.stop)
            self.running.push(stack.pop_all())

    def stop(self) -> None:
        """Stop it all, last first; what is still in memory is written down before the database is let go."""
        self.running.close()

    def shared_windows(self) -> "SharedWindows | None":
        """Where processes count together how often somebody asks; None without Redis."""
        if self.redis is None:
            return None
        from sellergate.adapters.redis_tier import SharedWindows

        return SharedWindows(self.redis)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def assemble(settings: Settings, *, following: bool, serving: bool = False, gate_type: type[Gate] = Gate) -> Assembly:
    """One process. `following`: its gate follows the feed and reports itself; `serving`: it does the jobs beside a server.

    Without `following` it is good for one command: the rollout is read once, and the gate asks the database.
    """
    store = SqlStore.open(settings.database.url, migrate=False, limits=_limits(settings.database))
    process_id = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    propagation = Propagation(store, own_process_id=process_id if following else None, now=utc_now)
    environment, pinned = settings.rollout.environment, settings.rollout.pinned

    # The gate: read upwards to follow one check: count, this process's memory, Redis, database.
    counters = Counters()
    shadow = ShadowRecorder(store, most_keys=settings.gate.shadow_keys)
    memory = LocalTier(
        ttl_seconds=settings.gate.cache_ttl.total_seconds(), boot=boot_now, most_entries=settings.gate.cache_size
    )
    redis = _redis(settings, patient=not following)
    shared = _beside(redis) if redis is not None and following else None
    gate = gate_type(
        store,
        memory,
        counters=counters,
        shadow=shadow,
        views=store.view,
        rollout=environment,
        boot=boot_now,
        shared=shared,
    )

    # What keeps it true: the feed, the kill switch, and this process's word of how far it has followed.
    presence = Presence(
        store,
        process_id=process_id,
        position=lambda: follower.position,
        rollout=lambda: gate.rollout,
    )
    follower = Follower(
        store,
        memory,
        follow=gate.follow,
        environment=environment,
        pinned=pinned,
        boot=boot_now,
        heard=presence.wake,
        lifetime_seconds=settings.gate.cache_ttl.total_seconds(),
    )
    kill_file = settings.gate.kill_switch_file
    kill_switch = None if kill_file is None else KillSwitch(kill_file, follower.kill_switch)

    warming = Warming(store, memory, shared or redis, boot=boot_now)

    # What is measured.
    metrics = GateMetrics(
        CollectorRegistry(),
        take=Meter(counters).take,
        rollout=lambda: gate.rollout,
        lag_seconds=lambda: follower.lag_seconds,
        pool_in_use=lambda: store.pool_in_use,
        shared_puts=redis.puts if redis else None,
    )

    # The verbs.
    rules = WorkflowRules(limits=settings.workflow.limits, cooldown=settings.workflow.cooldown)
    workflow = Workflow(store, rules, propagation, count=metrics.count_verb)
    audit = AuditTrail(store)
    idempotency = Idempotency(store)
    kept_for = max(CHANGES_KEPT_FOR, 3 * settings.gate.cache_ttl)
    worker = Worker(
        [
            Job("seal", SEALS_EVERY, audit.seal, at_exit=True),
            Job("expire", EXPIRES_EVERY, workflow.expire_due),
            Job("forget changes", FORGETS_EVERY, lambda: store.forget_changes(kept_for)),
        ]
    )

    moving: list[Moving] = [Once(follower, shadow, kill_switch)]
    if following:
        moving = [follower, presence, shadow, metrics, WarmStart(warming, limit=settings.pairs_to_warm)]
        if shared is not None:
            moving.insert(0, shared)
        if kill_switch is not None:
            moving.insert(0, kill_switch)
    if serving:
        moving.append(worker)
    return Assembly(
        settings=settings,
        store=store,
        gate=gate,
        redis=redis,
        warming=warming,
        workflow=workflow,
        bulk=BulkDecisions(store, workflow),
        people=People(store),
        directory=DirectoryService(store),
        desk=SellerDesk(store, rules.limits),
        records=Records(store),
        policies=Policies(store),
        notifications=Notifications(store),
        audit=audit,
        rollouts=RolloutService(store, propagation, environment=environment, pinned=pinned),
        shadow=shadow,
        shadow_report=ShadowReport(store),
        idempotency=idempotency,
        health=Health(store, follower, rollout=lambda: gate.rollout, cache=lambda: _cache_health(memory, shared)),
        metrics=metrics,
        moving=tuple(moving),
    )


def _redis(settings: Settings, *, patient: bool) -> "RedisTier | None":
    address = redis_address(settings)
    if address is None:
        return None
    from sellergate.adapters.redis_tier import TIMEOUT_SECONDS, RedisTier

    timeout_seconds = PATIENT_SECONDS if patient else TIMEOUT_SECONDS
    ttl_seconds = settings.gate.cache_ttl.total_seconds()
    return RedisTier(address, ttl_seconds=ttl_seconds, boot=boot_now, timeout_seconds=timeout_seconds)


def _beside(redis: "RedisTier") -> "BackgroundTier":
    from sellergate.adapters.redis_tier import BackgroundTier

    return BackgroundTier(redis)


def _cache_health(memory: LocalTier, shared: SharedTier | None) -> dict[str, Any]:
    local = {"local": {"entries": len(memory)}}
    return local if shared is None else {**local, "redis": dict(shared.health())}
