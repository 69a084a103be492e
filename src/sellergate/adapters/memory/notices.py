"""The in-app list and the outbox in dictionaries."""

from dataclasses import replace
from datetime import datetime

from sellergate.adapters.memory.paging import page_of
from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.notices import Audience, Notice
from sellergate.ports.queries import Page, PageRequest
from sellergate.ports.stores import Inbound


class MemoryNotices:
    """Who is to be told what."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, notice: Notice) -> None:
        """Into the recipient's in-app list and into the outbox, both or neither."""
        check_times(notice.at)
        id = len(self._tables.inbound) + 1
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
        """How many messages wait for a courier."""
        return len(self._tables.outbox)


def _is_for(row: Inbound, audience: Audience, recipient_id: str) -> bool:
    return row.notice.audience is audience and row.notice.recipient_id == recipient_id
