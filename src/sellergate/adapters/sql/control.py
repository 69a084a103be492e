"""The controller's watch, verdicts and sign-offs in SQL."""

import json
import zlib
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, select, update

from sellergate.adapters.positions import checked_position
from sellergate.adapters.sql.paging import read_page
from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import THE_ROLLOUT, rollout_history, rollout_watch, sign_offs, verdicts
from sellergate.domain.errors import ConcurrentChange
from sellergate.ports.control import SignOff, StoredVerdict, Watch
from sellergate.ports.queries import Page, PageRequest

_watch_row = as_row_of(Watch)
_verdict_row = as_row_of(StoredVerdict, "id", "evidence")
_sign_off_row = as_row_of(SignOff)
_SHOWN = [column for column in verdicts.c if column.name != "evidence"]


class SqlWatches:
    """The one watch over the rollout."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def current(self) -> Watch | None:
        """The watch as it is; None when nobody ever had it."""
        row = self._session.execute(select(rollout_watch)).one_or_none()
        return None if row is None else Watch(holder=row.holder, beat=row.beat, at=row.at)

    def save(self, before: Watch | None, after: Watch) -> None:
        """Compare and set by `before.beat`. Raises ConcurrentChange."""
        if not self._write(before, _watch_row(after)):
            raise ConcurrentChange

    def _write(self, before: Watch | None, row: dict[str, Any]) -> bool:
        if before is None:
            return self._session.insert_new(rollout_watch, {"id": THE_ROLLOUT, **row})
        mine = update(rollout_watch).where(rollout_watch.c.beat == before.beat)
        return self._session.execute(mine.values(row)).rowcount == 1


class SqlVerdicts:
    """What was judged."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, verdict: StoredVerdict) -> int:
        """Store it; the answer is its id."""
        row = {**_verdict_row(verdict), "evidence": _packed(verdict.evidence)}
        (id,) = self._session.insert(verdicts, row)
        return int(id)

    def get(self, id: int) -> StoredVerdict | None:
        """The verdict of this id, evidence and all, or None."""
        row = self._session.execute(select(verdicts).where(verdicts.c.id == id)).one_or_none()
        return None if row is None else _verdict(row)

    def latest(self) -> StoredVerdict | None:
        """The newest one, without its evidence, or None."""
        row = self._session.execute(select(*_SHOWN).order_by(verdicts.c.id.desc()).limit(1)).one_or_none()
        return None if row is None else _verdict(row)

    def list(self, page: PageRequest) -> Page[StoredVerdict]:
        """A page of them, newest first; without their evidence."""
        return read_page(
            self._session,
            select(*_SHOWN),
            page,
            order=(verdicts.c.id,),
            after=None if page.after is None else checked_position(page.after, int),
            descending=True,
            item=_verdict,
            position=lambda row: (row.id,),
        )

    def forget(self, before: datetime) -> int:
        """Delete those of earlier than that which nothing in the rollout's history rests on."""
        rests = exists().where(rollout_history.c.verdict_id == verdicts.c.id)
        return self._session.execute(delete(verdicts).where(verdicts.c.at < before, ~rests)).rowcount


class SqlSignOffs:
    """What people have signed."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, sign_off: SignOff) -> None:
        """Store it."""
        self._session.insert(sign_offs, _sign_off_row(sign_off))

    def since(self, moment: datetime | None) -> list[SignOff]:
        """Those of that moment and later, or all, oldest first."""
        asked = select(sign_offs).order_by(sign_offs.c.id)
        rows = self._session.execute(asked if moment is None else asked.where(sign_offs.c.at >= moment)).mappings()
        return [SignOff(**{name: value for name, value in row.items() if name != "id"}) for row in rows]


def _packed(evidence: Any) -> bytes:
    return zlib.compress(json.dumps(evidence, separators=(",", ":")).encode())


def _verdict(row: Row[Any]) -> StoredVerdict:
    facts = dict(row._mapping)  # noqa: SLF001
    packed = facts.pop("evidence", None)
    return StoredVerdict(**facts, evidence={} if packed is None else json.loads(zlib.decompress(packed)))
