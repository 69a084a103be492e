"""Trials in SQL."""

from typing import Final

from sqlalchemy import select

from sellergate.adapters.positions import checked_position
from sellergate.adapters.sql.paging import read_page
from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import rollout_trials
from sellergate.domain.trials import Trial, TrialKind
from sellergate.ports.queries import Page, PageRequest

_c = rollout_trials.c
_trial_row = as_row_of(Trial, "id")
_NEWEST_FIRST: Final = (_c.at.desc(), _c.id.desc())


class SqlTrials:
    """What was tried."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, trial: Trial) -> int:
        """Store it; the answer is its id."""
        row = {**_trial_row(trial), "summary": dict(trial.summary)}
        (id,) = self._session.insert(rollout_trials, row)
        return int(id)

    def latest(self, kind: TrialKind) -> Trial | None:
        """The last of this kind, or None."""
        of_kind = select(rollout_trials).where(_c.kind == kind).order_by(*_NEWEST_FIRST).limit(1)
        row = self._session.execute(of_kind).mappings().one_or_none()
        return None if row is None else Trial(**row)

    def list(self, page: PageRequest) -> Page[Trial]:
        """A page of them, those stored last first."""
        return read_page(
            self._session,
            select(rollout_trials),
            page,
            order=(_c.id,),
            after=None if page.after is None else checked_position(page.after, int),
            descending=True,
            item=lambda row: Trial(**row._mapping),  # noqa: SLF001
            position=lambda row: (row.id,),
        )
