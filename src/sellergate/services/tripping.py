"""Rolling back while the database is gone: each process judges what it sees itself, and switches its own gate off."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

from sellergate.domain.authorization import REASON_MAX
from sellergate.domain.control import CONTROLLER, governing_step, is_armed
from sellergate.domain.errors import ConcurrentChange, InvalidStatus, SellergateError
from sellergate.domain.judgement import Readings, Rules, Verdict
from sellergate.domain.measurements import Measurement
from sellergate.domain.plan import Breach, RolloutPlan
from sellergate.domain.rollout import RolloutState
from sellergate.domain.thresholds import Metric
from sellergate.domain.verdict import judge
from sellergate.ports.cache import SECOND, BootClock
from sellergate.ports.clock import Clock, utc_now
from sellergate.services.rollouts import Grounds, RolloutService

log = logging.getLogger(__name__)

LOOKS_EVERY: Final = 1.0
UNCONTROLLED_AFTER: Final = 5.0
"""Seconds without the change feed after which no controller can reach this process."""
OWN: Final = frozenset({Metric.LATENCY, Metric.ERRORS})
"""What a process can judge by what it sees itself."""


class LocalTrip:
    """Trips when the plan would roll back and nobody can say so: the feed is gone, and this process's own checks say ROLL_BACK
    for the plan's `persist`.

    When the database answers again, the rollback is made for the whole fleet, unless somebody has moved the rollout since;
    then this process follows again. Pinned to the environment it cannot be made, and the process stays as it is.
    """

    def __init__(
        self,
        *,
        recent: Callable[[], Sequence[Measurement]],
        rollout: Callable[[], RolloutState],
        lag_seconds: Callable[[], float],
        trip: Callable[[bool], None],
        rollouts: RolloutService,
        plan: RolloutPlan,
        boot: BootClock,
        now: Clock = utc_now,
    ) -> None:
        self._recent = recent
        self._rollout = rollout
        self._lag = lag_seconds
        self._trip = trip
        self._rollouts = rollouts
        self._plan = plan
        self._boot = boot
        self._now = now
        self._bad_since: int | None = None
        self._tripped_from: RolloutState | None = None
        self._sentence = ""
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def sentence(self) -> str | None:
        """Why this process has tripped; None while it has not."""
        return None if self._tripped_from is None else self._sentence

    def look(self) -> None:
        """Trip, or come back, if it is time to."""
        if self._tripped_from is not None:
            self._come_back(self._tripped_from)
        elif self._lag() < UNCONTROLLED_AFTER:
            self._bad_since = None
        else:
            self._consider(self._rollout())

    def _consider(self, state: RolloutState) -> None:
        sentence = self._why(state)
        if sentence is None:
            self._bad_since = None
            return
        began = self._bad_since = self._boot() if self._bad_since is None else self._bad_since
        if self._boot() - began >= self._plan.persist.total_seconds() * SECOND:
            self._tripped_from, self._sentence, self._bad_since = state, sentence, None
            self._trip(True)
            log.error("This process has switched its gate off, because the database does not answer. %s", sentence)

    def _why(self, state: RolloutState) -> str | None:
        """What this process's own checks say, if it is to roll back and the plan lets it."""
        step = governing_step(state, self._plan)
        if step.breach is not Breach.ROLLBACK or not is_armed(state, self._plan, self._now()):
            return None
        rules = Rules(thresholds=[limits for limits in step.thresholds if limits.metric in OWN], minimum_checks=0)
        judgement = judge(rules, Readings(windows=self._recent()), self._now())
        return judgement.sentence if judgement.verdict is Verdict.ROLL_BACK else None

    def _come_back(self, before: RolloutState) -> None:
        if self._lag() >= UNCONTROLLED_AFTER:
            return
        reason = f"A process had switched itself off while the database was gone. {self._sentence}"[:REASON_MAX]
        try:
            self._rollouts.rollback(CONTROLLER, reason, grounds=Grounds(version=before.version))
        except ConcurrentChange:
            log.info("The rollout was moved while this process was off; it follows again")
        except InvalidStatus as pinned:
            self._stay(pinned)
            return
        except SellergateError as error:
            log.info("The rollback of this process cannot be made for the fleet yet: %s", error)
            return
        self._tripped_from = None
        self._trip(False)

    def _stay(self, pinned: InvalidStatus) -> None:
        log.error("This process's gate stays off until it is restarted: %s", pinned)
        self._stopping.set()

    def start(self) -> None:
        """Look every second, by a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="sellergate-trip", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a trip ends with the process."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(LOOKS_EVERY):
            try:
                self.look()
            except Exception:
                log.exception("Whether to switch the gate off cannot be judged")
