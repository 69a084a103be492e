"""What was denied under enforcement: counts per minute, pair, stage and code, without sampling; and how denials are counted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

K = TypeVar("K")


class DenialKey(NamedTuple):
    """What denials are counted by. `minute` is when it began, in UTC."""

    minute: datetime
    seller_id: str
    product_id: str
    stage: str
    error_code: str


@dataclass(frozen=True, kw_only=True)  # without slots: Python 3.11 cannot make a frozen one as `Count[K](...)`
class Count(Generic[K]):
    """How often one thing was denied, or would have been, when, and what was at stake.

    `value` sums the order values callers gave, in the marketplace's currency; 0 when they gave none.
    """

    key: K
    count: int
    first_seen: datetime
    last_seen: datetime
    value: Decimal = Decimal(0)

    def plus(self, other: "Count[K]") -> "Count[K]":
        """Both counts as one, of this key."""
        return replace(
            self,
            count=self.count + other.count,
            first_seen=min(self.first_seen, other.first_seen),
            last_seen=max(self.last_seen, other.last_seen),
            value=self.value + other.value,
        )


DenialCount = Count[DenialKey]


class DenialFacet(StrEnum):
    """What denials can be summed up by; the value is the name of the key's field."""

    SELLER = "seller_id"
    PRODUCT = "product_id"
    STAGE = "stage"
    ERROR_CODE = "error_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialSum:
    """Denials that have something in common, named by `of`; None for all there are."""

    of: str | None
    denials: int
    value: Decimal
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialTotals:
    """All denials of a span. A pair is a seller and a product."""

    all: DenialSum
    pairs: int
    sellers: int
    products: int


def summed(counts: Iterable[DenialCount], of: str | None) -> DenialSum:
    """Counts as one sum."""
    those = list(counts)
    return DenialSum(
        of=of,
        denials=sum(each.count for each in those),
        value=sum((each.value for each in those), Decimal(0)),
        first_seen=min((each.first_seen for each in those), default=None),
        last_seen=max((each.last_seen for each in those), default=None),
    )
