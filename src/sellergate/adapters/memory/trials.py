"""Trials in dictionaries."""

from dataclasses import replace

from sellergate.adapters.memory.paging import page_of
from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.trials import Trial, TrialKind
from sellergate.ports.queries import Page, PageRequest


class MemoryTrials:
    """What was tried, numbered from 1."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, trial: Trial) -> int:
        """Store it; the answer is its id."""
        check_times(trial.at)
        id = len(self._tables.trials) + 1
        self._tables.trials.put(id, replace(trial, id=id))
        return id

    def latest(self, kind: TrialKind) -> Trial | None:
        """The last of this kind, or None."""
        of_kind = (trial for trial in self._tables.trials if trial.kind is kind)
        return max(of_kind, key=lambda trial: (trial.at, trial.id), default=None)

    def list(self, page: PageRequest) -> Page[Trial]:
        """A page of them, those stored last first."""
        return page_of(list(self._tables.trials), page, lambda trial: (trial.id,), types=(int,), descending=True)
