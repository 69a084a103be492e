"""Everything criteria are held against, read when it is first asked for and once for all of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sellergate.domain.control import governing_step
from sellergate.domain.criteria import Check
from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.judgement import Unreadable
from sellergate.domain.measurements import Measurement
from sellergate.domain.plan import RolloutPlan, Step
from sellergate.domain.rollout import RolloutAction, RolloutChange, RolloutState
from sellergate.domain.trials import Trial, TrialKind
from sellergate.ports.control import SignOff
from sellergate.ports.queries import PageRequest
from sellergate.ports.stores import Store
from sellergate.services.judging import Judge, Judged
from sellergate.services.soundings import Soundings

A_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Situation:
    """The rollout at one moment, for whoever judges whether it may go further. Reading it may raise StoreUnavailable."""

    store: Store
    judge: Judge
    plan: RolloutPlan
    soundings: Soundings
    fingerprint: Callable[[Check], str | None]
    rollout: RolloutState
    now: datetime

    @property
    def step(self) -> Step:
        """The step whose limits hold."""
        return governing_step(self.rollout, self.plan)

    @cached_property
    def began(self) -> datetime | None:
        """Since when the phase has lasted; None when that cannot be known."""
        return self.judge.began(self.rollout)

    @cached_property
    def judged(self) -> Judged | None:
        """What the phase's measurements say; None while the gates are off."""
        return self.judge.judge(self.rollout)

    @cached_property
    def windows(self) -> Sequence[Measurement] | Unreadable:
        """The phase's measurements; none while the gates are off."""
        return () if self.judged is None else self.judged.readings.windows

    @property
    def history(self) -> Sequence[RolloutChange]:
        """Every change since the last rollback, oldest first."""
        return self._attempt[1]

    @property
    def last_rollback(self) -> RolloutChange | None:
        """The newest rollback, or None."""
        return self._attempt[0]

    @cached_property
    def _attempt(self) -> tuple[RolloutChange | None, Sequence[RolloutChange]]:
        changes: list[RolloutChange] = []
        for change in self._newest_first():
            if change.action is RolloutAction.ROLLBACK:
                return change, changes[::-1]
            changes.append(change)
        return None, changes[::-1]

    def _newest_first(self) -> Iterator[RolloutChange]:
        page = PageRequest(A_PAGE)
        while True:
            with self.store.view() as view:
                found = view.rollouts.history(page)
            yield from found.items
            if found.next is None:
                return
            page = PageRequest(A_PAGE, found.next)

    @cached_property
    def sign_offs(self) -> Mapping[str, SignOff]:
        """What was last signed or withdrawn of each criterion since the last rollback."""
        rollback = self.last_rollback
        with self.store.view() as view:
            return {each.criterion: each for each in view.sign_offs.since(None if rollback is None else rollback.at)}

    @cached_property
    def migrations(self) -> tuple[object, object]:
        """The migration the database is at, and the newest there is."""
        health = self.store.health()
        if not health.get("reachable"):
            raise StoreUnavailable
        said = health.get("migrations")
        known = said if isinstance(said, Mapping) else {}
        return known.get("current"), known.get("head")

    @cached_property
    def load_test(self) -> Trial | None:
        """The newest load test, or None."""
        with self.store.view() as view:
            return view.trials.latest(TrialKind.LOADTEST)
