"""The managed rollout and its history in dictionaries."""

from dataclasses import replace

from sellergate.adapters.memory.paging import page_of
from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.errors import ConcurrentChange
from sellergate.domain.rollout import RolloutAction, RolloutChange, RolloutState
from sellergate.ports.queries import Page, PageRequest


class MemoryRollouts:
    """One state, and every change that led to it. A kill switch or a trip is a process's own and is not stored."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def current(self) -> RolloutState | None:
        """The managed state, or None when nobody has managed the rollout yet."""
        return self._tables.rollout.get(None)

    def save(self, before_version: int, state: RolloutState, change: RolloutChange) -> None:
        """Compare and set by version; `change` goes into the history. Raises ConcurrentChange."""
        check_times(state.since, change.at)
        stored = self.current()
        if (stored.version if stored else 0) != before_version:
            raise ConcurrentChange
        self._tables.rollout.put(None, replace(state, kill_switch=False, tripped=False))
        self._tables.rollout_history.put(len(self._tables.rollout_history) + 1, change)

    def history(self, page: PageRequest) -> Page[RolloutChange]:
        """The changes, newest first."""
        numbered = enumerate(self._tables.rollout_history, start=1)
        found = page_of(numbered, page, lambda row: (row[0],), types=(int,), descending=True)
        return Page([change for _, change in found.items], found.next, found.total)

    def last(self, action: RolloutAction) -> RolloutChange | None:
        """The newest change by this action, or None."""
        made = [change for change in self._tables.rollout_history if change.action is action]
        return made[-1] if made else None
