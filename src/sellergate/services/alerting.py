"""A monitoring system's alarm as a reason to roll back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sellergate.domain.authorization import REASON_MAX
from sellergate.domain.identifiers import Actor
from sellergate.domain.rollout import Phase
from sellergate.services.rollouts import RolloutMove, RolloutService

NOTHING_ENFORCED: Final = frozenset({Phase.OFF, Phase.SHADOW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert: what it is called, what it says, whether it is firing now, and whether it asks for a rollback."""

    name: str
    summary: str
    firing: bool
    asks_for_rollback: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What an alarm has led to: the rollback, or None, and in one sentence why."""

    sentence: str
    move: RolloutMove | None = None


class Alarms:
    """Rolls back when an alert that asks for it is firing. The same alarm again finds nothing enforced and does nothing."""

    def __init__(self, rollouts: RolloutService) -> None:
        self._rollouts = rollouts

    def hear(self, alerts: Sequence[Alert], by: Actor) -> Heard:
        """Act on a group of alerts. Raises what `RolloutService.rollback` raises."""
        urgent = [alert for alert in alerts if alert.firing and alert.asks_for_rollback]
        if not urgent:
            return Heard(sentence="No alert of these is firing and asks for a rollback.")
        if self._rollouts.current().phase in NOTHING_ENFORCED:
            return Heard(sentence="Nothing is enforced: there is nothing to roll back.")
        names = ", ".join(dict.fromkeys(alert.name for alert in urgent))
        reason = f"Alert {names}: {urgent[0].summary}"[:REASON_MAX]
        return Heard(sentence=f"Rolled back. {reason}", move=self._rollouts.rollback(by, reason))
