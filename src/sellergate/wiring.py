"""The whole assembly, read top to bottom: settings in, a working sellergate out."""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol, Self
from uuid import uuid4

from prometheus_client import CollectorRegistry

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.kill_switch import KillSwitch, why_not_creatable
from sellergate.adapters.local_tier import LocalTier
from sellergate.adapters.plan_files import DEFAULT, PlanErrors, load_plan
from sellergate.adapters.prometheus import GateMetrics
from sellergate.adapters.promql import SCRAPED_WITHIN, PromqlWindows
from sellergate.adapters.sql import Limits, SqlStore
from sellergate.adapters.sql.examination import examine
from sellergate.domain.errors import InvalidInput
from sellergate.domain.plan import RolloutPlan
from sellergate.ports.cache import SharedTier
from sellergate.ports.clock import utc_now
from sellergate.services.audit import AuditTrail
from sellergate.services.bulk import BulkDecisions
from sellergate.services.canary import CanarySuggestions
from sellergate.services.controller import TICK, Controller
from sellergate.services.counting import Counters, Meter
from sellergate.services.criteria import EvaluatedCriteria
from sellergate.services.damage import Damage, DenialRecorder
from sellergate.services.directory import DirectoryService
from sellergate.services.drill import Drill
from sellergate.services.following import Follower
from sellergate.services.gate import Gate
from sellergate.services.health import Health
from sellergate.services.idempotency import Idempotency
from sellergate.services.judging import Judge
from sellergate.services.measuring import Measuring
from sellergate.services.notifications import Notifications
from sellergate.services.people import People
from sellergate.services.policies import Policies
from sellergate.services.presence import Presence
from sellergate.services.probing import Probe
from sellergate.services.propagation import Propagation, RevokeToDeny
from sellergate.services.records import Records
from sellergate.services.retrospective import Retrospective
from sellergate.services.rolling_up import RollingUp
from sellergate.services.rollouts import RolloutService
from sellergate.services.series import Series
from sellergate.services.shadow import ShadowRecorder, ShadowReport
from sellergate.services.signing import Signing
from sellergate.services.simulation import Simulation
from sellergate.services.soundings import Soundings
from sellergate.services.standing import SellerDesk
from sellergate.services.stored_windows import WRITTEN_WITHIN, StoredWindows
from sellergate.services.tallies import TallyRecorder
from sellergate.services.trials import TrialBook
from sellergate.services.tripping import LocalTrip
from sellergate.services.verdicts import Verdicts
from sellergate.services.warming import Warming, WarmStart
from sellergate.services.watching import Watchman
from sellergate.services.workflow import Workflow, WorkflowRules
from sellergate.settings import MASK, ConfigurationError, DatabaseSettings, Settings
from sellergate.worker import Job, Worker

if TYPE_CHECKING:  # a process without Redis does not wait for its library
    from sellergate.adapters.redis_tier import Address, BackgroundTier, RedisTier, SharedWindows

CHANGES_KEPT_FOR: Final = timedelta(days=1)
"""Much longer than anybody who follows them may have looked away; a longer lifetime in memory makes it longer."""
ROLLS_UP_EVERY: Final = timedelta(seconds=30)
FORGETS_EVERY: Final = timedelta(minutes=10)
FOLDS_EVERY: Final = timedelta(seconds=20)
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

    def __init__(
        self, follower: Follower, recorders: Sequence[TallyRecorder[Any]], kill_switch: KillSwitch | None
    ) -> None:
        self._follower = follower
        self._kill_switch = kill_switch
        self._recorders = recorders

    def start(self) -> None:
        """Read the rollout, and look for the kill switch."""
        if self._kill_switch is not None:
            self._kill_switch.look()
        self._follower.attach()

    def stop(self) -> None:
        """Write down what was counted."""
        for recorder in self._recorders:
            recorder.flush()


def prepare_database(settings: Settings) -> None:
    """Bring the embedded database to the newest migration; a server's database is left to `sellergate migrate`.

    Raises ConfigurationError for a URL that cannot be used, Redis's as well, and for a plan that cannot be followed;
    StoreUnavailable when the database cannot be opened, and for a server's that lacks a migration.
    """
    redis_address(settings)
    rollout_plan(settings)
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
    plan: RolloutPlan
    rollouts: RolloutService
    shadow: ShadowRecorder
    shadow_report: ShadowReport
    denials: DenialRecorder
    damage: Damage
    measuring: Measuring
    judge: Judge
    verdicts: Verdicts
    signing: Signing
    retrospective: Retrospective
    controller: Controller
    rolling_up: RollingUp
    trials: TrialBook
    canary: CanarySuggestions
    simulation: Simulation
    drill: Drill
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
            stack.callback(Gate.close, self.gate)  # first of all, so that what its last checks count is still written
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
    store = SqlStore.open(settings.database.url, migrate=False, limits=limits_of(settings.database))
    process_id = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    environment, pinned = settings.rollout.environment, settings.rollout.pinned
    plan = rollout_plan(settings)

    # The gate: read upwards to follow one check: count, this process's memory, Redis, database.
    counters = Counters()
    shadow = ShadowRecorder(store, most_keys=settings.gate.shadow_keys)
    denials = DenialRecorder(store, most_keys=settings.gate.shadow_keys)
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
        denials=denials,
        views=store.view,
        rollout=environment,
        boot=boot_now,
        shared=shared,
    )

    # What is measured, for the rollout and for Prometheus.
    measuring = Measuring(
        store, process_id=process_id, take=Meter(counters).take, pool_in_use=lambda: store.pool_in_use
    )
    kept = settings.measurements
    rolling_up = RollingUp(
        store,
        windows_kept=kept.windows_kept,
        minutes_kept=kept.minutes_kept,
        hours_kept=kept.hours_kept,
        denials_kept=kept.denials_kept,
    )
    metrics = GateMetrics(
        CollectorRegistry(),
        take=Meter(counters).take,
        rollout=lambda: gate.rollout,
        lag_seconds=lambda: follower.lag_seconds,
        controller_silent=lambda: watchman.silent_seconds,
        pool_in_use=lambda: store.pool_in_use,
        shared_puts=redis.puts if redis else None,
        dropped={
            "windows": lambda: measuring.dropped + rolling_up.dropped,
            "shadow_denials": lambda: shadow.dropped,
            "enforced_denials": lambda: denials.dropped,
        },
    )
    revoke_to_deny = RevokeToDeny(metrics.observe_revoke_to_deny)
    propagation = Propagation(
        store, own_process_id=process_id if following else None, now=utc_now, measured=revoke_to_deny.measured
    )
    probe = Probe(store, propagation, every=settings.gate.probe_every, boot=boot_now)

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
        saw=probe.saw,
        lifetime_seconds=settings.gate.cache_ttl.total_seconds(),
    )
    kill_file = settings.gate.kill_switch_file
    kill_switch = None if kill_file is None else KillSwitch(kill_file, follower.kill_switch)

    warming = Warming(store, memory, shared or redis, boot=boot_now)

    # The rollout: judged, moved by the plan, and watched over by one process of the fleet.
    judge = Judge(store, _series(settings, store), plan)
    criteria = EvaluatedCriteria(store, judge, plan, Soundings(store, index_problems=lambda: _index_problems(store)))
    rollouts = RolloutService(store, propagation, plan=plan, criteria=criteria, environment=environment, pinned=pinned)
    watchman = Watchman(store, process_id=process_id, boot=boot_now)
    controller = Controller(store, watchman, judge, rollouts, plan)
    trip = LocalTrip(
        recent=measuring.recent,
        rollout=lambda: gate.rollout,
        lag_seconds=lambda: follower.lag_seconds,
        trip=follower.trip,
        rollouts=rollouts,
        plan=plan,
        boot=boot_now,
    )

    # The verbs.
    rules = WorkflowRules(limits=settings.workflow.limits, cooldown=settings.workflow.cooldown)
    workflow = Workflow(store, rules, propagation, count=metrics.count_verb)
    audit = AuditTrail(store)
    trials = TrialBook(store)
    idempotency = Idempotency(store)
    kept_for = max(CHANGES_KEPT_FOR, 3 * settings.gate.cache_ttl)
    worker = Worker(
        [
            Job("seal", SEALS_EVERY, audit.seal, at_exit=audit.seal),
            Job("expire", EXPIRES_EVERY, workflow.expire_due),
            Job("control", TICK, controller.tick, at_exit=controller.stop),
            Job("roll up", ROLLS_UP_EVERY, rolling_up.run),
            Job("fold tallies", FOLDS_EVERY, store.fold_tallies),
            Job("forget changes", FORGETS_EVERY, lambda: store.forget_changes(kept_for)),
        ]
    )

    moving: list[Moving] = [Once(follower, (shadow, denials), kill_switch)]
    if following:
        moving = [
            follower,
            presence,
            shadow,
            denials,
            measuring,
            trip,
            metrics,
            WarmStart(warming, limit=settings.pairs_to_warm),
        ]
        if shared is not None:
            moving.insert(0, shared)
        if kill_switch is not None:
            moving.insert(0, kill_switch)
    if serving:
        moving.extend([worker, probe])
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
        plan=plan,
        rollouts=rollouts,
        judge=judge,
        verdicts=Verdicts(store),
        signing=Signing(store, plan),
        retrospective=Retrospective(store, plan, Damage(store)),
        controller=controller,
        shadow=shadow,
        shadow_report=ShadowReport(store),
        denials=denials,
        damage=Damage(store),
        measuring=measuring,
        rolling_up=rolling_up,
        trials=trials,
        canary=CanarySuggestions(store),
        simulation=Simulation(store, rules.limits),
        drill=Drill(rollouts, trials, kill_switch=None if kill_file is None else partial(why_not_creatable, kill_file)),
        idempotency=idempotency,
        health=Health(
            store,
            follower,
            rollout=lambda: gate.rollout,
            cache=lambda: _cache_health(memory, shared),
            revoke_to_deny=revoke_to_deny.health,
            control=controller.health,
            why_tripped=lambda: trip.sentence,
        ),
        metrics=metrics,
        moving=tuple(moving),
    )


def _index_problems(store: SqlStore) -> list[str]:
    return [f"{query.name}: {query.problem}" for query in examine(store.database) if query.problem is not None]


def _series(settings: Settings, store: SqlStore) -> Series:
    measured = settings.measurements
    if measured.prometheus_url is None:
        return Series(StoredWindows(store), late=WRITTEN_WITHIN)
    return Series(PromqlWindows(measured.prometheus_url, match=measured.prometheus_match), late=SCRAPED_WITHIN)


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
