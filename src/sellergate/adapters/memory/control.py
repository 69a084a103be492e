"""The controller's watch, verdicts and sign-offs in dictionaries."""

from dataclasses import replace
from datetime import datetime

from sellergate.adapters.memory.paging import page_of
from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.errors import ConcurrentChange
from sellergate.ports.control import SignOff, StoredVerdict, Watch
from sellergate.ports.queries import Page, PageRequest


class MemoryWatches:
    """The one watch over the rollout."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def current(self) -> Watch | None:
        """The watch as it is; None when nobody ever had it."""
        return self._tables.watch.get(None)

    def save(self, before: Watch | None, after: Watch) -> None:
        """Compare and set by `before.beat`. Raises ConcurrentChange."""
        check_times(after.at)
        current = self.current()
        if (current.beat if current else None) != (before.beat if before else None):
            raise ConcurrentChange
        self._tables.watch.put(None, after)


class MemoryVerdicts:
    """What was judged."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, verdict: StoredVerdict) -> int:
        """Store it; the answer is its id."""
        check_times(verdict.at, verdict.since)
        id = (self._tables.verdicts_made.get(None) or 0) + 1
        self._tables.verdicts_made.put(None, id)
        self._tables.verdicts.put(id, replace(verdict, id=id))
        return id

    def get(self, id: int) -> StoredVerdict | None:
        """The verdict of this id, evidence and all, or None."""
        return self._tables.verdicts.get(id)

    def latest(self) -> StoredVerdict | None:
        """The newest one, without its evidence, or None."""
        newest = max(self._tables.verdicts, key=lambda verdict: verdict.id, default=None)
        return newest and replace(newest, evidence={})

    def list(self, page: PageRequest) -> Page[StoredVerdict]:
        """A page of them, newest first; without their evidence."""
        bare = (replace(verdict, evidence={}) for verdict in self._tables.verdicts)
        return page_of(bare, page, lambda verdict: (verdict.id,), types=(int,), descending=True)

    def forget(self, before: datetime) -> int:
        """Delete those of earlier than that which nothing in the rollout's history rests on."""
        kept = {change.verdict_id for change in self._tables.rollout_history}
        old = [verdict.id for verdict in self._tables.verdicts if verdict.at < before and verdict.id not in kept]
        for id in old:
            self._tables.verdicts.remove(id)
        return len(old)


class MemorySignOffs:
    """What people have signed."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, sign_off: SignOff) -> None:
        """Store it."""
        check_times(sign_off.at)
        self._tables.sign_offs.put(len(self._tables.sign_offs) + 1, sign_off)

    def since(self, moment: datetime | None) -> list[SignOff]:
        """Those of that moment and later, or all, oldest first."""
        return [signed for signed in self._tables.sign_offs if moment is None or signed.at >= moment]
