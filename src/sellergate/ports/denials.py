"""Denials under enforcement, as they are stored."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from sellergate.domain.denials import DenialCount, DenialFacet, DenialSum, DenialTotals


class Denials(Protocol):
    """What was denied, minute by minute.

    A span takes in the minutes that had denials in it: those that were first seen before its end and last seen at its
    beginning or later. So it is exact to the minute, and more exact than that only where minutes lie within it.
    """

    def add(self, counts: Iterable[DenialCount]) -> None:
        """Add these counts to the stored ones."""

    def totals(self, since: datetime, until: datetime) -> DenialTotals:
        """The sums over everything in the span."""

    def top(self, since: datetime, until: datetime, facet: DenialFacet, limit: int) -> list[DenialSum]:
        """The sellers, products, stages or codes with the most denials in the span, most first, then by name."""

    def of_pair(self, seller_id: str, product_id: str, since: datetime, until: datetime) -> list[DenialSum]:
        """What was denied to this pair in the span: a sum for each stage that had any, by name."""

    def forget(self, before: datetime) -> int:
        """Delete the minutes that began before then; the answer is how many rows."""
