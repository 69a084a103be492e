"""What the console is made over: the services, and what it knows of the place it runs in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sellergate.domain.messages import Channel
from sellergate.domain.plan import RolloutPlan
from sellergate.domain.rollout import RolloutState
from sellergate.domain.sessions import Person
from sellergate.faces.console.identity import OpenIdSignIn
from sellergate.ports.aggregates import Aggregates
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.limits import RateLimiter
from sellergate.services.announcing import Announcing
from sellergate.services.answer_times import AnswerTimes
from sellergate.services.audit import AuditTrail
from sellergate.services.backlogs import Backlogs
from sellergate.services.backtests import BackTests
from sellergate.services.bulk_jobs import BulkJobs
from sellergate.services.cache_advising import CacheAdvising
from sellergate.services.catalogue import Catalogue
from sellergate.services.directory import DirectoryService
from sellergate.services.drill import Drill
from sellergate.services.impacts import Impacts
from sellergate.services.inbox import SupplierInbox
from sellergate.services.judging import Judge
from sellergate.services.low_risk import LowRiskRequests
from sellergate.services.naming import Naming
from sellergate.services.notifications import Notifications
from sellergate.services.outbox import Outbox
from sellergate.services.people import People
from sellergate.services.policies import Policies
from sellergate.services.pulse import Pulse
from sellergate.services.records import Records
from sellergate.services.reports import BusinessReports
from sellergate.services.rollouts import RolloutService
from sellergate.services.scheduling import Scheduling
from sellergate.services.sessions import SessionService
from sellergate.services.shadow import ShadowReport
from sellergate.services.shelf import SellerShelf
from sellergate.services.signing import Signing
from sellergate.services.trends import Trends
from sellergate.services.trials import TrialBook
from sellergate.services.verdicts import Verdicts
from sellergate.services.workflow import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleParts:
    """Everything the console calls.

    `sign_in` is None where no provider is set; `demo` are people anybody may sign in as, by the word in their address; `breach` begins a fault anybody may begin; `aggregates` is what this process saw last of all inboxes; `url` is
    where people open the console, None: wherever they do; `rollout` is the one in force in this process; `cooldown` is how long a rejection lasts; `channels` are those this server sends messages by.
    """

    sessions: SessionService
    inbox: SupplierInbox
    scheduling: Scheduling
    catalogue: Catalogue
    bulk_jobs: BulkJobs
    workflow: Workflow
    records: Records
    policies: Policies
    answer_times: AnswerTimes
    backtests: BackTests
    impacts: Impacts
    cooldown: timedelta
    notifications: Notifications
    directory: DirectoryService
    low_risk: LowRiskRequests
    people: People
    shelf: SellerShelf
    plan: RolloutPlan
    rollouts: RolloutService
    judge: Judge
    verdicts: Verdicts
    signing: Signing
    trends: Trends
    shadow: ShadowReport
    backlogs: Backlogs
    aggregates: Callable[[], Aggregates | None]
    reports: BusinessReports
    cache_advising: CacheAdvising
    naming: Naming
    audit: AuditTrail
    trials: TrialBook
    drill: Drill
    outbox: Outbox
    channels: frozenset[Channel]
    announcing: Announcing
    limiter: RateLimiter
    rollout: Callable[[], RolloutState]
    pulse: Pulse
    sign_in: OpenIdSignIn | None = None
    demo: Mapping[str, Person] = field(default_factory=dict)
    breach: Callable[[], None] | None = None
    url: str | None = None
    now: Clock = utc_now
