"""The managed rollout and its history in SQL."""

from typing import Any

from sqlalchemy import Row, select, update

from sellergate.adapters.positions import checked_position
from sellergate.adapters.sql.paging import read_page
from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import THE_ROLLOUT, rollout_history, rollout_state
from sellergate.domain.errors import ConcurrentChange
from sellergate.domain.rollout import RolloutAction, RolloutChange, RolloutState
from sellergate.ports.queries import Page, PageRequest

_state_row = as_row_of(RolloutState, "kill_switch", "tripped")
_change_row = as_row_of(RolloutChange)


class SqlRollouts:
    """One state, and every change that led to it. A kill switch or a trip is a process's own and is not stored."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def current(self) -> RolloutState | None:
        """The managed state, or None when nobody has managed the rollout yet."""
        row = self._session.execute(select(rollout_state)).mappings().one_or_none()
        if row is None:
            return None
        fields = {name: value for name, value in row.items() if name != "id"}
        return RolloutState(**{**fields, "canary_products": frozenset(fields["canary_products"])})

    def save(self, before_version: int, state: RolloutState, change: RolloutChange) -> None:
        """Compare and set by version; `change` goes into the history. Raises ConcurrentChange."""
        row = {**_state_row(state), "canary_products": sorted(state.canary_products)}
        if not self._write(before_version, row):
            raise ConcurrentChange
        self._session.insert(rollout_history, {**_change_row(change), "overridden": list(change.overridden)})

    def _write(self, before_version: int, row: dict[str, Any]) -> bool:
        if before_version == 0:
            return self._session.insert_new(rollout_state, {"id": THE_ROLLOUT, **row})
        mine = update(rollout_state).where(rollout_state.c.version == before_version)
        return self._session.execute(mine.values(row)).rowcount == 1

    def history(self, page: PageRequest) -> Page[RolloutChange]:
        """The changes, newest first."""
        return read_page(
            self._session,
            select(rollout_history),
            page,
            order=(rollout_history.c.id,),
            after=None if page.after is None else checked_position(page.after, int),
            descending=True,
            item=_change,
            position=lambda row: (row.id,),
        )

    def last(self, action: RolloutAction) -> RolloutChange | None:
        """The newest change by this action, or None."""
        its = rollout_history.c
        row = self._session.execute(
            select(rollout_history).where(its.action == action).order_by(its.id.desc()).limit(1)
        ).one_or_none()
        return None if row is None else _change(row)


def _change(row: Row[Any]) -> RolloutChange:
    fields = {name: value for name, value in row._mapping.items() if name != "id"}  # noqa: SLF001
    return RolloutChange(**{**fields, "overridden": tuple(fields["overridden"])})
