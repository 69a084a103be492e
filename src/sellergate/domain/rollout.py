"""How far enforcement is switched on: phases, and which products they select."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import md5
from typing import Final

from sellergate.domain.gate import Mode


class Phase(StrEnum):
    """The seed's four phases, and `off` below them."""

    OFF = "off"
    SHADOW = "shadow"
    CANARY = "canary"
    PERCENTAGE = "percentage"
    FULL = "full"


class Unselected(StrEnum):
    """What happens to products a canary or percentage phase does not select."""

    BYPASS = "bypass"
    SHADOW = "shadow"


class Source(StrEnum):
    """Who says which phase it is."""

    ENVIRONMENT = "env"
    MANAGED = "managed"


def bucket(product_id: str) -> int:
    """A lasting place in 0..99, the same in every process and every language."""
    return int(md5(product_id.encode(), usedforsecurity=False).hexdigest()[:8], 16) % 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutState:
    """The rollout at one moment. Immutable: a process swaps the whole of it.

    `version` is 0 while the phase comes from the environment; `percentage` is 0 outside `percentage` and `full`. `step` is the
    plan's step of that name, None outside all of them; `endpoints` is whether sellers and suppliers are let in, None for as
    the phase says.
    """

    phase: Phase
    percentage: int = 0
    canary_products: frozenset[str] = frozenset()
    unselected: Unselected = Unselected.BYPASS
    version: int = 0
    since: datetime | None = None
    source: Source = Source.ENVIRONMENT
    held: bool = False
    step: str | None = None
    endpoints: bool | None = None
    kill_switch: bool = False
    tripped: bool = False

    @property
    def endpoints_open(self) -> bool:
        """Whether sellers and suppliers are let in; otherwise they get 501."""
        return self.phase not in (Phase.OFF, Phase.SHADOW) if self.endpoints is None else self.endpoints

    def is_selected(self, product_id: str) -> bool:
        """Whether the product is enforced. Canary products stay enforced in `percentage`."""
        if self.phase is Phase.FULL:
            return True
        if self.phase is Phase.PERCENTAGE and bucket(product_id) < self.percentage:
            return True
        return self.phase in (Phase.CANARY, Phase.PERCENTAGE) and product_id in self.canary_products

    def mode_for(self, product_id: str) -> Mode:
        """What the phase means for this product."""
        fixed = self.fixed_mode
        if fixed is not None:
            return fixed
        if self.is_selected(product_id):
            return Mode.ENFORCED
        return Mode.SHADOW if self.unselected is Unselected.SHADOW else Mode.BYPASSED

    @property
    def fixed_mode(self) -> Mode | None:
        """The mode of every product where the phase makes no difference between them; None where it does."""
        return _FIXED.get(self.phase)

    def killed(self) -> "RolloutState":
        """The same rollout while the kill switch is present: off, whatever was decided."""
        return replace(self, phase=Phase.OFF, percentage=0, step=None, endpoints=None, kill_switch=True)

    def tripped_locally(self) -> "RolloutState":
        """The same rollout in a process that has switched its own gate off: nobody else could tell it to."""
        return replace(self, phase=Phase.OFF, percentage=0, step=None, endpoints=None, tripped=True)


_FIXED: Final[Mapping[Phase, Mode]] = {
    Phase.OFF: Mode.OFF,
    Phase.SHADOW: Mode.SHADOW,
    Phase.FULL: Mode.ENFORCED,
}


def from_flags(*, enabled: bool, shadow: bool, canary_products: Iterable[str], percentage: int) -> RolloutState:
    """The seed's environment variables as a phase; enabled alone is a canary that selects nothing."""
    canary = frozenset(canary_products)
    if not enabled:
        return RolloutState(phase=Phase.SHADOW if shadow else Phase.OFF)
    if percentage >= 100:
        return RolloutState(phase=Phase.FULL, percentage=100, canary_products=canary)
    if percentage > 0:
        return RolloutState(phase=Phase.PERCENTAGE, percentage=percentage, canary_products=canary)
    return RolloutState(phase=Phase.CANARY, canary_products=canary)


def effective(
    *, environment: RolloutState, managed: RolloutState | None, pinned: Source | None, killed: bool
) -> RolloutState:
    """The rollout a process must follow: the managed one once there is one, otherwise the environment's.

    `pinned` names one of them whatever there is; pinned to a managed rollout nobody has begun is off. With the kill switch
    everything is off.
    """
    if pinned is Source.ENVIRONMENT or (pinned is None and managed is None):
        decided = environment
    else:
        decided = managed or RolloutState(phase=Phase.OFF, source=Source.MANAGED)
    return decided.killed() if killed else decided


class RolloutAction(StrEnum):
    """What an operator can do with the rollout."""

    PROMOTE = "promote"
    HOLD = "hold"
    RESUME = "resume"
    REDUCE = "reduce"
    ROLLBACK = "rollback"
    DRILL = "drill"
    """Nothing was moved: it was measured how fast a change is followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutChange:
    """One line of the history: who moved the rollout from where to where, and why.

    `from_step` and `to_step` are None outside the plan's steps. `override` is that one was asked for; `overridden` are the
    sentences that stood in the way of it.
    `verdict_id` is the verdict it was done for, where there was one.
    """

    version: int
    action: RolloutAction
    from_phase: Phase
    from_percentage: int
    to_phase: Phase
    to_percentage: int
    actor_id: str
    actor_role: str
    reason: str
    override: bool
    at: datetime
    from_step: str | None = None
    to_step: str | None = None
    overridden: tuple[str, ...] = ()
    verdict_id: int | None = None
