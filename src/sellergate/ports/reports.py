"""What the reports are made of: sums over the audit trail, as a store can give them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from sellergate.domain.reports import Activity, Answer, Rejection, TierRequests


class Reports(Protocol):
    """Reads the events of a span: those at `since` are in it, those at `until` are not. Refused ones count where it says so."""

    def activity(self, since: datetime, until: datetime) -> list[Activity]:
        """What happened to each supplier's requests, in order of the supplier's id; suppliers without any are left out."""

    def standing(self, at: datetime) -> Mapping[str, int]:
        """How many approvals each supplier had in force just before then; those without are left out.

        They are those of today without what moves have brought and taken since: what a product has taken along to another
        supplier counts there, and events that were pruned are not missed.
        """

    def answers(self, since: datetime, until: datetime) -> Iterable[Answer]:
        """Every approval and rejection by a person, in the order made."""

    def answers_of(self, supplier_id: str, since: datetime, *, among: int) -> list[Answer]:
        """This supplier's part of `answers`, as far as it is among the supplier's newest `among` events: read in a time that does not grow."""

    def requests_by_tier(self, since: datetime, until: datetime) -> list[TierRequests]:
        """What sellers of each tier asked for, refused requests included, lowest tier first; tiers without any are left out.

        The tier is the seller's of today.
        """

    def rejections(self, since: datetime, until: datetime) -> list[Rejection]:
        """Every rejection whose cooldown, as it was set then, ends in the span, in the order made."""

    def refusals(self, since: datetime, until: datetime, code: str) -> int:
        """How many requests were refused with this error code."""
