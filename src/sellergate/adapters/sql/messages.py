"""Messages in SQL."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, or_, select, update

from sellergate.adapters.positions import checked_position
from sellergate.adapters.sql.paging import read_page
from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import message_items, messages
from sellergate.domain.messages import Channel, Item, Message, MessageState
from sellergate.ports.queries import Page, PageRequest

_c = messages.c
_row_of = as_row_of(Message, "id")
_item_row = as_row_of(Item, "facts")


class SqlMessages:
    """What waits to be sent. The unique key decides who was first; the lease, whose word counts."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, message: Message, items: Sequence[Item]) -> int | None:
        """Store a new message; None when there is one of this key."""
        new = self._session.insert_or(messages).on_conflict_do_nothing().returning(_c.id)
        id = self._session.execute(new, _row_of(message)).scalar_one_or_none()
        if id is not None:
            self._add(int(id), items)
        return None if id is None else int(id)

    def join(self, key: str, items: Sequence[Item]) -> bool:
        """Add to the message of this key, unless somebody has begun to send it."""
        untouched = (_c.key == key, _c.state == MessageState.PENDING, _c.lease == 0)
        # Locked until this work ends, so that nobody takes it before the items are there.
        id = self._session.execute(select(_c.id).where(*untouched).with_for_update()).scalar_one_or_none()
        if id is None:
            return False
        self._add(id, items)
        return True

    def _add(self, id: int, items: Sequence[Item]) -> None:
        rows = [{"message_id": id, "facts": dict(item.facts), **_item_row(item)} for item in items]
        self._session.execute(insert(message_items), rows)

    def is_due(self, channel: Channel, now: datetime) -> bool:
        """Whether a message waits for this channel."""
        return self._session.execute(select(_c.id).where(*_due(channel, now)).limit(1)).first() is not None

    def take(self, channel: Channel, now: datetime, until: datetime) -> Message | None:
        """The message that has been due for longest, leased."""
        longest = select(messages).where(*_due(channel, now)).order_by(_c.due_at, _c.id).limit(1)
        row = self._session.execute(longest.with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        before = _message(row)
        after = before.leased(now, until - now)
        return after if self.save(before, after) else None

    def items(self, id: int) -> list[Item]:
        """What a message tells, oldest first."""
        return self.items_of([id]).get(id, [])

    def items_of(self, ids: Iterable[int]) -> Mapping[int, list[Item]]:
        """What each of these messages tells."""
        c = message_items.c
        told = select(c.message_id, c.kind, c.audience, c.facts, c.at).where(c.message_id.in_(list(ids)))
        found: dict[int, list[Item]] = {}
        for row in self._session.execute(told.order_by(c.at, c.id)):
            item = Item(kind=row.kind, audience=row.audience, facts=row.facts, at=row.at)
            found.setdefault(row.message_id, []).append(item)
        return found

    def save(self, before: Message, after: Message) -> bool:
        """Compare and set by state and lease; the number of rows decides."""
        mine = update(messages).where(_c.id == before.id, _c.state == before.state, _c.lease == before.lease)
        return self._session.execute(mine.values(_row_of(after))).rowcount == 1

    def get(self, id: int) -> Message | None:
        """The message of this id, or None."""
        row = self._session.execute(select(messages).where(_c.id == id)).one_or_none()
        return None if row is None else _message(row)

    def list(self, state: MessageState, page: PageRequest, channel: Channel | None = None) -> Page[Message]:
        """A page of the messages that stand so, newest first."""
        stand = select(messages).where(_c.state == state)
        return read_page(
            self._session,
            stand if channel is None else stand.where(_c.channel == channel),
            page,
            order=(_c.id,),
            after=None if page.after is None else checked_position(page.after, int),
            descending=True,
            item=_message,
            position=lambda row: (row.id,),
        )

    def counts(self) -> Mapping[MessageState, int]:
        """How many are PENDING and how many DEAD."""
        return {state: self._count(state) for state in (MessageState.PENDING, MessageState.DEAD)}

    def _count(self, state: MessageState) -> int:
        return self._session.number(select(func.count()).select_from(messages).where(_c.state == state))

    def forget(self, sent_before: datetime, dead_before: datetime) -> int:
        """Delete those sent, and those given up, before then."""
        sent = (_c.state == MessageState.SENT) & (_c.done_at < sent_before)
        dead = (_c.state == MessageState.DEAD) & (_c.done_at < dead_before)
        old = select(_c.id).where(or_(sent, dead))
        self._session.execute(delete(message_items).where(message_items.c.message_id.in_(old)))
        return self._session.execute(delete(messages).where(or_(sent, dead))).rowcount


def _due(channel: Channel, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return _c.channel == channel, _c.state == MessageState.PENDING, _c.due_at <= now


def _message(row: Row[Any]) -> Message:
    return Message(**row._mapping)  # noqa: SLF001
