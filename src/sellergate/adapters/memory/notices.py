"""The in-app list and the outbox in dictionaries."""

from dataclasses import replace
from datetime import datetime

from sellergate.adapters.memory.paging import page_of
from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.notices import Audience, Notice
from sellergate.domain.preferences import Preferences, Said
from sellergate.ports.notices import Inbound
from sellergate.ports.queries import Page, PageRequest


class MemoryNotices:
    """Who is to be told what."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, notice: Notice) -> None:
        """Into the recipient's in-app list and into the outbox, both or neither."""
        check_times(notice.at)
        id = self._tables.next_number("inbound")
        self._tables.inbound.put(id, Inbound(id=id, notice=notice, read_at=None))
        self._tables.outbox.put(id, id)

    def inbound(self, audience: Audience, recipient_id: str, page: PageRequest) -> Page[Inbound]:
        """A recipient's in-app list, newest first."""
        rows = [row for row in self._tables.inbound if _is_for(row, audience, recipient_id)]
        return page_of(rows, page, lambda row: (row.id,), types=(int,), descending=True)

    def mark_read(self, id: int, audience: Audience, recipient_id: str, at: datetime) -> Inbound | None:
        """Mark one read, unless it was; None when the recipient has no such notice."""
        check_times(at)
        row = self._tables.inbound.get(id)
        if row is None or not _is_for(row, audience, recipient_id):
            return None
        if row.read_at is None:
            row = replace(row, read_at=at)
            self._tables.inbound.put(id, row)
        return row

    def unread(self, audience: Audience, recipient_id: str) -> int:
        """How many notices in the recipient's list have not been read."""
        rows = (row for row in self._tables.inbound if _is_for(row, audience, recipient_id))
        return sum(row.read_at is None for row in rows)

    def outbox_size(self) -> int:
        """How many notices wait in the outbox."""
        return len(self._tables.outbox)

    def waits(self) -> bool:
        """Whether a notice waits in the outbox."""
        return len(self._tables.outbox) > 0

    def take(self, limit: int) -> list[Inbound]:
        """Out of the outbox, oldest first."""
        taken = sorted(self._tables.outbox.all_keys())[:limit]
        for id in taken:
            self._tables.outbox.remove(id)
        return [row for row in map(self._tables.inbound.get, taken) if row is not None]

    def said(self, thread: str) -> Said | None:
        """What was last said in this thread, or None."""
        return self._tables.said.get(thread)

    def say(self, thread: str, said: Said) -> None:
        """Remember what was said last."""
        check_times(said.at)
        self._tables.said.put(thread, said)

    def preferences(self, audience: Audience, recipient_id: str) -> Preferences | None:
        """The recipient's choices, or None when they never made any."""
        return self._tables.preferences.get((audience, recipient_id))

    def put_preferences(self, audience: Audience, recipient_id: str, preferences: Preferences) -> None:
        """Store them whole."""
        self._tables.preferences.put((audience, recipient_id), preferences)

    def forget(self, before: datetime) -> int:
        """Delete in-app notices of before then that are not in the outbox, and what was said then; how many notices."""
        for thread in self._tables.said.all_keys():
            if _earlier(self._tables.said.get(thread), before):
                self._tables.said.remove(thread)
        old = [row.id for row in self._tables.inbound if row.notice.at < before and row.id not in self._tables.outbox]
        for id in old:
            self._tables.inbound.remove(id)
        return len(old)


def _earlier(said: Said | None, before: datetime) -> bool:
    return said is not None and said.at < before


def _is_for(row: Inbound, audience: Audience, recipient_id: str) -> bool:
    return row.notice.audience is audience and row.notice.recipient_id == recipient_id
