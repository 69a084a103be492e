"""The whole assembly, read top to bottom: settings in, a working sellergate out."""

import os
import socket
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from prometheus_client import CollectorRegistry

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.kill_switch import KillSwitch, why_not_creatable
from sellergate.adapters.local_tier import LocalTier
from sellergate.adapters.prometheus import GateMetrics
from sellergate.adapters.sql import SqlStore
from sellergate.domain.sessions import SessionLimits
from sellergate.ports.clock import utc_now
from sellergate.ports.stores import FactsReader
from sellergate.ports.tracing import untraced
from sellergate.services.aggregating import Aggregating
from sellergate.services.answer_times import AnswerTimes
from sellergate.services.audit import AuditTrail
from sellergate.services.backlogs import Backlogs
from sellergate.services.backtests import BackTests
from sellergate.services.bulk import BulkDecisions
from sellergate.services.bulk_jobs import BulkJobs
from sellergate.services.cache_advising import CacheAdvising
from sellergate.services.canary import CanarySuggestions
from sellergate.services.carrying_out import CarryingOut
from sellergate.services.catalogue import Catalogue
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
from sellergate.services.impacts import Impacts
from sellergate.services.inbox import SupplierInbox
from sellergate.services.judging import Judge
from sellergate.services.logged_gate import logged
from sellergate.services.low_risk import LowRiskRequests
from sellergate.services.measuring import Measuring
from sellergate.services.naming import Naming
from sellergate.services.notifications import Notifications
from sellergate.services.people import People
from sellergate.services.policies import Policies
from sellergate.services.presence import Presence
from sellergate.services.probing import Probe
from sellergate.services.propagation import Propagation, RevokeToDeny
from sellergate.services.proving import Proving
from sellergate.services.pulse import Pulse
from sellergate.services.records import Records
from sellergate.services.reports import BusinessReports
from sellergate.services.retrospective import Retrospective
from sellergate.services.rolling_up import RollingUp
from sellergate.services.rollouts import RolloutService
from sellergate.services.scheduling import Scheduling
from sellergate.services.sessions import SessionService
from sellergate.services.shadow import ShadowRecorder, ShadowReport
from sellergate.services.shelf import SellerShelf
from sellergate.services.signing import Signing
from sellergate.services.simulation import Simulation
from sellergate.services.soundings import Soundings
from sellergate.services.standing import SellerDesk
from sellergate.services.stored_windows import StoredWindows
from sellergate.services.trends import Trends
from sellergate.services.trials import TrialBook
from sellergate.services.tripping import LocalTrip
from sellergate.services.verdicts import Verdicts
from sellergate.services.warming import Warming, WarmStart
from sellergate.services.watching import Watchman
from sellergate.services.workflow import Workflow, WorkflowRules
from sellergate.settings import Settings
from sellergate.wiring.announcing import announcing_jobs, announcing_of
from sellergate.wiring.assembly import Assembly, Moving, Once
from sellergate.wiring.opening import (
    beside,
    cache_health,
    decision_history,
    decision_log,
    index_problems,
    limits_of,
    made_for,
    redis_of,
    rollout_plan,
    series_of,
    source_of,
)
from sellergate.wiring.telling import Telling
from sellergate.wiring.tracing import traced
from sellergate.worker import Job, Worker

if TYPE_CHECKING:  # a process without tracing does not wait for its library
    from sellergate.adapters.tracing import OpenTelemetry

CHANGES_KEPT_FOR: Final = timedelta(days=1)
"""Much longer than anybody who follows them may have looked away; a longer lifetime in memory makes it longer."""
ROLLS_UP_EVERY: Final = timedelta(seconds=30)
FORGETS_EVERY: Final = timedelta(minutes=10)
AGGREGATES_EVERY: Final = timedelta(seconds=10)
FOLDS_EVERY: Final = timedelta(seconds=20)
EXPIRES_EVERY: Final = timedelta(seconds=5)
CARRIES_OUT_EVERY: Final = timedelta(milliseconds=500)
SEALS_EVERY: Final = timedelta(seconds=1)


def assemble(  # noqa: PLR0915 - the whole of it, read top to bottom
    settings: Settings,
    *,
    following: bool,
    serving: bool = False,
    gate_type: type[Gate] = Gate,
    tracing: "OpenTelemetry | None" = None,
    disturbed: Callable[[FactsReader], FactsReader] | None = None,
) -> Assembly:
    """One process. `following`: its gate follows the feed and reports itself; `serving`: it does the jobs beside a server.

    `disturbed` stands between the gate and the database: a fault to rehearse with. Without `following` it is good for one command: the rollout is read once, and the gate asks the database.
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
    redis = redis_of(settings, patient=not following)
    shared = beside(redis) if redis is not None and following else None
    decisions = decision_log(settings.decisions)
    facts: FactsReader = store if disturbed is None else disturbed(store)
    gate = (gate_type if decisions is None else logged(gate_type, decisions))(
        facts if tracing is None else traced(facts, tracing),
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
        store,
        process_id=process_id,
        take=Meter(counters).take,
        take_again=memory.take_again,
        pool_in_use=lambda: store.pool_in_use,
    )
    kept = settings.measurements
    rolling_up = RollingUp(
        store,
        windows_kept=kept.windows_kept,
        minutes_kept=kept.minutes_kept,
        hours_kept=kept.hours_kept,
        denials_kept=kept.denials_kept,
        verdicts_kept=kept.verdicts_kept,
    )
    aggregating = Aggregating(store)
    metrics = GateMetrics(
        CollectorRegistry(),
        take=Meter(counters).take,
        rollout=lambda: gate.rollout,
        lag_seconds=lambda: follower.lag_seconds,
        controller_silent=lambda: watchman.silent_seconds,
        pool_in_use=lambda: store.pool_in_use,
        shared_puts=redis.puts if redis else None,
        messages=lambda: telling.outbox.counts,
        dropped={
            "windows": lambda: measuring.dropped + rolling_up.dropped,
            "shadow_denials": lambda: shadow.dropped,
            "enforced_denials": lambda: denials.dropped,
            "decisions": lambda: 0 if decisions is None else decisions.dropped,
        },
        aggregates=aggregating.current,
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
    pulse = Pulse(first=probe.saw)
    follower = Follower(
        store,
        memory,
        follow=gate.follow,
        environment=environment,
        pinned=pinned,
        boot=boot_now,
        heard=presence.wake,
        saw=pulse.saw,
        lifetime_seconds=settings.gate.cache_ttl.total_seconds(),
    )
    kill_file = settings.gate.kill_switch_file
    kill_switch = None if kill_file is None else KillSwitch(kill_file, follower.kill_switch)

    warming = Warming(store, memory, shared or redis, boot=boot_now)

    # The rollout: judged, moved by the plan, and watched over by one process of the fleet.
    series = series_of(settings, store)
    judge = Judge(store, series, plan)
    soundings = Soundings(store, index_problems=lambda: index_problems(store))
    criteria = EvaluatedCriteria(store, judge, plan, soundings, fingerprint=made_for(settings, plan))
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
    workflow = Workflow(
        store,
        rules,
        propagation,
        count=metrics.count_verb,
        answered=metrics.observe_response,
        trace=untraced if tracing is None else tracing.span,
    )
    carrying_out, bulk_jobs = CarryingOut(store, workflow), BulkJobs(store, workflow)
    audit = AuditTrail(store)
    trials = TrialBook(store)
    idempotency = Idempotency(store)
    sessions = SessionService(
        store, SessionLimits(idle=settings.console.session_idle, absolute=settings.console.session_absolute)
    )
    telling = Telling.of(settings.notices, store)
    announcing = announcing_of(
        settings.notices,
        store,
        telling.outbox,
        plan=plan,
        rollouts=rollouts,
        judge=judge,
        source=source_of(settings, store),
    )
    kept_for = max(CHANGES_KEPT_FOR, 3 * settings.gate.cache_ttl)
    worker = Worker(
        [
            Job("seal", SEALS_EVERY, audit.seal, at_exit=audit.seal),
            Job("expire", EXPIRES_EVERY, workflow.expire_due),
            Job("carry out decisions", CARRIES_OUT_EVERY, carrying_out.run),
            Job("carry out bulk jobs", CARRIES_OUT_EVERY, bulk_jobs.run),
            Job("forget decisions", FORGETS_EVERY, carrying_out.forget),
            Job("control", TICK, controller.tick, at_exit=controller.stop),
            Job("roll up", ROLLS_UP_EVERY, rolling_up.run),
            Job("aggregate", AGGREGATES_EVERY, aggregating.look),
            Job("fold tallies", FOLDS_EVERY, store.fold_tallies),
            Job("forget sessions", FORGETS_EVERY, sessions.forget_old),
            Job("forget changes", FORGETS_EVERY, lambda: store.forget_changes(kept_for)),
            *telling.jobs(leads=lambda: controller.holds_watch),
            *announcing_jobs(settings.notices, announcing, leads=lambda: controller.holds_watch),
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
    if tracing is not None:
        moving.insert(0, tracing)
    if decisions is not None:
        moving.insert(0, decisions)  # stopped last: what the gate still answers is written
    if serving:
        moving.extend([worker, probe])
    desk = SellerDesk(store, rules.limits)
    return Assembly(
        settings=settings,
        store=store,
        gate=gate,
        redis=redis,
        warming=warming,
        workflow=workflow,
        bulk=BulkDecisions(workflow),
        backlogs=Backlogs(store),
        aggregating=aggregating,
        answer_times=AnswerTimes(store),
        backtests=BackTests(store),
        impacts=Impacts(store, decision_history(settings.decisions)),
        low_risk=LowRiskRequests(store, workflow),
        people=People(store, count=metrics.count_verb),
        directory=DirectoryService(store, count=metrics.count_verb),
        inbox=SupplierInbox(store, rules.limits),
        scheduling=Scheduling(store),
        catalogue=Catalogue(store),
        bulk_jobs=bulk_jobs,
        sessions=sessions,
        pulse=pulse,
        desk=desk,
        shelf=SellerShelf(store, desk),
        records=Records(store),
        policies=Policies(store),
        notifications=Notifications(store),
        outbox=telling.outbox,
        reminders=telling.reminders,
        announcing=announcing,
        audit=audit,
        plan=plan,
        rollouts=rollouts,
        series=series,
        judge=judge,
        verdicts=Verdicts(store),
        signing=Signing(store, plan),
        proving=Proving(store, plan),
        trends=Trends(series_of(settings, store)),  # of its own: charts look further back than the judge
        retrospective=Retrospective(store, plan, Damage(store)),
        reports=BusinessReports(store),
        cache_advising=CacheAdvising(StoredWindows(store), life=settings.gate.cache_ttl),
        naming=Naming(store),
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
            cache=lambda: cache_health(memory, shared),
            revoke_to_deny=revoke_to_deny.health,
            control=controller.health,
            why_tripped=lambda: trip.sentence,
        ),
        metrics=metrics,
        tracing=tracing,
        moving=tuple(moving),
    )
