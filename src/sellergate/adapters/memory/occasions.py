"""What time brings about, in dictionaries."""

from collections.abc import Callable
from datetime import datetime

from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.authorization import Authorization, Status
from sellergate.domain.notices import Kind
from sellergate.ports.notices import Mark


class MemoryOccasions:
    """What was told, each once."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def settle(self, mark: Mark, at: datetime) -> bool:
        """True if this call made the mark, False if it was there."""
        check_times(at)
        if mark in self._tables.marks:
            return False
        self._tables.marks.put(mark, at)
        return True

    def unsettle(self, mark: Mark) -> bool:
        """Take a mark back; False if it was not there."""
        was_there = mark in self._tables.marks
        self._tables.marks.remove(mark)
        return was_there

    def settled(self, kind: str) -> list[Mark]:
        """Every mark of a kind, by subject and version."""
        marks = (mark for mark in self._tables.marks.all_keys() if mark.kind == kind)
        return sorted(marks, key=lambda mark: (mark.subject, mark.version))

    def expiring(self, now: datetime, until: datetime, limit: int) -> list[Authorization]:
        """Approvals that end soon and of which nobody has told."""
        soon = self._untold(
            Kind.EXPIRING,
            lambda record: (
                record.status is Status.APPROVED and record.expires_at is not None and now < record.expires_at <= until
            ),
        )
        return sorted(soon, key=lambda record: (record.expires_at or now, record.id))[:limit]

    def unanswered(self, since: datetime, limit: int) -> list[Authorization]:
        """Requests that have waited for long and of which nobody has told."""
        waiting = self._untold(
            Kind.UNANSWERED, lambda record: record.status is Status.REQUESTED and record.updated_at <= since
        )
        return sorted(waiting, key=lambda record: (record.requested_at, record.id))[:limit]

    def _untold(self, kind: Kind, is_meant: Callable[[Authorization], bool]) -> list[Authorization]:
        return [
            record
            for record in self._tables.records
            if is_meant(record) and Mark(kind.value, record.id, record.version) not in self._tables.marks
        ]

    def forget(self, before: datetime) -> int:
        """Delete marks of before then."""
        old = [mark for mark in self._tables.marks.all_keys() if (self._tables.marks.get(mark) or before) < before]
        for mark in old:
            self._tables.marks.remove(mark)
        return len(old)
