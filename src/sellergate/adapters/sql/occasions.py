"""What time brings about, in SQL: found by the records that lack the mark."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, select

from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import authorizations, notice_marks
from sellergate.domain.authorization import Authorization, Status
from sellergate.domain.notices import Kind
from sellergate.ports.notices import Mark

_c = authorizations.c
_m = notice_marks.c


class SqlOccasions:
    """The primary key of the marks says who tells."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def settle(self, mark: Mark, at: datetime) -> bool:
        """True if this call made the mark, False if it was there."""
        row = {"kind": mark.kind, "subject": mark.subject, "version": mark.version, "at": at}
        return self._session.insert_new(notice_marks, row)

    def unsettle(self, mark: Mark) -> bool:
        """Take a mark back; False if it was not there."""
        its = (_m.kind == mark.kind, _m.subject == mark.subject, _m.version == mark.version)
        return self._session.execute(delete(notice_marks).where(*its)).rowcount == 1

    def settled(self, kind: str) -> list[Mark]:
        """Every mark of a kind, by subject and version."""
        of_kind = select(_m.kind, _m.subject, _m.version).where(_m.kind == kind).order_by(_m.subject, _m.version)
        return [Mark(row.kind, row.subject, row.version) for row in self._session.execute(of_kind)]

    def expiring(self, now: datetime, until: datetime, limit: int) -> list[Authorization]:
        """Approvals that end soon and of which nobody has told."""
        soon = (_c.status == Status.APPROVED, _c.expires_at.is_not(None), _c.expires_at > now, _c.expires_at <= until)
        untold = select(authorizations).where(*soon, _lacks(Kind.EXPIRING))
        return self._records(untold.order_by(_c.expires_at, _c.id).limit(limit))

    def unanswered(self, since: datetime, limit: int) -> list[Authorization]:
        """Requests that have waited for long and of which nobody has told."""
        # A request that was resubmitted waits since then; the other condition is there for the index.
        waiting = (_c.status == Status.REQUESTED, _c.updated_at <= since, _c.requested_at <= since)
        untold = select(authorizations).where(*waiting, _lacks(Kind.UNANSWERED))
        return self._records(untold.order_by(_c.requested_at, _c.id).limit(limit))

    def forget(self, before: datetime) -> int:
        """Delete marks of before then."""
        return self._session.execute(delete(notice_marks).where(_m.at < before)).rowcount

    def _records(self, query: Select[Any]) -> list[Authorization]:
        return [Authorization(**row._mapping) for row in self._session.execute(query)]  # noqa: SLF001


def _lacks(kind: Kind) -> ColumnElement[bool]:
    return ~exists().where(_m.kind == kind.value, _m.subject == _c.id, _m.version == _c.version)
