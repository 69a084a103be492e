"""The audit trail in dictionaries."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sellergate.adapters.memory.paging import page_of
from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.audit import Event
from sellergate.domain.authorization import DECISIONS
from sellergate.domain.directory import SellerStatus
from sellergate.domain.errors import ConcurrentChange
from sellergate.ports.queries import EventQuery, Page
from sellergate.ports.stores import Decisions, SealedEvent


class MemoryEvents:
    """Events by sequence number, and by the pair they are about."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def append(self, event: Event) -> int:
        """Store the event and its content hash; the answer is its sequence number."""
        check_times(event.at)
        tables = self._tables
        sequence = len(tables.events) + 1
        stored = replace(event, sequence=sequence)
        tables.events.put(sequence, SealedEvent(stored, event.content_hash(), None))
        pair = (event.seller_id, event.product_id)
        tables.events_of_pair.put(pair, (*(tables.events_of_pair.get(pair) or ()), sequence))
        return sequence

    def of_authorization(self, authorization_id: str) -> list[Event]:
        """Every event of one authorization, oldest first."""
        return [stored.event for stored in self._tables.events if stored.event.authorization_id == authorization_id]

    def search(self, query: EventQuery) -> Page[Event]:
        """A page of events that match, newest first."""
        rows = [stored.event for stored in self._tables.events if _matches(stored.event, query)]
        return page_of(rows, query.page, lambda event: (event.sequence,), types=(int,), descending=True)

    def record_at(self, seller_id: str, product_id: str, at: datetime) -> Event | None:
        """The last event not refused of this pair by then, or None."""
        return self._last_of_pair(seller_id, product_id, at)

    def seller_status_at(self, seller_id: str, at: datetime) -> SellerStatus | None:
        """The seller's status by then; None without an event."""
        event = self._last_of_pair(seller_id, None, at)
        return None if event is None else SellerStatus(event.to_status)

    def _last_of_pair(self, seller_id: str, product_id: str | None, at: datetime) -> Event | None:
        for sequence in reversed(self._tables.events_of_pair.get((seller_id, product_id)) or ()):
            stored = self._tables.events.get(sequence)
            if stored is not None and stored.event.refused is None and stored.event.at <= at:
                return stored.event
        return None

    def last_of(self, authorization_ids: Iterable[str]) -> dict[str, Event]:
        """The last event not refused of each of these authorizations."""
        wanted = set(authorization_ids)
        return {
            stored.event.authorization_id: stored.event
            for stored in self._tables.events
            if stored.event.authorization_id in wanted and stored.event.refused is None
            if stored.event.authorization_id is not None
        }

    def after(self, sequence: int, limit: int) -> list[SealedEvent]:
        """Events with a greater sequence number, in order."""
        last = min(len(self._tables.events), sequence + limit)
        rows = map(self._tables.events.get, range(max(sequence, 0) + 1, last + 1))
        return [replace(row, seal=self._seal(row.event.sequence)) for row in rows if row is not None]

    def _seal(self, sequence: int) -> str | None:
        stored = self._tables.seals.get(sequence)
        return None if stored is None else stored[1]

    def settled_after(self, sequence: int, limit: int) -> list[SealedEvent]:
        """As `after`: a work has the whole store to itself."""
        return self.after(sequence, limit)

    def last_seal(self, *, lock: bool = False) -> tuple[int, str] | None:  # noqa: ARG002
        """Sequence number and seal of the newest sealed event."""
        return max(self._tables.seals, default=None)

    def add_seals(self, seals: Sequence[tuple[int, str]]) -> None:
        """Store seals by sequence number. Raises ConcurrentChange when one of them already has one."""
        for sequence, seal in seals:
            if sequence in self._tables.seals:
                raise ConcurrentChange
            self._tables.seals.put(sequence, (sequence, seal))

    def busiest_sellers(self, limit: int, *, among: int) -> list[str]:
        """The sellers with the most of the newest events."""
        newest = sorted(self._tables.events, key=lambda stored: stored.event.sequence, reverse=True)[:among]
        counts = Counter(stored.event.seller_id for stored in newest)
        return sorted(counts, key=lambda seller_id: (-counts[seller_id], seller_id))[:limit]

    def count_by_action(self, since: datetime, until: datetime | None = None) -> dict[str, int]:
        """How many events not refused each action has had since then, and before `until`."""
        events = (stored.event for stored in self._tables.events)
        done = (event for event in events if event.refused is None and event.at >= since)
        return dict(Counter(event.action for event in done if until is None or event.at < until))

    def decisions(self, since: datetime, limit: int) -> list[Decisions]:
        """What suppliers have decided since then, those who decided the most first, then by id."""
        events = (stored.event for stored in self._tables.events)
        made = Counter(
            (event.supplier_id, event.action)
            for event in events
            if event.refused is None and event.at >= since and event.action in DECISIONS and event.supplier_id
        )
        suppliers = {supplier_id for supplier_id, _ in made}
        found = [Decisions(id, *(made[id, action] for action in DECISIONS)) for id in suppliers]
        return sorted(found, key=lambda its: (-its.approved - its.rejected, its.supplier_id))[:limit]


def _matches(event: Event, query: EventQuery) -> bool:
    wanted = (
        (query.authorization_id, event.authorization_id),
        (query.seller_id, event.seller_id),
        (query.supplier_id, event.supplier_id),
        (query.product_id, event.product_id),
        (query.actor_id, event.actor_id),
        (query.action, event.action),
        (query.refused, event.refused is not None),
    )
    if any(condition is not None and condition != value for condition, value in wanted):
        return False
    return (query.since is None or event.at >= query.since) and (query.until is None or event.at < query.until)
