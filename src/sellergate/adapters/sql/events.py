"""The audit trail in SQL. The database itself refuses to change or delete any of it, see the migrations."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, case, func, insert, select

from sellergate.adapters.positions import checked_position
from sellergate.adapters.sql.paging import read_page
from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import authorization_events, event_seals
from sellergate.domain.audit import Event
from sellergate.domain.authorization import DECISIONS
from sellergate.domain.directory import SellerStatus
from sellergate.domain.errors import ConcurrentChange
from sellergate.ports.queries import EventQuery, Page
from sellergate.ports.stores import Decisions, SealedEvent

_c = authorization_events.c
_EVENTS: Final = select(*(column for column in _c if column is not _c.content_hash))
_DONE: Final = _c.refused.is_(None)
_row_of = as_row_of(Event, "sequence", "metadata", "record")


class SqlEvents:
    """Events by sequence number.

    Where works run side by side, numbers are given before they commit: who walks over the events to seal them must not step over
    one that appears later (`settled_after`).
    """

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, event: Event) -> int:
        """Store the event and its content hash; the answer is its sequence number."""
        row = {
            **_row_of(event),
            "metadata": dict(event.metadata),
            "record": None if event.record is None else dict(event.record),
            "content_hash": event.content_hash(),
        }
        (sequence,) = self._session.insert(authorization_events, row)
        return int(sequence)

    def of_authorization(self, authorization_id: str) -> list[Event]:
        """Every event of one authorization, oldest first."""
        rows = self._session.execute(_EVENTS.where(_c.authorization_id == authorization_id).order_by(_c.sequence))
        return [_event(row) for row in rows]

    def search(self, query: EventQuery) -> Page[Event]:
        """A page of events that match, newest first."""
        return read_page(
            self._session,
            _EVENTS.where(*_conditions(query)),
            query.page,
            order=(_c.sequence,),
            after=None if query.page.after is None else checked_position(query.page.after, int),
            descending=True,
            item=_event,
            position=lambda row: (row.sequence,),
        )

    def record_at(self, seller_id: str, product_id: str, at: datetime) -> Event | None:
        """The last event not refused of this pair by then, or None."""
        return self._last(_EVENTS.where(_c.seller_id == seller_id, _c.product_id == product_id), at)

    def seller_status_at(self, seller_id: str, at: datetime) -> SellerStatus | None:
        """The seller's status by then; None without an event."""
        event = self._last(_EVENTS.where(_c.seller_id == seller_id, _c.product_id.is_(None)), at)
        return None if event is None else SellerStatus(event.to_status)

    def _last(self, query: Select[Any], at: datetime) -> Event | None:
        latest = query.where(_DONE, _c.at <= at).order_by(_c.sequence.desc()).limit(1)
        row = self._session.execute(latest).one_or_none()
        return None if row is None else _event(row)

    def last_of(self, authorization_ids: Iterable[str]) -> dict[str, Event]:
        """The last event not refused of each of these authorizations."""
        newest = select(func.max(_c.sequence)).where(_DONE).group_by(_c.authorization_id)
        sequences = [number for (number,) in self._session.by_ids(newest, _c.authorization_id, authorization_ids)]
        rows = self._session.by_ids(_EVENTS, _c.sequence, sequences)
        return {row.authorization_id: _event(row) for row in rows}

    def after(self, sequence: int, limit: int) -> list[SealedEvent]:
        """Events with a greater sequence number, in order."""
        # The second half follows from the first and the query's own condition, which databases do not find out by themselves.
        its = (event_seals.c.sequence == _c.sequence) & (event_seals.c.sequence > sequence)
        query = select(authorization_events, event_seals.c.seal).outerjoin(event_seals, its)
        rows = self._session.execute(query.where(_c.sequence > sequence).order_by(_c.sequence).limit(limit))
        return [_sealed(dict(row)) for row in rows.mappings()]

    def settled_after(self, sequence: int, limit: int) -> list[SealedEvent]:
        """As `after`, up to where no event with a smaller number can appear any more."""
        events = self.after(sequence, limit)
        return events[: self._session.settled(sequence, [stored.event.sequence for stored in events])]

    def last_seal(self, *, lock: bool = False) -> tuple[int, str] | None:
        """Sequence number and seal of the newest sealed event; with `lock` nobody else seals until this work ends."""
        if lock:
            self._session.begin_sealing()
        newest = select(event_seals.c.sequence, event_seals.c.seal).order_by(event_seals.c.sequence.desc()).limit(1)
        row = self._session.execute(newest).one_or_none()
        return None if row is None else (row.sequence, row.seal)

    def add_seals(self, seals: Sequence[tuple[int, str]]) -> None:
        """Store seals by sequence number. Raises ConcurrentChange when one of them already has one."""
        if seals:
            rows = [{"sequence": sequence, "seal": seal} for sequence, seal in seals]
            self._session.execute(insert(event_seals), rows, duplicate=ConcurrentChange)

    def busiest_sellers(self, limit: int, *, among: int) -> list[str]:
        """The sellers with the most of the newest events: read backwards along the primary key."""
        newest = select(_c.seller_id).order_by(_c.sequence.desc()).limit(among).subquery()
        busiest = select(newest.c.seller_id).group_by(newest.c.seller_id).limit(limit)
        rows = self._session.execute(busiest.order_by(func.count().desc(), newest.c.seller_id))
        return [row.seller_id for row in rows]

    def count_by_action(self, since: datetime, until: datetime | None = None) -> dict[str, int]:
        """How many events not refused each action has had since then, and before `until`."""
        counted = select(_c.action, func.count().label("number")).where(_DONE, _c.at >= since).group_by(_c.action)
        if until is not None:
            counted = counted.where(_c.at < until)
        return {row.action: row.number for row in self._session.execute(counted)}

    def decisions(self, since: datetime, limit: int) -> list[Decisions]:
        """What suppliers have decided since then, those who decided the most first, then by id."""
        approved, rejected = (func.sum(case((_c.action == action, 1), else_=0)) for action in DECISIONS)
        decided = select(_c.supplier_id, approved.label("approved"), rejected.label("rejected"))
        lately = decided.where(_DONE, _c.at >= since, _c.action.in_(DECISIONS), _c.supplier_id.is_not(None))
        most = lately.group_by(_c.supplier_id).order_by(func.count().desc(), _c.supplier_id).limit(limit)
        return [Decisions(row.supplier_id, int(row.approved), int(row.rejected)) for row in self._session.execute(most)]


def _event(row: Row[Any]) -> Event:
    return Event(**row._mapping)  # noqa: SLF001


def _sealed(row: dict[str, Any]) -> SealedEvent:
    content_hash, seal = row.pop("content_hash"), row.pop("seal")
    return SealedEvent(Event(**row), content_hash, seal)


def _conditions(query: EventQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (_c.authorization_id, query.authorization_id),
            (_c.seller_id, query.seller_id),
            (_c.supplier_id, query.supplier_id),
            (_c.product_id, query.product_id),
            (_c.actor_id, query.actor_id),
            (_c.action, query.action),
        )
        if value is not None
    ]
    if query.refused is not None:
        wanted.append(_c.refused.is_not(None) if query.refused else _DONE)
    if query.since is not None:
        wanted.append(_c.at >= query.since)
    if query.until is not None:
        wanted.append(_c.at < query.until)
    return wanted
