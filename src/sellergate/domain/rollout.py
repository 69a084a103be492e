"""How far enforcement is switched on: phases, which products they select, and how an operator moves them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import md5
from typing import Final

from sellergate.domain.errors import CriteriaNotMet, InvalidInput, InvalidStatus
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

    `version` is 0 while the phase comes from the environment; `percentage` is 0 outside `percentage` and `full`.
    """

    phase: Phase
    percentage: int = 0
    canary_products: frozenset[str] = frozenset()
    unselected: Unselected = Unselected.BYPASS
    version: int = 0
    since: datetime | None = None
    source: Source = Source.ENVIRONMENT
    held: bool = False
    kill_switch: bool = False

    @property
    def endpoints_open(self) -> bool:
        """Whether sellers and suppliers are let in; otherwise they get 501."""
        return self.phase not in (Phase.OFF, Phase.SHADOW)

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
        return replace(self, phase=Phase.OFF, percentage=0, kill_switch=True)


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
    """One line of the history: who moved the rollout from where to where, and why."""

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


_NEXT: Final[Mapping[Phase, tuple[Phase, int]]] = {
    Phase.OFF: (Phase.SHADOW, 0),
    Phase.SHADOW: (Phase.CANARY, 0),
    Phase.CANARY: (Phase.PERCENTAGE, 50),
    Phase.PERCENTAGE: (Phase.FULL, 100),
}
"""The seed's order, with its 50 %."""

_HALF: Final = _NEXT[Phase.CANARY]

REDUCTIONS: Final = (50, 10)
"""The seed's gradual rollback: 50 %, then 10 %, then off."""


def next_step(state: RolloutState) -> tuple[Phase, int] | None:
    """The phase and percentage a promotion leads to; None when the rollout is full.

    Below 50 %, after a reduction for instance, that is 50 %: nothing leaps from a tenth to everything.
    """
    if state.phase is Phase.PERCENTAGE and state.percentage < _HALF[1]:
        return _HALF
    return _NEXT.get(state.phase)


def promoted(
    state: RolloutState, *, percentage: int | None, canary_products: Iterable[str] | None, override: bool
) -> RolloutState:
    """One step further, or to a higher `percentage`.

    Raises InvalidStatus when the rollout is full, CriteriaNotMet when it is held and not overridden,
    InvalidInput when `percentage` is not a step forward.
    """
    step = next_step(state)
    if step is None:
        raise InvalidStatus("The rollout is already full.", phase=state.phase.value)
    if state.held and not override:
        raise CriteriaNotMet("The rollout is on hold. Resume it first, or override with a reason.", held=True)
    phase, share = step if percentage is None else _by_percentage(state, percentage)
    canary = state.canary_products if canary_products is None else frozenset(canary_products)
    return replace(state, phase=phase, percentage=share, canary_products=canary, held=False)


def _by_percentage(state: RolloutState, percentage: int) -> tuple[Phase, int]:
    if not state.percentage < percentage <= 100:
        raise InvalidInput(f"percentage must be above {state.percentage} and at most 100.", field="percentage")
    return (Phase.FULL, 100) if percentage == 100 else (Phase.PERCENTAGE, percentage)


def reduced(state: RolloutState, percentage: int | None) -> RolloutState:
    """One step back: to `percentage`, or along 50 → 10 → off; a canary goes back to shadow.

    Raises InvalidStatus when nothing is enforced, InvalidInput when `percentage` is not a step back.
    """
    if state.phase in (Phase.OFF, Phase.SHADOW):
        raise InvalidStatus(f"Nothing is enforced in {state.phase}.", phase=state.phase.value)
    if state.phase is Phase.CANARY:
        if percentage is not None:
            raise InvalidInput("A canary has no percentage to reduce.", field="percentage")
        return replace(state, phase=Phase.SHADOW, percentage=0)
    if percentage is not None and not 0 <= percentage < state.percentage:
        raise InvalidInput(f"percentage must be below {state.percentage}.", field="percentage")
    share = percentage if percentage is not None else _reduction_below(state.percentage)
    if share == 0:
        return rolled_back(state)
    return replace(state, phase=Phase.PERCENTAGE, percentage=share)


def _reduction_below(percentage: int) -> int:
    return next((share for share in REDUCTIONS if share < percentage), 0)


def rolled_back(state: RolloutState) -> RolloutState:
    """Enforcement off, at once. The canary list is kept for the next attempt."""
    return replace(state, phase=Phase.OFF, percentage=0, held=False)


def held(state: RolloutState) -> RolloutState:
    """No promotion until resumed. Raises InvalidStatus when already on hold."""
    if state.held:
        raise InvalidStatus("The rollout is already on hold.", phase=state.phase.value)
    return replace(state, held=True)


def resumed(state: RolloutState) -> RolloutState:
    """Promotions are possible again. Raises InvalidStatus when not on hold."""
    if not state.held:
        raise InvalidStatus("The rollout is not on hold.", phase=state.phase.value)
    return replace(state, held=False)


def drilled(state: RolloutState) -> RolloutState:
    """The same again. Raises InvalidStatus for the environment's: to save it would make it a managed one."""
    if state.source is Source.ENVIRONMENT:
        raise InvalidStatus(
            "The phase comes from the environment: there is no managed rollout yet that could be drilled.", source="env"
        )
    return state
