"""What would have been denied: counts per pair, stage and code, folded together without sampling."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ShadowKey:
    """What shadow denials are counted by."""

    seller_id: str
    product_id: str
    stage: str
    error_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowCount:
    """How often one thing would have been denied, when, and what was at stake.

    `value` sums the order values callers gave, in the marketplace's currency; 0 when they gave none.
    """

    key: ShadowKey
    count: int
    first_seen: datetime
    last_seen: datetime
    value: Decimal = Decimal(0)

    def plus(self, other: "ShadowCount") -> "ShadowCount":
        """Both counts as one."""
        return ShadowCount(
            key=self.key,
            count=self.count + other.count,
            first_seen=min(self.first_seen, other.first_seen),
            last_seen=max(self.last_seen, other.last_seen),
            value=self.value + other.value,
        )
