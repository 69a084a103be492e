"""What an auto-approval rule would have done to requests of the past, and how those turned out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from sellergate.domain.audit import Event
from sellergate.domain.authorization import Action
from sellergate.domain.identifiers import Role

MOST_CASES: Final = 100


class TurnedOut(StrEnum):
    """What became of a request. REVOKED: approved, and taken back soon after; APPROVED: approved, and not that."""

    APPROVED = "approved"
    REJECTED = "rejected"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    WAITING = "waiting"


AGAINST: Final = frozenset({TurnedOut.REJECTED, TurnedOut.REVOKED})
"""Somebody has said no: a rule that approves these is at odds with what people decided."""

_ENDS: Final = {
    Action.APPROVE: TurnedOut.APPROVED,
    Action.REJECT: TurnedOut.REJECTED,
    Action.CANCEL: TurnedOut.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRequest:
    """A request and its end; `answered_at` is when it stopped waiting, None while it waits; `by_rule`: no person approved it."""

    authorization_id: str
    seller_id: str
    product_id: str
    requested_at: datetime
    turned_out: TurnedOut
    answered_at: datetime | None
    by_rule: bool = False


def past_request(request: Event, events: Sequence[Event], *, revoked_within: timedelta) -> PastRequest:
    """How a request turned out. `events` are all of its authorization, oldest first; what follows upon the next request is not its.

    An approval that was revoked later than `revoked_within` after it was a good one for that long.
    """
    turned_out, answered_at, by_rule = TurnedOut.WAITING, None, False
    for event in events:
        if event.sequence <= request.sequence or event.refused is not None:
            continue
        if event.action == Action.REQUEST:
            break
        if event.action in _ENDS:
            turned_out, answered_at = _ENDS[Action(event.action)], event.at
            by_rule = event.action == Action.APPROVE and event.actor_role == Role.SYSTEM
        elif event.action == Action.REVOKE and answered_at is not None and event.at - answered_at <= revoked_within:
            turned_out = TurnedOut.REVOKED
    return PastRequest(
        authorization_id=request.authorization_id or "",
        seller_id=request.seller_id,
        product_id=request.product_id or "",
        requested_at=request.at,
        turned_out=turned_out,
        answered_at=answered_at,
        by_rule=by_rule,
    )


@dataclass(slots=True)
class Side:
    """Requests that a rule treats alike: how they turned out, and what was denied under enforcement while they waited.

    `by_rule` of them were approved by the rule of that time: that this one agrees with it says nothing about people.
    """

    requests: int = 0
    turned_out: Counter[TurnedOut] = field(default_factory=Counter)
    denied: int = 0
    value: Decimal = Decimal(0)
    by_rule: int = 0

    @property
    def against(self) -> int:
        """How many somebody said no to."""
        return sum(self.turned_out[each] for each in AGAINST)

    @property
    def decided(self) -> int:
        """How many were approved or refused."""
        return self.against + self.turned_out[TurnedOut.APPROVED]

    @property
    def share_against(self) -> float | None:
        """The share of the decided ones that somebody said no to, 0 to 1; None when none was decided."""
        return self.against / self.decided if self.decided else None


@dataclass(slots=True)
class BackTest:
    """Both sides, and the newest requests that the rule would have approved although somebody said no to them."""

    approves: Side = field(default_factory=Side)
    leaves: Side = field(default_factory=Side)
    cases: list[PastRequest] = field(default_factory=list)
    oldest: datetime | None = None

    @property
    def requests(self) -> int:
        """How many were looked at."""
        return self.approves.requests + self.leaves.requests

    def add(self, request: PastRequest, *, approves: bool, denied: int, value: Decimal) -> None:
        """Count one request, newer ones last."""
        side = self.approves if approves else self.leaves
        side.requests += 1
        side.turned_out[request.turned_out] += 1
        side.denied += denied
        side.value += value
        side.by_rule += request.by_rule
        self.oldest = min(self.oldest or request.requested_at, request.requested_at)
        if approves and request.turned_out in AGAINST:
            self.cases = [request, *self.cases][:MOST_CASES]


def approved_meanwhile(requests: Iterable[PastRequest]) -> Counter[str]:
    """How many of these requests ended in an approval that stands, by product: seats that only they have taken."""
    return Counter(request.product_id for request in requests if request.turned_out is TurnedOut.APPROVED)
