"""Moving the managed rollout: every change has an actor, a reason, and a line in the history."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sellergate.domain import rollout
from sellergate.domain.authorization import checked_reason
from sellergate.domain.errors import InvalidStatus
from sellergate.domain.identifiers import Actor
from sellergate.domain.rollout import RolloutAction, RolloutChange, RolloutState, Source, Unselected
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.feed import Change, ChangeKind
from sellergate.ports.queries import Page, PageRequest
from sellergate.ports.stores import Store, View
from sellergate.services.propagation import Propagation, Receipt


@dataclass(frozen=True, slots=True)
class RolloutMove:
    """The rollout after a change, and how far the news has got."""

    state: RolloutState
    receipt: Receipt


class RolloutService:
    """The operator's hand on the rollout.

    `environment` is the phase the environment gives, the starting point of the first managed change; `pinned` is
    ROLLOUT_SOURCE: pinned to the environment, nothing can be changed here; pinned to managed, the start is `off`.
    """

    def __init__(
        self,
        store: Store,
        propagation: Propagation,
        *,
        environment: RolloutState,
        pinned: Source | None,
        now: Clock = utc_now,
    ) -> None:
        self._store = store
        self._propagation = propagation
        self._environment = environment
        self._pinned = pinned
        self._now = now

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
    ) -> RolloutMove:
        """One step further. Raises what `rollout.promoted` raises, and ReasonRequired."""
        return self._change(
            by,
            RolloutAction.PROMOTE,
            reason,
            lambda state: rollout.promoted(
                state, percentage=percentage, canary_products=canary_products, override=override
            ),
            override=override,
        )

    def reduce(self, by: Actor, reason: str | None, *, percentage: int | None = None) -> RolloutMove:
        """One step back. Raises what `rollout.reduced` raises, and ReasonRequired."""
        return self._change(by, RolloutAction.REDUCE, reason, lambda state: rollout.reduced(state, percentage))

    def rollback(self, by: Actor, reason: str | None) -> RolloutMove:
        """Off, at once, whatever the phase; read back from every process."""
        return self._change(by, RolloutAction.ROLLBACK, reason, rollout.rolled_back)

    def hold(self, by: Actor, reason: str | None) -> RolloutMove:
        """No promotion until resumed."""
        return self._change(by, RolloutAction.HOLD, reason, rollout.held)

    def resume(self, by: Actor, reason: str | None) -> RolloutMove:
        """Promotions are possible again."""
        return self._change(by, RolloutAction.RESUME, reason, rollout.resumed)

    def drill(self, by: Actor, reason: str | None) -> RolloutMove:
        """The same rollout under a new version, to see who follows and how fast; nothing any check would notice.

        Raises InvalidStatus while the phase comes from the environment: a new version would take it from there.
        """
        return self._change(by, RolloutAction.DRILL, reason, rollout.drilled)

    def _change(
        self,
        by: Actor,
        action: RolloutAction,
        reason: str | None,
        move: Callable[[RolloutState], RolloutState],
        *,
        override: bool = False,
    ) -> RolloutMove:
        why = checked_reason(reason)
        if self._pinned is Source.ENVIRONMENT:
            raise InvalidStatus("The rollout is pinned to the environment (ROLLOUT_SOURCE=env).", source="env")
        at = self._now()
        with self._store.work() as work:
            before = self._current(work)
            moved = move(before)
            since = before.since if (moved.phase, moved.percentage) == (before.phase, before.percentage) else at
            after = replace(
                moved,
                version=before.version + 1,
                since=since,
                source=Source.MANAGED,
                unselected=Unselected.SHADOW if before.source is Source.ENVIRONMENT else before.unselected,
            )
            change = RolloutChange(
                version=after.version,
                action=action,
                from_phase=before.phase,
                from_percentage=before.percentage,
                to_phase=after.phase,
                to_percentage=after.percentage,
                actor_id=by.id,
                actor_role=by.role.value,
                reason=why,
                override=override,
                at=at,
            )
            work.rollouts.save(before.version, after, change)
            work.announce(Change(kind=ChangeKind.ROLLOUT, version=after.version))
        return RolloutMove(after, self._propagation.of_rollout(after.version))
