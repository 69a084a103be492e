"""Everything one process is made of, and how it starts and stops."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Self

from sellergate.adapters.kill_switch import KillSwitch
from sellergate.adapters.prometheus import GateMetrics
from sellergate.adapters.sql import SqlStore
from sellergate.domain.plan import RolloutPlan
from sellergate.ports.tracing import RequestTracing
from sellergate.services.aggregating import Aggregating
from sellergate.services.announcing import Announcing
from sellergate.services.answer_times import AnswerTimes
from sellergate.services.audit import AuditTrail
from sellergate.services.backlogs import Backlogs
from sellergate.services.backtests import BackTests
from sellergate.services.bulk import BulkDecisions
from sellergate.services.bulk_jobs import BulkJobs
from sellergate.services.cache_advising import CacheAdvising
from sellergate.services.canary import CanarySuggestions
from sellergate.services.catalogue import Catalogue
from sellergate.services.controller import Controller
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
from sellergate.services.low_risk import LowRiskRequests
from sellergate.services.measuring import Measuring
from sellergate.services.naming import Naming
from sellergate.services.notifications import Notifications
from sellergate.services.outbox import Outbox
from sellergate.services.people import People
from sellergate.services.policies import Policies
from sellergate.services.proving import Proving
from sellergate.services.pulse import Pulse
from sellergate.services.records import Records
from sellergate.services.reminding import Reminders
from sellergate.services.reports import BusinessReports
from sellergate.services.retrospective import Retrospective
from sellergate.services.rolling_up import RollingUp
from sellergate.services.rollouts import RolloutService
from sellergate.services.scheduling import Scheduling
from sellergate.services.series import Series
from sellergate.services.sessions import SessionService
from sellergate.services.shadow import ShadowRecorder, ShadowReport
from sellergate.services.shelf import SellerShelf
from sellergate.services.signing import Signing
from sellergate.services.simulation import Simulation
from sellergate.services.standing import SellerDesk
from sellergate.services.tallies import TallyRecorder
from sellergate.services.trends import Trends
from sellergate.services.trials import TrialBook
from sellergate.services.verdicts import Verdicts
from sellergate.services.warming import Warming
from sellergate.services.workflow import Workflow
from sellergate.settings import Settings

if TYPE_CHECKING:  # a process without Redis does not wait for its library
    from sellergate.adapters.redis_tier import RedisTier, SharedWindows


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
    backlogs: Backlogs
    aggregating: Aggregating
    answer_times: AnswerTimes
    backtests: BackTests
    impacts: Impacts
    low_risk: LowRiskRequests
    people: People
    directory: DirectoryService
    inbox: SupplierInbox
    scheduling: Scheduling
    catalogue: Catalogue
    bulk_jobs: BulkJobs
    sessions: SessionService
    pulse: Pulse
    desk: SellerDesk
    shelf: SellerShelf
    records: Records
    policies: Policies
    notifications: Notifications
    outbox: Outbox
    reminders: Reminders
    announcing: Announcing
    audit: AuditTrail
    plan: RolloutPlan
    rollouts: RolloutService
    shadow: ShadowRecorder
    shadow_report: ShadowReport
    denials: DenialRecorder
    damage: Damage
    measuring: Measuring
    series: Series
    judge: Judge
    verdicts: Verdicts
    signing: Signing
    proving: Proving
    retrospective: Retrospective
    reports: BusinessReports
    cache_advising: CacheAdvising
    naming: Naming
    trends: Trends
    controller: Controller
    rolling_up: RollingUp
    trials: TrialBook
    canary: CanarySuggestions
    simulation: Simulation
    drill: Drill
    idempotency: Idempotency
    health: Health
    metrics: GateMetrics
    tracing: RequestTracing | None
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
