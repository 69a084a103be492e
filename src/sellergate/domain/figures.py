"""The figures of a day or a week, for those who run a rollout and those whose product it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sellergate.domain.authorization import DECISIONS, Action
from sellergate.domain.rollout import RolloutChange, RolloutState
from sellergate.domain.trend import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class FullestInbox:
    """The supplier with the most requests to answer, and how many."""

    supplier_id: str
    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was counted from `since` on and before `to`, and how things stand now.

    Of the time: `point` is what the gates measured, None when nothing was, or when it could not be read (`unreadable`);
    `changes` those of the rollout, oldest first; `actions` how often each action of an authorization was done; `denials` what
    enforcement has denied, to how many sellers. As it is now: the rollout's `state`, the sentence of its `verdict` (None while
    nothing is judged), requests that are `pending`, approvals that are `approved`, and the fullest inbox, None without any.
    """

    since: datetime
    to: datetime
    point: Point | None
    unreadable: bool
    changes: Sequence[RolloutChange]
    actions: Mapping[str, int]
    denials: int
    denied_sellers: int
    state: RolloutState
    verdict: str | None
    pending: int
    approved: int
    fullest: FullestInbox | None

    def done(self, action: Action) -> int:
        """How often this was done."""
        return self.actions.get(action.value, 0)

    @property
    def approval_rate(self) -> float | None:
        """Which share of the suppliers' answers were approvals; None without answers."""
        approved, rejected = (self.actions.get(action, 0) for action in DECISIONS)
        return approved / (approved + rejected) if approved + rejected else None

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to count."""
        checked = self.point is not None and self.point.checks > 0
        acted = any(self.done(action) for action in Action)
        return not (checked or self.unreadable or self.changes or acted or self.denials)
