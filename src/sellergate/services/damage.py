"""What enforcement has denied: counted minute by minute, and summed up for the report of what a phase has cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sellergate.domain.denials import DenialFacet, DenialKey, DenialSum, DenialTotals
from sellergate.ports.stores import Store, Work
from sellergate.services.tallies import OrderValue, Tally, TallyRecorder

TOP: Final = 20
MINUTE: Final = 60

Key = tuple[int, str, str, str, str]


class DenialRecorder(TallyRecorder[Key]):
    """Counts enforced denials, those of checks that failed included."""

    name = "denials"
    trouble = "Enforced denials cannot be written and are kept in memory"

    def record(self, seller_id: str, product_id: str, stage: str, error_code: str, value: OrderValue) -> None:
        """Count one denial. Never raises."""
        now = self._now()
        self.count((int(now.timestamp()) // MINUTE, seller_id, product_id, str(stage), error_code), now, value)

    def write(self, work: Work, tallies: Iterable[tuple[Key, Tally]]) -> None:
        """Add these counts to the stored ones."""
        work.denials.add(tally.of(_stored(*key)) for key, tally in tallies)


def _stored(minute: int, *rest: str) -> DenialKey:
    return DenialKey(datetime.fromtimestamp(minute * MINUTE, UTC), *rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageReport:
    """What was denied in a span: in all, and by whom it met most, most denials first. Exact to the minute."""

    since: datetime
    until: datetime
    totals: DenialTotals
    by_seller: list[DenialSum]
    by_product: list[DenialSum]
    by_stage: list[DenialSum]
    by_error_code: list[DenialSum]


class Damage:
    """Reads reports."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def report(self, since: datetime, until: datetime, *, top: int = TOP) -> DamageReport:
        """What was denied from `since` on and before `until`, with so many sellers and products. Raises StoreUnavailable."""
        with self._store.view() as view:

            def by(facet: DenialFacet) -> list[DenialSum]:
                return view.denials.top(since, until, facet, top)

            return DamageReport(
                since=since,
                until=until,
                totals=view.denials.totals(since, until),
                by_seller=by(DenialFacet.SELLER),
                by_product=by(DenialFacet.PRODUCT),
                by_stage=by(DenialFacet.STAGE),
                by_error_code=by(DenialFacet.ERROR_CODE),
            )
