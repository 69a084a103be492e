"""What a phase would do to checks that were made: the gate's own decision and mode, added up instead of answered."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from sellergate.domain.directory import Tier
from sellergate.domain.gate import GateDecision, Mode, Reason, Stage, enforce
from sellergate.domain.rollout import RolloutState

NOTHING: Final = Decimal(0)

NEEDS_A_REQUEST: Final = frozenset({Reason.NO_AUTHORIZATION, Reason.CANCELLED, Reason.EXPIRED})
"""Denied until the seller asks, and may ask."""
WAITING: Final = frozenset({Reason.NOT_YET_APPROVED})
"""Denied, and in the supplier's inbox already."""
REFUSED: Final = frozenset({Reason.REJECTED, Reason.REVOKED, Reason.SELLER_REVOKED})
"""Denied because somebody has said no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCheck:
    """One check of the past, or `count` equal ones; `value` is what all of them were worth together."""

    seller_id: str
    product_id: str
    stage: Stage
    count: int = 1
    value: Decimal = NOTHING
    at: datetime | None = None


class Pair(NamedTuple):
    """Whom and what a check was about."""

    seller_id: str
    product_id: str


@dataclass(slots=True)
class Usage:
    """How many checks, and what they were worth."""

    checks: int = 0
    value: Decimal = NOTHING

    def add(self, checks: int, value: Decimal) -> None:
        """Count some more."""
        self.checks += checks
        self.value += value


@dataclass(slots=True)
class Recorded:
    """Checks folded together by pair and stage: as large as there are pairs, however many checks there were."""

    pairs: dict[Pair, dict[Stage, Usage]] = field(default_factory=dict)
    total: Usage = field(default_factory=Usage)
    first: datetime | None = None
    last: datetime | None = None

    def add(self, check: RecordedCheck) -> None:
        """Count one line of a recording."""
        stages = self.pairs.setdefault(Pair(check.seller_id, check.product_id), {})
        usage = stages.get(check.stage)
        if usage is None:
            usage = stages[check.stage] = Usage()
        usage.add(check.count, check.value)
        self.total.add(check.count, check.value)
        if check.at is not None:
            self.first = min(self.first or check.at, check.at)
            self.last = max(self.last or check.at, check.at)


@dataclass(slots=True)
class Denied(Usage):
    """Denials, and of how many pairs."""

    pairs: int = 0


@dataclass(slots=True)
class Inbox:
    """What a supplier would be asked: pairs without a request now, of them those a policy approves at once."""

    requests: int = 0
    auto_approved: int = 0


class Collision(NamedTuple):
    """A seller who may not ask for all that would be denied: the slots in use, the pairs in need of one, the limit."""

    seller_id: str
    tier: Tier
    used: int
    needed: int
    limit: int


class Denial(NamedTuple):
    """One pair that a phase would deny, at one stage."""

    state: RolloutState
    pair: Pair
    supplier_id: str | None
    stage: Stage
    reason: Reason
    checks: int
    value: Decimal


@dataclass(slots=True)
class Outcome:
    """What one phase would do."""

    state: RolloutState
    checks: int = 0
    enforced: int = 0
    """Checks of products that the phase enforces."""
    denied: Denied = field(default_factory=Denied)
    by_stage: defaultdict[Stage, Denied] = field(default_factory=lambda: defaultdict(Denied))
    by_reason: defaultdict[Reason, Denied] = field(default_factory=lambda: defaultdict(Denied))
    by_seller: defaultdict[str, Denied] = field(default_factory=lambda: defaultdict(Denied))
    by_supplier: defaultdict[str, Denied] = field(default_factory=lambda: defaultdict(Denied))
    by_product: defaultdict[str, Denied] = field(default_factory=lambda: defaultdict(Denied))
    inbox: defaultdict[str, Inbox] = field(default_factory=lambda: defaultdict(Inbox))
    collisions: list[Collision] = field(default_factory=list)

    @property
    def denied_share(self) -> float:
        """The share of all checks that would be denied, 0 to 1."""
        return self.denied.checks / self.checks if self.checks else 0.0

    @property
    def requests(self) -> Inbox:
        """What all suppliers together would be asked."""
        return Inbox(
            sum(inbox.requests for inbox in self.inbox.values()),
            sum(inbox.auto_approved for inbox in self.inbox.values()),
        )

    def pairs_denied(self, reasons: frozenset[Reason]) -> int:
        """How many pairs would be denied for one of these reasons."""
        return sum(denied.pairs for reason, denied in self.by_reason.items() if reason in reasons)

    @property
    def collisions_by_tier(self) -> Counter[Tier]:
        """How many sellers of each tier are beyond their limit."""
        return Counter(collision.tier for collision in self.collisions)

    def judge(
        self, pair: Pair, decision: GateDecision, supplier_id: str | None, stages: Mapping[Stage, Usage]
    ) -> list[Denial]:
        """Count all checks of one pair; the denials among them, one for each stage."""
        mode = self.state.mode_for(pair.product_id)
        checks = sum(usage.checks for usage in stages.values())
        self.checks += checks
        if mode is Mode.ENFORCED:
            self.enforced += checks
        if enforce(decision, mode, version=self.state.version, cache_hit=False).allowed:
            return []
        whole = Usage(checks, sum((usage.value for usage in stages.values()), NOTHING))
        self._count(pair, decision.reason, supplier_id, whole)
        for stage, usage in stages.items():
            _count_pair(self.by_stage[stage], usage)
        return [
            Denial(self.state, pair, supplier_id, stage, decision.reason, usage.checks, usage.value)
            for stage, usage in stages.items()
        ]

    def _count(self, pair: Pair, reason: Reason, supplier_id: str | None, usage: Usage) -> None:
        _count_pair(self.denied, usage)
        _count_pair(self.by_reason[reason], usage)
        _count_pair(self.by_seller[pair.seller_id], usage)
        _count_pair(self.by_product[pair.product_id], usage)
        if supplier_id is not None:
            _count_pair(self.by_supplier[supplier_id], usage)

    def ask(self, supplier_id: str, *, auto_approved: bool) -> None:
        """One more pair would need a request."""
        inbox = self.inbox[supplier_id]
        inbox.requests += 1
        inbox.auto_approved += auto_approved


def _count_pair(denied: Denied, usage: Usage) -> None:
    denied.add(usage.checks, usage.value)
    denied.pairs += 1
