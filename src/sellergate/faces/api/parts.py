"""What the API is made over: the services, and what this process can say of itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from sellergate.domain.identifiers import Actor
from sellergate.domain.rollout import RolloutState
from sellergate.faces.tokens import Authenticator
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.limits import RateLimiter
from sellergate.ports.tracing import RequestTracing
from sellergate.services.announcing import Announcing
from sellergate.services.backtests import BackTests
from sellergate.services.bulk import BulkDecisions
from sellergate.services.cache_advising import CacheAdvising
from sellergate.services.damage import Damage
from sellergate.services.directory import DirectoryService
from sellergate.services.gate import Gate
from sellergate.services.idempotency import Idempotency
from sellergate.services.impacts import Impacts
from sellergate.services.judging import Judge
from sellergate.services.low_risk import LowRiskRequests
from sellergate.services.naming import Naming
from sellergate.services.notifications import Notifications
from sellergate.services.outbox import Outbox
from sellergate.services.people import People
from sellergate.services.policies import Policies
from sellergate.services.records import Records
from sellergate.services.reports import BusinessReports
from sellergate.services.rollouts import RolloutService
from sellergate.services.shadow import ShadowReport
from sellergate.services.signing import Signing
from sellergate.services.standing import SellerDesk
from sellergate.services.verdicts import Verdicts
from sellergate.services.workflow import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything the API calls.

    `rollout` is the one in force in this process; `health` the body of /health/detailed; `ready` whether checks and verbs
    can be answered; `metrics` the Prometheus text.
    """

    workflow: Workflow
    bulk: BulkDecisions
    backtests: BackTests
    impacts: Impacts
    low_risk: LowRiskRequests
    people: People
    directory: DirectoryService
    desk: SellerDesk
    records: Records
    policies: Policies
    notifications: Notifications
    outbox: Outbox
    announcing: Announcing
    rollouts: RolloutService
    judge: Judge
    verdicts: Verdicts
    signing: Signing
    damage: Damage
    shadow: ShadowReport
    reports: BusinessReports
    cache_advising: CacheAdvising
    naming: Naming
    gate: Gate
    authenticator: Authenticator
    limiter: RateLimiter
    idempotency: Idempotency
    rollout: Callable[[], RolloutState]
    health: Callable[[], Mapping[str, Any]]
    ready: Callable[[], bool]
    metrics: Callable[[], bytes]
    tracing: RequestTracing | None = None
    now: Clock = utc_now


# Both are coroutines so that FastAPI does not take a thread for each.
async def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


async def _actor(request: Request) -> Actor:
    actor: Actor = request.state.actor
    return actor


PartsDep = Annotated[Parts, Depends(_parts)]
ActorDep = Annotated[Actor, Depends(_actor)]
