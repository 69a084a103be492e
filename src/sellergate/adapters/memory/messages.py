"""Messages in dictionaries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sellergate.adapters.memory.paging import page_of
from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.messages import Channel, Item, Message, MessageState
from sellergate.ports.queries import Page, PageRequest


class MemoryMessages:
    """What waits to be sent, and what became of it."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, message: Message, items: Sequence[Item]) -> int | None:
        """Store a new message; None when there is one of this key."""
        check_times(message.created_at, message.due_at, *(item.at for item in items))
        if message.key in self._tables.keys:
            return None
        id = self._tables.next_number("messages")
        self._tables.keys.put(message.key, id)
        self._tables.messages.put(id, replace(message, id=id))
        self._tables.items.put(id, tuple(items))
        return id

    def join(self, key: str, items: Sequence[Item]) -> bool:
        """Add to the message of this key, unless somebody has begun to send it."""
        id = self._tables.keys.get(key)
        message = None if id is None else self._tables.messages.get(id)
        if message is None or not message.is_untouched:
            return False
        self._tables.items.put(message.id, (*(self._tables.items.get(message.id) or ()), *items))
        return True

    def is_due(self, channel: Channel, now: datetime) -> bool:
        """Whether a message waits for this channel."""
        return any(message.channel is channel and message.is_due(now) for message in self._tables.messages)

    def take(self, channel: Channel, now: datetime, until: datetime) -> Message | None:
        """The message that has been due for longest, leased."""
        due = (message for message in self._tables.messages if message.channel is channel and message.is_due(now))
        before = min(due, key=lambda message: (message.due_at, message.id), default=None)
        if before is None:
            return None
        after = before.leased(now, until - now)
        return after if self.save(before, after) else None

    def items(self, id: int) -> list[Item]:
        """What a message tells, oldest first."""
        return sorted(self._tables.items.get(id) or (), key=lambda item: item.at)

    def items_of(self, ids: Iterable[int]) -> Mapping[int, list[Item]]:
        """What each of these messages tells."""
        return {id: items for id in ids if (items := self.items(id))}

    def save(self, before: Message, after: Message) -> bool:
        """Compare and set by state and lease."""
        check_times(after.due_at, after.done_at)
        stored = self._tables.messages.get(before.id)
        if stored is None or (stored.state, stored.lease) != (before.state, before.lease):
            return False
        self._tables.messages.put(before.id, replace(after, id=before.id))
        return True

    def get(self, id: int) -> Message | None:
        """The message of this id, or None."""
        return self._tables.messages.get(id)

    def list(self, state: MessageState, page: PageRequest, channel: Channel | None = None) -> Page[Message]:
        """A page of the messages that stand so, newest first."""
        stand = (message for message in self._tables.messages if message.state is state)
        rows = (message for message in stand if channel in (None, message.channel))
        return page_of(rows, page, lambda message: (message.id,), types=(int,), descending=True)

    def counts(self) -> Mapping[MessageState, int]:
        """How many are PENDING and how many DEAD."""
        states = [message.state for message in self._tables.messages]
        return {state: states.count(state) for state in (MessageState.PENDING, MessageState.DEAD)}

    def forget(self, sent_before: datetime, dead_before: datetime) -> int:
        """Delete those sent, and those given up, before then."""
        limits = {MessageState.SENT: sent_before, MessageState.DEAD: dead_before}
        old = [
            message
            for message in self._tables.messages
            if message.state in limits and message.done_at is not None and message.done_at < limits[message.state]
        ]
        for message in old:
            self._tables.messages.remove(message.id)
            self._tables.items.remove(message.id)
            self._tables.keys.remove(message.key)
        return len(old)
