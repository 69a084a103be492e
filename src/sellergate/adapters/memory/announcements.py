"""What was announced, in dictionaries."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sellergate.adapters.memory.paging import page_of
from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.announced import Announced
from sellergate.domain.announcements import StepDate
from sellergate.ports.queries import Page, PageRequest


class MemoryAnnouncements:
    """See ports.announcements.Announcements."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, announced: Announced) -> int | None:
        """Store it; None when there is one of this key."""
        check_times(announced.at, announced.begins_at, announced.done_at)
        if announced.key in self._tables.announcements:
            return None
        id = self._tables.next_number("announcements")
        self._tables.announcements.put(announced.key, replace(announced, id=id))
        return id

    def save(self, before: Announced, after: Announced) -> bool:
        """Compare and set by cursor and end."""
        check_times(after.done_at)
        stored = self._tables.announcements.get(before.key)
        if stored is None or (stored.cursor, stored.done_at) != (before.cursor, before.done_at):
            return False
        self._tables.announcements.put(before.key, replace(after, id=stored.id))
        return True

    def of_keys(self, keys: Iterable[str]) -> Mapping[str, Announced]:
        """Those of these keys, by key."""
        found = {key: self._tables.announcements.get(key) for key in keys}
        return {key: announced for key, announced in found.items() if announced is not None}

    def unfinished(self) -> list[Announced]:
        """Those that have recipients left to tell, oldest first."""
        open_ = (announced for announced in self._tables.announcements if announced.done_at is None)
        return sorted(open_, key=lambda announced: announced.id)

    def list(self, page: PageRequest) -> Page[Announced]:
        """A page of them, newest first."""
        rows = self._tables.announcements
        return page_of(rows, page, lambda announced: (announced.id,), types=(int,), descending=True)

    def dates(self) -> Mapping[str, StepDate]:
        """The dates that were set, by step."""
        return {date.step: date for date in self._tables.step_dates}

    def set_date(self, date: StepDate) -> None:
        """Store the date of a step in place of any other."""
        check_times(date.begins_at, date.at)
        self._tables.step_dates.put(date.step, date)

    def clear_date(self, step: str) -> bool:
        """Forget the date of a step; False if there was none."""
        was_there = step in self._tables.step_dates
        self._tables.step_dates.remove(step)
        return was_there
