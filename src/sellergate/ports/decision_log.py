"""Every check with its answer, kept for those who ask later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from sellergate.domain.gate import GateAnswer, Stage
from sellergate.domain.simulation import Usage


class DecisionSink(Protocol):
    """Where a gate leaves what it has answered."""

    def put(self, seller: str, product: str, stage: str, value: Decimal | float | None, answer: GateAnswer) -> None:
        """Take one answer. Never waits, for nothing, and never raises: what there is no room for is counted and dropped."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Checks of one pair that were allowed, by stage, in the part of a span that is on record: from `since` on."""

    since: datetime
    allowed: Mapping[Stage, Usage]


class DecisionHistory(Protocol):
    """What has been recorded of checks."""

    def of_pair(self, seller_id: str, product_id: str, since: datetime) -> Recorded | None:
        """The allowed checks of a pair since then; None when this pair's checks are not recorded."""
