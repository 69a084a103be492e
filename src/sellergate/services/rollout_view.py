"""The rollout as a check reads it: one immutable state with every answer it can lead to, made beforehand."""

from dataclasses import dataclass
from typing import Final

from sellergate.domain.gate import BYPASSED, DECISIONS, OFF, GateAnswer, Mode, enforce
from sellergate.domain.identifiers import checked_id
from sellergate.domain.measurements import EVALUATED
from sellergate.domain.rollout import RolloutState
from sellergate.services.counting import OFFSETS

MOST_REMEMBERED: Final = 200_000


@dataclass(frozen=True, slots=True)
class ModeRow:
    """What one mode makes of every decision, by the decision's index; `offset` is the mode's place among the counters.

    `records` says whether denials are written down; `bypassed` is the answer where nothing is evaluated.
    """

    mode: Mode
    offset: int
    hits: tuple[GateAnswer, ...]
    misses: tuple[GateAnswer, ...]
    records: bool
    bypassed: GateAnswer | None


class RolloutView:
    """One rollout state, ready to be asked. A new state is a new view; a check reads the view once and is of a piece.

    `off` is the answer to everything while the phase is off; `fixed` the row of all products where the phase makes no
    difference between them. Otherwise `rows` remembers the row of each product asked about.
    """

    def __init__(self, state: RolloutState) -> None:
        self.state = state
        self._by_mode = {mode: _row(mode, state.version) for mode in Mode}
        fixed = state.fixed_mode
        self.off = self._by_mode[Mode.OFF].misses[OFF.index] if fixed is Mode.OFF else None
        self.fixed = None if fixed is None else self._by_mode[fixed]
        self.rows: dict[str, ModeRow] = {}

    def row_for(self, product_id: str) -> ModeRow:
        """What the phase means for this product.

        Raises InvalidInput for what is no text at all, and for what is no identifier where that makes a difference.
        """
        if not isinstance(product_id, str):
            checked_id(product_id, "productId")
        if self.fixed is not None:
            return self.fixed
        row = self.rows.get(product_id)
        if row is None:
            row = self._by_mode[self.state.mode_for(checked_id(product_id, "productId"))]
            if len(self.rows) >= MOST_REMEMBERED:
                self.rows.clear()
            self.rows[product_id] = row
        return row


def _row(mode: Mode, version: int) -> ModeRow:
    misses = tuple(enforce(decision, mode, version=version, cache_hit=False) for decision in DECISIONS)
    return ModeRow(
        mode=mode,
        offset=OFFSETS[mode],
        hits=tuple(enforce(decision, mode, version=version, cache_hit=True) for decision in DECISIONS),
        misses=misses,
        records=mode in EVALUATED,
        bypassed=misses[BYPASSED.index] if mode is Mode.BYPASSED else None,
    )
