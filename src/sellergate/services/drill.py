"""Trying the way back before it is needed: how fast every process follows a change that changes nothing."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sellergate.domain.identifiers import Actor
from sellergate.domain.trials import TrialKind
from sellergate.services.propagation import Receipt
from sellergate.services.rollouts import RolloutService
from sellergate.services.trials import TrialBook

FOLLOWED_WITHIN: Final = timedelta(seconds=1)
"""What a rollback promises: every process off within this."""
MILLISECOND: Final = timedelta(milliseconds=1)

WhyNot = Callable[[], str | None]
"""Why the kill-switch file could not be made at this moment; None when it could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillReport:
    """How a drill went. `kill_switch_problem` is None as well where no kill switch is configured."""

    version: int
    receipt: Receipt
    milliseconds: int
    """From the decision to the last confirmation, the transaction included."""
    kill_switch_configured: bool
    kill_switch_problem: str | None

    @property
    def holds(self) -> bool:
        """Whether there was a process at all, all of them followed in time, and the kill switch could be thrown."""
        followed = self.receipt.complete and self.receipt.processes > 0
        return followed and self.milliseconds <= FOLLOWED_WITHIN / MILLISECOND and self.kill_switch_problem is None

    def summary(self) -> Mapping[str, object]:
        """The report as JSON knows it."""
        return {
            "version": self.version,
            "processes": self.receipt.processes,
            "applied": self.receipt.applied,
            "milliseconds": self.milliseconds,
            "killSwitch": {"configured": self.kill_switch_configured, "problem": self.kill_switch_problem},
            "holds": self.holds,
        }


class Drill:
    """Rehearses a rollback. Enforcement is the same before, during and after; the history says that it was a drill."""

    def __init__(self, rollouts: RolloutService, trials: TrialBook, *, kill_switch: WhyNot | None) -> None:
        self._rollouts = rollouts
        self._trials = trials
        self._kill_switch = kill_switch

    def rollback(self, by: Actor, reason: str) -> DrillReport:
        """Announce the same rollout under a new version, wait for every process, and keep what was seen.

        Raises InvalidStatus while the phase comes from the environment, and what `RolloutService.drill` raises besides.
        """
        began = time.monotonic()
        move = self._rollouts.drill(by, reason)
        milliseconds = round((time.monotonic() - began) * 1000)
        report = DrillReport(
            version=move.state.version,
            receipt=move.receipt,
            milliseconds=milliseconds,
            kill_switch_configured=self._kill_switch is not None,
            kill_switch_problem=None if self._kill_switch is None else self._kill_switch(),
        )
        self._trials.keep(TrialKind.DRILL, by, holds=report.holds, summary=report.summary())
        return report
