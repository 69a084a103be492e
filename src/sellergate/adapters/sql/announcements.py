"""What was announced, in SQL: the unique key says who tells, the cursor whose portion counts."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, delete, select, update

from sellergate.adapters.positions import checked_position
from sellergate.adapters.sql.paging import read_page
from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import announcements, step_dates
from sellergate.domain.announced import Announced
from sellergate.domain.announcements import StepDate
from sellergate.ports.queries import Page, PageRequest

_c = announcements.c
_fields = as_row_of(Announced, "id", "places", "texts")
_date_row = as_row_of(StepDate)


class SqlAnnouncements:
    """See ports.announcements.Announcements."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, announced: Announced) -> int | None:
        """Store it; None when there is one of this key."""
        new = self._session.insert_or(announcements).on_conflict_do_nothing().returning(_c.id)
        id = self._session.execute(new, _row_of(announced)).scalar_one_or_none()
        return None if id is None else int(id)

    def save(self, before: Announced, after: Announced) -> bool:
        """Compare and set by cursor and end; the number of rows decides."""
        at_cursor = _c.cursor.is_(None) if before.cursor is None else _c.cursor == before.cursor
        ended = _c.done_at.is_(None) if before.done_at is None else _c.done_at == before.done_at
        mine = update(announcements).where(_c.key == before.key, at_cursor, ended)
        return self._session.execute(mine.values(_row_of(after))).rowcount == 1

    def of_keys(self, keys: Iterable[str]) -> Mapping[str, Announced]:
        """Those of these keys, by key."""
        return {row.key: _announced(row) for row in self._session.by_ids(select(announcements), _c.key, keys)}

    def unfinished(self) -> list[Announced]:
        """Those that have recipients left to tell, oldest first."""
        open_ = select(announcements).where(_c.done_at.is_(None)).order_by(_c.id)
        return [_announced(row) for row in self._session.execute(open_)]

    def list(self, page: PageRequest) -> Page[Announced]:
        """A page of them, newest first."""
        return read_page(
            self._session,
            select(announcements),
            page,
            order=(_c.id,),
            after=None if page.after is None else checked_position(page.after, int),
            descending=True,
            item=_announced,
            position=lambda row: (row.id,),
        )

    def dates(self) -> Mapping[str, StepDate]:
        """The dates that were set, by step."""
        return {row.step: StepDate(**row._mapping) for row in self._session.execute(select(step_dates))}  # noqa: SLF001

    def set_date(self, date: StepDate) -> None:
        """Store the date of a step in place of any other."""
        self._session.put(step_dates, _date_row(date))

    def clear_date(self, step: str) -> bool:
        """Forget the date of a step; False if there was none."""
        return self._session.execute(delete(step_dates).where(step_dates.c.step == step)).rowcount == 1


def _row_of(announced: Announced) -> dict[str, Any]:
    texts = {name: dict(words) for name, words in announced.texts.items()}
    return {**_fields(announced), "texts": texts, "places": list(announced.places)}


def _announced(row: Row[Any]) -> Announced:
    return Announced(**{**row._mapping, "places": tuple(row.places)})  # noqa: SLF001
