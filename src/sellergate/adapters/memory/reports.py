"""The sums of the reports in dictionaries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.audit import Event
from sellergate.domain.authorization import DECISIONS, Action, Status
from sellergate.domain.errors import ProductLimitReached
from sellergate.domain.identifiers import Role
from sellergate.domain.reports import Activity, Answer, Rejection, TierRequests

_NAMES: Final[Mapping[str, str]] = {
    Action.REQUEST: "requested",
    Action.APPROVE: "approved",
    Action.REJECT: "rejected",
    Action.REVOKE: "revoked",
}


class MemoryReports:
    """Reads the events of a span."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def activity(self, since: datetime, until: datetime) -> list[Activity]:
        """What happened to each supplier's requests, by supplier id."""
        sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for event in self._between(since, until):
            name = _NAMES.get(event.action)
            if name is None or event.refused or event.supplier_id is None:
                continue
            sums[event.supplier_id][name] += 1
            sums[event.supplier_id]["automatic"] += name == "approved" and event.actor_role == Role.SYSTEM
        return [Activity(supplier_id=id, **sums[id]) for id in sorted(sums)]

    def standing(self, at: datetime) -> Mapping[str, int]:
        """How many approvals each supplier had in force just before then."""
        check_times(at)
        approved = (record for record in self._tables.records if record.status is Status.APPROVED)
        numbers = Counter(str(record.supplier_id) for record in approved)
        for event in self._events():
            if event.refused is None and event.at >= at and event.product_id and event.supplier_id:
                numbers[event.supplier_id] -= event.to_status == Status.APPROVED
                numbers[event.supplier_id] += event.from_status == Status.APPROVED
        return dict(+numbers)

    def answers(self, since: datetime, until: datetime) -> Iterable[Answer]:
        """Every approval and rejection by a person."""
        return _answers(self._between(since, until))

    def answers_of(self, supplier_id: str, since: datetime, *, among: int) -> list[Answer]:
        """This supplier's answers among their newest events."""
        check_times(since)
        its = [event for event in self._events() if event.supplier_id == supplier_id]
        return _answers(event for event in its[max(0, len(its) - among) :] if event.at >= since)

    def requests_by_tier(self, since: datetime, until: datetime) -> list[TierRequests]:
        """What sellers of each tier asked for, lowest tier first."""
        asked = defaultdict(list)
        for event in self._between(since, until):
            seller = self._tables.sellers.get(event.seller_id)
            if event.action == Action.REQUEST and seller is not None:
                asked[seller.tier].append(event)
        found = []
        for tier, events in asked.items():
            limited = [event.seller_id for event in events if event.refused == ProductLimitReached.code]
            found.append(TierRequests(tier=tier, asked=len(events), limited=len(limited), sellers=len(set(limited))))
        return sorted(found, key=lambda one: one.tier.rank)

    def rejections(self, since: datetime, until: datetime) -> list[Rejection]:
        """Every rejection whose cooldown ends in the span, with what came after it."""
        check_times(since, until)
        found = []
        for event in self._events():
            cooldown = (event.record or {}).get("cooldown_until")
            if event.refused is None and event.action == Action.REJECT and event.at < until and cooldown:
                end = datetime.fromisoformat(cooldown)
                if since <= end < until:
                    found.append(Rejection(cooldown_until=end, later=self._later(event)))
        return found

    def _later(self, rejection: Event) -> list[str]:
        return [
            event.action
            for event in self._events()
            if event.refused is None
            and event.authorization_id == rejection.authorization_id
            and event.sequence > rejection.sequence
        ]

    def refusals(self, since: datetime, until: datetime, code: str) -> int:
        """How many requests were refused with this code."""
        events = self._between(since, until)
        return sum(event.action == Action.REQUEST and event.refused == code for event in events)

    def _between(self, since: datetime, until: datetime) -> Iterator[Event]:
        check_times(since, until)
        return (event for event in self._events() if since <= event.at < until)

    def _events(self) -> Iterator[Event]:
        return (stored.event for stored in self._tables.events)


def _answers(events: Iterable[Event]) -> list[Answer]:
    return [
        Answer(
            supplier_id=event.supplier_id,
            requested_at=datetime.fromisoformat(event.record["requested_at"]),
            at=event.at,
        )
        for event in events
        if event.refused is None and event.action in DECISIONS and event.actor_role != Role.SYSTEM
        if event.supplier_id and event.record
    ]
