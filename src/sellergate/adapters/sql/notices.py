"""The in-app list and the outbox in SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from sellergate.adapters.positions import checked_position
from sellergate.adapters.sql.paging import read_page
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import notifications, outbox
from sellergate.domain.notices import Audience, Notice
from sellergate.ports.queries import Page, PageRequest
from sellergate.ports.stores import Inbound

_c = notifications.c


class SqlNotices:
    """Who is to be told what."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, notice: Notice) -> None:
        """Into the recipient's in-app list and into the outbox, both or neither."""
        (id,) = self._session.insert(notifications, _row_of(notice))
        self._session.insert(outbox, {"notification_id": id})

    def inbound(self, audience: Audience, recipient_id: str, page: PageRequest) -> Page[Inbound]:
        """A recipient's in-app list, newest first."""
        return read_page(
            self._session,
            select(notifications).where(_c.audience == audience, _c.recipient_id == recipient_id),
            page,
            order=(_c.id,),
            after=None if page.after is None else checked_position(page.after, int),
            descending=True,
            item=_inbound,
            position=lambda row: (row.id,),
        )

    def mark_read(self, id: int, audience: Audience, recipient_id: str, at: datetime) -> Inbound | None:
        """Mark one read, unless it was; None when the recipient has no such notice."""
        theirs = (_c.id == id, _c.audience == audience, _c.recipient_id == recipient_id)
        self._session.execute(update(notifications).where(*theirs, _c.read_at.is_(None)).values(read_at=at))
        row = self._session.execute(select(notifications).where(*theirs)).one_or_none()
        return None if row is None else _inbound(row)

    def unread(self, audience: Audience, recipient_id: str) -> int:
        """How many notices in the recipient's list have not been read."""
        theirs = (_c.audience == audience, _c.recipient_id == recipient_id, _c.read_at.is_(None))
        return self._session.number(select(func.count()).select_from(notifications).where(*theirs))

    def outbox_size(self) -> int:
        """How many messages wait for a courier."""
        return self._session.number(select(func.count()).select_from(outbox))


def _row_of(notice: Notice) -> Mapping[str, Any]:
    return {
        "kind": notice.kind,
        "audience": notice.audience,
        "recipient_id": notice.recipient_id,
        "facts": dict(notice.facts),
        "at": notice.at,
    }


def _inbound(row: Row[Any]) -> Inbound:
    notice = Notice(kind=row.kind, audience=row.audience, recipient_id=row.recipient_id, facts=row.facts, at=row.at)
    return Inbound(id=row.id, notice=notice, read_at=row.read_at)
