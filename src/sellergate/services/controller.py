"""The controller: looks at the rollout every two seconds, and does what the plan says about what it sees."""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sellergate.domain.control import CONTROLLER, Act, Standing, due_act
from sellergate.domain.errors import ConcurrentChange, SellergateError
from sellergate.domain.judgement import Verdict
from sellergate.domain.notices import Notice
from sellergate.domain.occasions import verdict_changed
from sellergate.domain.plan import RolloutPlan
from sellergate.domain.rollout import RolloutAction, RolloutState
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.control import StoredVerdict, Watch
from sellergate.ports.stores import Store
from sellergate.services.judging import Judge, Judged
from sellergate.services.outages import Outage
from sellergate.services.rollouts import Grounds, RolloutMove, RolloutService
from sellergate.services.watching import Watchman

log = logging.getLogger(__name__)

TICK: Final = timedelta(seconds=2)
STORED_AGAIN_AFTER: Final = timedelta(hours=1)
"""A verdict that stays the same is stored so often, so that its evidence is never older. That of a busy week is half a megabyte."""
LOOKED_AWAY: Final = timedelta(seconds=20)
"""After a longer silence of all controllers a verdict begins anew: nobody knows whether it lasted."""


class Controller:
    """One tick: hold the watch, judge, note, act.

    Acts only while it holds the watch, and only on the very rollout it has judged: an operator who was faster wins.
    """

    def __init__(
        self,
        store: Store,
        watchman: Watchman,
        judge: Judge,
        rollouts: RolloutService,
        plan: RolloutPlan,
        *,
        now: Clock = utc_now,
    ) -> None:
        self._store = store
        self._watchman = watchman
        self._judge = judge
        self._rollouts = rollouts
        self._plan = plan
        self._now = now
        self._outage = Outage(log, "The rollout cannot be controlled")

    @property
    def failing(self) -> bool:
        """Whether the last tick failed."""
        return self._outage.lasts

    def tick(self) -> RolloutMove | None:
        """Look once; the answer is what was done about it, None for nothing. Never raises."""
        try:
            before = self._watchman.hold()
            move = None if before is None else self._control(before)
        except Exception as error:  # noqa: BLE001 - whatever happens, the next tick looks again
            self._outage.met(error)
            return None
        self._outage.over()
        return move

    @property
    def holds_watch(self) -> bool:
        """Whether this process controls the rollout, as far as it knows."""
        return self._watchman.holds

    def health(self) -> dict[str, object] | None:
        """Who controls the rollout and for how long they have not moved, as this process saw it last; None before it looked."""
        seen = self._watchman.seen
        if seen is None:
            return None
        silent = round(self._watchman.silent_seconds, 1)
        return {"holder": seen.holder, "silentSeconds": silent, "failing": self.failing}

    def watch(self) -> Watch | None:
        """Who controls the rollout; None when nobody ever has. Raises StoreUnavailable."""
        with self._store.view() as view:
            return view.watches.current()

    def stop(self) -> None:
        """Let another process control the rollout at once."""
        try:
            self._watchman.give_up()
        except SellergateError as error:
            self._outage.met(error)  # it is taken over in a few seconds

    def _control(self, before: Watch) -> RolloutMove | None:
        state = self._rollouts.current()
        judged = self._judge.judge(state)
        if judged is None:
            return None
        stored = self._noted(state, judged, self._latest(state, before))
        standing = Standing(verdict=Verdict[stored.verdict], sentence=judged.judgement.sentence, since=stored.since)
        act = due_act(
            state,
            self._plan,
            standing,
            judged.judgement.at,
            may_promote=lambda: not self._rollouts.obstacles(state),
        )
        return None if act is None else self._act(act, state, self._kept(state, judged, stored))

    def _latest(self, state: RolloutState, before: Watch) -> StoredVerdict | None:
        """The last verdict on this phase, unless nobody has looked since."""
        if self._now() - before.at > LOOKED_AWAY:
            return None
        with self._store.view() as view:
            latest = view.verdicts.latest()
        is_of_phase = latest is not None and (state.since is None or latest.at >= state.since)
        return latest if is_of_phase else None

    def _noted(self, state: RolloutState, judged: Judged, latest: StoredVerdict | None) -> StoredVerdict:
        """The verdict as it stands; stored when it is another than before, or the evidence of the last one is old."""
        said = judged.judgement
        if latest is None or latest.verdict != said.verdict.name:
            log.log(
                logging.WARNING if said.verdict is Verdict.ROLL_BACK else logging.INFO,
                "The verdict on the rollout: %s",
                said.sentence,
            )
            before = None if latest is None else Verdict[latest.verdict]
            notice = verdict_changed(before, said.verdict, said.sentence, said.at)
            return self._kept(state, judged, None, notice)
        if said.at - latest.at >= STORED_AGAIN_AFTER:
            return self._kept(state, judged, latest)
        return latest

    def _kept(
        self,
        state: RolloutState,
        judged: Judged,
        latest: StoredVerdict | None,
        notice: Notice | None = None,
    ) -> StoredVerdict:
        """The verdict with the evidence of this moment, stored; with word to the operators where there is any."""
        said = judged.judgement
        verdict = StoredVerdict(
            at=said.at,
            since=said.at if latest is None else latest.since,
            rollout_version=state.version,
            verdict=said.verdict.name,
            sentence=said.sentence,
            judgement=judged.shown,
            evidence=judged.evidence,
        )
        with self._store.work() as work:
            id = work.verdicts.add(verdict)
            if notice is not None:
                work.notices.put(notice)
        return replace(verdict, id=id)

    def _act(self, act: Act, state: RolloutState, verdict: StoredVerdict) -> RolloutMove | None:
        grounds = Grounds(version=state.version, verdict_id=verdict.id, fence=self._watchman.fence)
        verb = {
            RolloutAction.ROLLBACK: self._rollouts.rollback,
            RolloutAction.HOLD: self._rollouts.hold,
            RolloutAction.PROMOTE: self._rollouts.promote,
        }[act.action]
        try:
            move = verb(CONTROLLER, act.reason, grounds=grounds)
        except ConcurrentChange:
            log.info("The controller would have done %s, but somebody else was faster", act.action.value)
            return None
        log.warning("The controller has done %s. %s", act.action.value, act.reason)
        return move
