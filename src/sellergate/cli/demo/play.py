"""The demo that runs until it is stopped: traffic, and a rollout that goes a step further every half minute."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sellergate.cli.demo import guide, past
from sellergate.cli.demo.api import ADMIN, Api, Unexpected
from sellergate.cli.demo.house import House
from sellergate.cli.demo.screen import Screen, screen
from sellergate.cli.demo.traffic import Traffic
from sellergate.cli.output import say
from sellergate.domain.identifiers import Role

STEP_SECONDS: Final = 30.0
LOOK_SECONDS: Final = 0.5
REQUESTS_EACH: Final = 2


@dataclass(frozen=True, slots=True)
class Promotion:
    """One step of the rollout, with the reason its operator gives."""

    reason: str
    more: dict[str, Any] = field(default_factory=dict)


def play(house: House, step_seconds: float = STEP_SECONDS) -> None:
    """Fill the marketplace, tell people what to open, and let it run. Ends by KeyboardInterrupt only."""
    say("Importing the marketplace and living through its past …")
    past.fill(house.api, house.marketplace)
    lived = past.live_through(house.api, house.marketplace, REQUESTS_EACH)
    for line in guide.lines(house, lived):
        say(line)
    with Traffic(house.api, house.marketplace, lived) as traffic, screen() as shown:
        promotions = Promotions(house, step_seconds)
        while True:
            rollout = promotions.tick(shown)
            if rollout is not None:
                shown.show(rollout, traffic.seen)
            time.sleep(LOOK_SECONDS)


class Promotions:
    """Shadow, canary, 50 %, full, a step at a time; as soon as somebody else moves the rollout, hands off."""

    def __init__(self, house: House, step_seconds: float) -> None:
        self._api: Api = house.api
        self._step_seconds = step_seconds
        self._steps: Sequence[Promotion] = [
            Promotion(
                "The shadow report has been read: enforce a tenth.", {"canaryProducts": house.marketplace.canary}
            ),
            Promotion("The canary met no complaint: on to half of the products."),
            Promotion("Half of it holds: enforce all."),
        ]
        self._done = 0
        self._next = time.monotonic() + step_seconds
        self._version = self._rollout()["version"]

    def _rollout(self) -> dict[str, Any]:
        rollout: dict[str, Any] = self._api.get(f"{ADMIN}/rollout", Role.OPERATOR)
        return rollout

    def tick(self, shown: Screen) -> dict[str, Any] | None:
        """The rollout as it is now, one step further when it is time; None when the server did not answer."""
        try:
            rollout = self._rollout()
            if rollout["version"] != self._version:
                shown.say(f"Somebody has moved the rollout to {rollout['phase']}; the demo leaves it to them.")
                self._version, self._done = rollout["version"], len(self._steps)
            elif self._done < len(self._steps) and time.monotonic() >= self._next:
                rollout = self._promote(shown)
        except Unexpected as error:
            shown.say(f"{error}")
            return None
        return rollout

    def _promote(self, shown: Screen) -> dict[str, Any]:
        step = self._steps[self._done]
        rollout: dict[str, Any] = self._api.move("promote", step.reason, **step.more)
        self._done += 1
        self._next = time.monotonic() + self._step_seconds
        self._version = rollout["version"]
        shown.say(f"Promoted to {rollout['phase']}: {step.reason}")
        return rollout
