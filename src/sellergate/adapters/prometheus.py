"""The gate's counters as Prometheus metrics: folded in once a second, beside the checks and not inside them."""

import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import product
from types import MappingProxyType
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from sellergate.adapters.stored_metrics import StoredMetrics
from sellergate.domain.authorization import Action
from sellergate.domain.gate import BYPASSED, CHECK_FAILED, DENY_CODES, GateDecision, Mode, Stage
from sellergate.domain.histogram import PROMETHEUS_EDGES, SECOND, coarse
from sellergate.domain.messages import MessageState
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.ports.aggregates import Aggregates
from sellergate.ports.counts import GateCounts, SharedPut, SharedResult

FOLD_SECONDS: Final = 1.0
RATE_SECONDS: Final = 60.0
"""The hit rate is that of the last minute."""

REVOKE_TO_DENY_EDGES: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
"""What was given up took longer than the last one."""

RESPONSE_EDGES: Final = (60, 300, 900, 3600, 4 * 3600, 12 * 3600, 86_400, 3 * 86_400, 7 * 86_400, 30 * 86_400)
"""Seconds: a minute to a month, the three days among them within which suppliers are asked to answer."""

DECISION_LABELS: Final = ("allow", "deny", "error", "bypass")
OK: Final = "ok"
REDIS: Final = "redis"
BOOLEANS: Final = ("true", "false")
MULTIPROCESS_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder in which processes keep their metrics together."""


def forget_process(folder: str, pid: int) -> None:
    """The process has ended: what it counted stays, how it was does not."""
    mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]


class GateMetrics:
    """Every metric of the gate and of the verbs, right also where several processes share PROMETHEUS_MULTIPROC_DIR.

    `take` gives what was counted since it was last asked. In a shadow phase `decision` and the denials say what enforcement
    would have done, with `shadow="true"`. `shared_puts` gives what was put into the shared tier so far, where there is one;
    `dropped` by kind how much that was measured had to be given up so far; `messages` how many wait and were given up. A failed
    check is `decision="error"`; `error` is the code of a denial.
    """

    def __init__(
        self,
        registry: CollectorRegistry,
        *,
        take: Callable[[], GateCounts],
        rollout: Callable[[], RolloutState],
        lag_seconds: Callable[[], float],
        controller_silent: Callable[[], float] = lambda: 0.0,
        pool_in_use: Callable[[], float | None],
        shared_puts: Callable[[], Mapping[SharedPut, int]] | None = None,
        dropped: Mapping[str, Callable[[], int]] = MappingProxyType({}),
        messages: Callable[[], Mapping[MessageState, int] | None] = lambda: None,
        aggregates: Callable[[], Aggregates | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._stored = StoredMetrics(aggregates)
        registry.register(self._stored)
        self._take = take
        self._read_rollout = rollout
        self._read_lag = lag_seconds
        self._read_silence = controller_silent
        self._read_pool = pool_in_use
        self._define_checks(registry)
        self._shared = None if shared_puts is None else SharedMetrics(registry, self._cache, shared_puts)
        self._dropped = DroppedMetrics(registry, dropped)
        self._messages = MessageMetrics(registry, messages)
        self._define_gauges(registry)
        self._define_verbs(registry)
        self._clock = clock
        self._recent: deque[tuple[float, int, int]] = deque()
        self._folding = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def _define_checks(self, registry: CollectorRegistry) -> None:
        self._checks = Counter(
            "seller_auth_gate_checks",
            "Gate checks, by what was decided.",
            ["stage", "decision", "shadow"],
            registry=registry,
        )
        self._denies = Counter(
            "seller_auth_gate_denies",
            "Gate denials; with shadow=true, what would have been denied.",
            ["stage", "error", "shadow"],
            registry=registry,
        )
        self._duration = Histogram(
            "seller_auth_gate_duration_seconds",
            "How long evaluated gate checks took.",
            ["cache_hit"],
            buckets=[edge / SECOND for edge in PROMETHEUS_EDGES],
            registry=registry,
        )
        self._cache = Counter(
            "seller_auth_cache_requests",
            "Look-ups in a cache tier.",
            ["tier", "result"],
            registry=registry,
        )
        # A series that begins with its first event hides that event from rate(): all are there from the start.
        for stage, decision, shadow in product(Stage, DECISION_LABELS, BOOLEANS):
            self._checks.labels(stage.value, decision, shadow)
        for stage, code, shadow in product(Stage, sorted(set(DENY_CODES.values())), BOOLEANS):
            self._denies.labels(stage.value, code, shadow)
        for result in ("hit", "miss"):
            self._cache.labels("local", result)

    def _define_gauges(self, registry: CollectorRegistry) -> None:
        self._hit_rate = Gauge(
            "seller_auth_cache_hit_rate",
            "Share of cached checks of the last minute that a cache of any tier answered; not a number before the first.",
            registry=registry,
            multiprocess_mode="livemostrecent",
        )
        self._hit_rate.set(math.nan)
        self._phase = Gauge(
            "seller_auth_rollout_phase",
            "1 for the phase of the rollout; for two while processes are changing over.",
            ["phase"],
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._percentage = Gauge(
            "seller_auth_rollout_percentage",
            "Share of products enforced by the phase, 0 to 100; the highest of all processes.",
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._killed = Gauge(
            "seller_auth_kill_switch",
            "1 while the kill-switch file of any process exists: its gate is off.",
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._tripped = Gauge(
            "seller_auth_rollout_tripped",
            "1 while any process has switched its own gate off, because the database could not be asked.",
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._silence = Gauge(
            "seller_auth_rollout_controller_silent_seconds",
            "How long the controller of the rollout has shown no sign of life; as the process sees it that sees the longest.",
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._lag = Gauge(
            "seller_auth_change_feed_lag_seconds",
            "Age of what is known of the change feed; the oldest of all processes.",
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._pool = Gauge(
            "seller_auth_db_pool_in_use_ratio",
            "Share of the database connections in use; the highest of all processes.",
            registry=registry,
            multiprocess_mode="livemax",
        )

    def _define_verbs(self, registry: CollectorRegistry) -> None:
        self._verbs = Counter(
            "seller_auth_requests",
            "Moves of authorizations, and verbs that were refused; result is ok or the error code.",
            ["action", "result"],
            registry=registry,
        )
        self._limit_rejections = Counter(
            "seller_auth_limit_rejections",
            "Requests refused because every product slot of the seller was in use.",
            registry=registry,
        )
        self._cooldown_blocks = Counter(
            "seller_auth_cooldown_blocks",
            "Requests refused because of a cooldown.",
            registry=registry,
        )
        for action in Action:
            self._verbs.labels(action.value, OK)
        self._response = Histogram(
            "seller_auth_response_seconds",
            "From a request to the supplier's approval or rejection of it; what a policy approves at once is not in it.",
            buckets=RESPONSE_EDGES,
            registry=registry,
        )
        self._revoke_to_deny = Histogram(
            "seller_auth_revoke_to_deny_seconds",
            "From the commit of a revocation, or of a probe, until every process was known to deny it; given up after 2 s.",
            buckets=REVOKE_TO_DENY_EDGES,
            registry=registry,
        )

    def observe_revoke_to_deny(self, seconds: float) -> None:
        """A change was read back from every process after so long, or was given up."""
        self._revoke_to_deny.observe(seconds)

    def observe_response(self, waited: timedelta) -> None:
        """A supplier, or an admin in the supplier's place, has answered a request after so long."""
        self._response.observe(waited.total_seconds())

    def count_verb(self, action: str, result: str) -> None:
        """Count one verb; `result` is ok or the error code."""
        self._verbs.labels(action, result).inc()
        if result == "ERR_PRODUCT_LIMIT_REACHED":
            self._limit_rejections.inc()
        elif result == "ERR_COOLDOWN_ACTIVE":
            self._cooldown_blocks.inc()

    def fold(self) -> None:
        """Bring the metrics up to now."""
        with self._folding:
            counts = self._take()
            self._fold_checks(counts)
            self._add_latencies("true", counts.hit_bins, counts.hit_ns)
            self._add_latencies("false", counts.miss_bins, counts.miss_ns)
            self._dropped.fold()
            self._messages.fold()
            self._set_gauges()

    def exposition(self) -> bytes:
        """The metrics up to now in Prometheus' text format: of all processes that share a folder, or of this one alone."""
        self.fold()
        if MULTIPROCESS_FOLDER not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        together.register(self._stored)
        return generate_latest(together)

    def _fold_checks(self, counts: GateCounts) -> None:
        hits = misses = 0
        for stage, mode, decision, cache_hit, count in counts.checks():
            shadow = _boolean(mode is Mode.SHADOW)
            self._checks.labels(stage.value, _label(decision), shadow).inc(count)
            if not decision.allowed:
                self._denies.labels(stage.value, DENY_CODES[decision.reason], shadow).inc(count)
            hits += count if cache_hit else 0
            misses += count if cache_hit is False else 0
        self._cache.labels("local", "hit").inc(hits - counts.shared_answers)
        self._cache.labels("local", "miss").inc(misses + counts.shared_answers)
        if self._shared is not None:
            self._shared.fold(counts.shared)
        self._set_hit_rate(hits, hits + misses)

    def _set_hit_rate(self, hits: int, asked: int) -> None:
        now, recent = self._clock(), self._recent
        recent.append((now, hits, asked))
        while recent[0][0] <= now - RATE_SECONDS:
            recent.popleft()
        all_asked = sum(asked for _, _, asked in recent)
        if all_asked:
            self._hit_rate.set(sum(hits for _, hits, _ in recent) / all_asked)

    def _add_latencies(self, cache_hit: str, bins: Sequence[int], nanoseconds: int) -> None:
        # prometheus_client observes one value at a time, at a microsecond each; a second's worth of checks would take
        # seconds. So the buckets are added to directly, by attributes that are not public: a test holds them.
        child = self._duration.labels(cache_hit)
        for bucket, count in zip(child._buckets, coarse(bins), strict=True):  # noqa: SLF001
            if count:
                bucket.inc(count)
        child._sum.inc(nanoseconds / SECOND)  # noqa: SLF001

    def _set_gauges(self) -> None:
        state = self._read_rollout()
        for phase in Phase:
            self._phase.labels(phase.value).set(phase is state.phase)
        self._percentage.set(state.percentage)
        self._killed.set(state.kill_switch)
        self._tripped.set(state.tripped)
        self._lag.set(self._read_lag())
        self._silence.set(self._read_silence())
        in_use = self._read_pool()
        if in_use is not None:
            self._pool.set(in_use)

    def start(self) -> None:
        """Fold every second in a thread."""
        self._thread = threading.Thread(target=self._run, name="sellergate-metrics", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and fold what is left."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self.fold()

    def _run(self) -> None:
        while not self._stopping.wait(FOLD_SECONDS):
            self.fold()


class DroppedMetrics:
    """What was measured and could not be kept until the database took it."""

    def __init__(self, registry: CollectorRegistry, totals: Mapping[str, Callable[[], int]]) -> None:
        self._totals = totals
        self._folded = dict.fromkeys(totals, 0)
        self._dropped = Counter(
            "seller_auth_measurements_dropped",
            "Measurement windows given up, and denials not counted, because the database took nothing for too long.",
            ["kind"],
            registry=registry,
        )
        for kind in totals:
            self._dropped.labels(kind)

    def fold(self) -> None:
        """Add what was dropped since the last time."""
        for kind, read in self._totals.items():
            total = read()
            self._dropped.labels(kind).inc(total - self._folded[kind])
            self._folded[kind] = total


class MessageMetrics:
    """What waits to be sent to people, and what was given up, as it was last counted in the database."""

    def __init__(self, registry: CollectorRegistry, counts: Callable[[], Mapping[MessageState, int] | None]) -> None:
        self._counts = counts
        self._gauges = {
            state: Gauge(f"seller_auth_notices_{state}", text, registry=registry, multiprocess_mode="livemostrecent")
            for state, text in (
                (
                    MessageState.PENDING,
                    "Notices and messages that wait to be sent, those of digests included. Read from the database.",
                ),
                (
                    MessageState.DEAD,
                    "Messages that were given up: see sellergate notices dead. Read from the database.",
                ),
            )
        }

    def fold(self) -> None:
        """Show what was counted last."""
        for state, number in (self._counts() or {}).items():
            self._gauges[state].set(number)


class SharedMetrics:
    """What the tier that processes share was asked and told."""

    def __init__(
        self, registry: CollectorRegistry, requests: Counter, puts: Callable[[], Mapping[SharedPut, int]]
    ) -> None:
        self._requests = requests
        self._read_puts = puts
        self._folded: Mapping[SharedPut, int] = {}
        self._refused = Counter(
            "seller_auth_cache_refused",
            "Values found in a cache tier that could not be used.",
            ["tier", "reason"],
            registry=registry,
        )
        self._puts = Counter(
            "seller_auth_cache_puts", "Values put into a cache tier.", ["tier", "result"], registry=registry
        )
        for result in SharedResult:
            self._of(result)
        for outcome in SharedPut:
            self._puts.labels(REDIS, outcome.value)

    def _of(self, result: SharedResult) -> Counter:
        refused = result in (SharedResult.UNREADABLE, SharedResult.OUTDATED)
        return (self._refused if refused else self._requests).labels(REDIS, result.value)

    def fold(self, lookups: Sequence[int]) -> None:
        """Add look-ups, in the order of SharedResult, and what was put since the last time."""
        for result, times in zip(SharedResult, lookups, strict=True):
            self._of(result).inc(times)
        puts = self._read_puts()
        for outcome, total in puts.items():
            self._puts.labels(REDIS, outcome.value).inc(total - self._folded.get(outcome, 0))
        self._folded = puts


def _label(decision: GateDecision) -> str:
    if decision is CHECK_FAILED:
        return "error"
    if decision is BYPASSED:
        return "bypass"
    return "allow" if decision.allowed else "deny"


def _boolean(value: bool) -> str:
    return "true" if value else "false"
