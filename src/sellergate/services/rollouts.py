"""Moving the managed rollout: every change has an actor, a reason, and a line in the history."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sellergate.domain import promotion, rollout, rollout_moves
from sellergate.domain.authorization import checked_reason
from sellergate.domain.criteria import Criterion, CriterionStatus, unknown
from sellergate.domain.errors import ConcurrentChange, InvalidStatus
from sellergate.domain.identifiers import Actor
from sellergate.domain.occasions import rollout_changed
from sellergate.domain.plan import RolloutPlan, Step
from sellergate.domain.rollout import RolloutAction, RolloutChange, RolloutState, Source
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.criteria import Criteria
from sellergate.ports.feed import Change, ChangeKind
from sellergate.ports.queries import Page, PageRequest
from sellergate.ports.stores import Store, View, Work
from sellergate.services.propagation import Propagation, Receipt


@dataclass(frozen=True, slots=True)
class RolloutMove:
    """The rollout after a change, and how far the news has got."""

    state: RolloutState
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Where the rollout may go from here.

    `step` is the plan's step it is in, `next` the one a promotion leads to, `earliest` from when on the time is right, None
    where it is now; `criteria` are what the promotion rests on.
    """

    step: Step | None
    next: Step | None
    earliest: datetime | None
    criteria: Sequence[tuple[Criterion, CriterionStatus]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What a change made without a person rests on.

    It is made only if the rollout still has this `version` and the `fence` lets its work pass; both raise ConcurrentChange.
    `verdict_id` is the verdict it is made for.
    """

    version: int
    verdict_id: int | None = None
    fence: Callable[[Work], None] | None = None


Move = Callable[[RolloutState, datetime], tuple[RolloutState, tuple[str, ...]]]
"""From the rollout as it is, and the time, to the rollout after a change, and what was overridden for it."""


def _freely(move: Callable[[RolloutState], RolloutState]) -> Move:
    return lambda state, _: (move(state), ())


class RolloutService:
    """The operator's hand on the rollout, led by the plan.

    `environment` is the phase the environment gives, the starting point of the first managed change; `pinned` is
    ROLLOUT_SOURCE: pinned to the environment, nothing can be changed here; pinned to managed, the start is `off`.
    """

    def __init__(
        self,
        store: Store,
        propagation: Propagation,
        *,
        plan: RolloutPlan,
        criteria: Criteria,
        environment: RolloutState,
        pinned: Source | None,
        now: Clock = utc_now,
    ) -> None:
        self._store = store
        self._propagation = propagation
        self._plan = plan
        self._criteria = criteria
        self._environment = environment
        self._pinned = pinned
        self._now = now

    @property
    def is_pinned(self) -> bool:
        """Whether the environment alone says the phase, and nothing can be changed here."""
        return self._pinned is Source.ENVIRONMENT

    def current(self) -> RolloutState:
        """The rollout as decided, whatever a kill switch says."""
        with self._store.view() as view:
            return self._current(view)

    def _current(self, view: View) -> RolloutState:
        return rollout.effective(
            environment=self._environment, managed=view.rollouts.current(), pinned=self._pinned, killed=False
        )

    def history(self, page: PageRequest) -> Page[RolloutChange]:
        """Every change, newest first."""
        with self._store.view() as view:
            return view.rollouts.history(page)

    def promote(
        self,
        by: Actor,
        reason: str | None,
        *,
        percentage: int | None = None,
        canary_products: Iterable[str] | None = None,
        override: bool = False,
        grounds: Grounds | None = None,
    ) -> RolloutMove:
        """The plan's next step, or a higher percentage.

        Raises what `rollout_moves.promoted` raises, and ReasonRequired. Unless `override` says to go on all the same,
        CriteriaNotMet or OutsideChangeWindow while the plan does not allow it.
        """
        states = self._states(self.current())

        def move(state: RolloutState, now: datetime) -> tuple[RolloutState, tuple[str, ...]]:
            moved = rollout_moves.promoted(state, self._plan, percentage=percentage, canary_products=canary_products)
            obstacles = promotion.why_not_promote(state, self._plan, states, now, percentage=percentage)
            if obstacles and not override:
                raise promotion.refusal_of(obstacles, promotion.earliest(state, self._plan, now))
            return moved, tuple(obstacle.sentence for obstacle in obstacles)

        return self._change(by, RolloutAction.PROMOTE, reason, move, override=override, grounds=grounds)

    def _states(self, state: RolloutState) -> dict[str, CriterionStatus]:
        # All of the plan's, since a promotion to a percentage may pass over several steps.
        return dict(self._criteria.states(self._plan.criteria(), state))

    def outlook(self, state: RolloutState) -> Outlook:
        """Where this rollout may go, and what that rests on."""
        now = self._now()
        required = promotion.required_criteria(state, self._plan)
        states = self._criteria.states(required, state)
        when = promotion.earliest(state, self._plan, now)
        return Outlook(
            step=self._plan.step_of(state),
            next=self._plan.next_step(state),
            earliest=None if when is None or when <= now else when,
            criteria=[(criterion, states.get(criterion.name) or unknown(criterion)) for criterion in required],
        )

    def obstacles(self, state: RolloutState) -> Sequence[promotion.Obstacle]:
        """Everything that stands in the way of the next step now."""
        return promotion.why_not_promote(state, self._plan, self._states(state), self._now())

    def reduce(self, by: Actor, reason: str | None, *, percentage: int | None = None) -> RolloutMove:
        """One step back. Raises what `rollout_moves.reduced` raises, and ReasonRequired."""
        move = _freely(lambda state: rollout_moves.reduced(state, self._plan, percentage))
        return self._change(by, RolloutAction.REDUCE, reason, move)

    def rollback(self, by: Actor, reason: str | None, *, grounds: Grounds | None = None) -> RolloutMove:
        """Off, at once, whatever the phase; read back from every process."""
        return self._change(by, RolloutAction.ROLLBACK, reason, _freely(rollout_moves.rolled_back), grounds=grounds)

    def hold(self, by: Actor, reason: str | None, *, grounds: Grounds | None = None) -> RolloutMove:
        """No promotion until resumed."""
        return self._change(by, RolloutAction.HOLD, reason, _freely(rollout_moves.held), grounds=grounds)

    def resume(self, by: Actor, reason: str | None) -> RolloutMove:
        """Promotions are possible again."""
        return self._change(by, RolloutAction.RESUME, reason, _freely(rollout_moves.resumed))

    def drill(self, by: Actor, reason: str | None) -> RolloutMove:
        """The same rollout under a new version, to see who follows and how fast; nothing any check would notice.

        Raises InvalidStatus while the phase comes from the environment: a new version would take it from there.
        """
        return self._change(by, RolloutAction.DRILL, reason, _freely(rollout_moves.drilled))

    def _change(
        self,
        by: Actor,
        action: RolloutAction,
        reason: str | None,
        move: Move,
        *,
        override: bool = False,
        grounds: Grounds | None = None,
    ) -> RolloutMove:
        why = checked_reason(reason)
        if self.is_pinned:
            raise InvalidStatus("The rollout is pinned to the environment (ROLLOUT_SOURCE=env).", source="env")
        at = self._now()
        with self._store.work() as work:
            before = self._current(work)
            if grounds is not None:
                _check(grounds, before, work)
            if before.source is Source.ENVIRONMENT:
                before = rollout_moves.adopted(before, self._plan)
            moved, overridden = move(before, at)
            after = replace(
                moved,
                version=before.version + 1,
                since=(before.since if rollout_moves.is_same_place(before, moved) else None) or at,
                source=Source.MANAGED,
            )
            change = RolloutChange(
                version=after.version,
                action=action,
                from_phase=before.phase,
                from_percentage=before.percentage,
                to_phase=after.phase,
                to_percentage=after.percentage,
                from_step=before.step,
                to_step=after.step,
                actor_id=by.id,
                actor_role=by.role.value,
                reason=why,
                override=override,
                overridden=overridden,
                at=at,
                verdict_id=None if grounds is None else grounds.verdict_id,
            )
            work.rollouts.save(before.version, after, change)
            notice = rollout_changed(change)
            if notice is not None:
                work.notices.put(notice)
            work.announce(Change(kind=ChangeKind.ROLLOUT, version=after.version))
        return RolloutMove(after, self._propagation.of_rollout(after.version))


def _check(grounds: Grounds, state: RolloutState, work: Work) -> None:
    if state.version != grounds.version:
        raise ConcurrentChange
    if grounds.fence is not None:
        grounds.fence(work)
