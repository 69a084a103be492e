"""The in-app list and the outbox in SQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, func, select, update

from sellergate.adapters.positions import checked_position
from sellergate.adapters.sql.paging import read_page
from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import notice_preferences, notices_said, notifications, outbox
from sellergate.domain.notices import Audience, Notice
from sellergate.domain.preferences import Preferences, Said
from sellergate.ports.notices import Inbound
from sellergate.ports.queries import Page, PageRequest

_c = notifications.c
_preferences_row = as_row_of(Preferences, "muted")


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
        """How many notices wait in the outbox."""
        return self._session.number(select(func.count()).select_from(outbox))

    def waits(self) -> bool:
        """Whether a notice waits in the outbox."""
        return self._session.execute(select(outbox.c.id).order_by(outbox.c.id).limit(1)).first() is not None

    def take(self, limit: int) -> list[Inbound]:
        """Out of the outbox, oldest first; what another work takes at the same time is left to it."""
        oldest = select(outbox.c.id).order_by(outbox.c.id).limit(limit).with_for_update(skip_locked=True)
        taken = delete(outbox).where(outbox.c.id.in_(oldest)).returning(outbox.c.notification_id)
        ids = self._session.execute(taken).scalars().all()
        rows = self._session.by_ids(select(notifications), _c.id, ids)
        return sorted((_inbound(row) for row in rows), key=lambda inbound: inbound.id)

    def said(self, thread: str) -> Said | None:
        """What was last said in this thread, or None."""
        last = select(notices_said.c.fingerprint, notices_said.c.at).where(notices_said.c.thread == thread)
        row = self._session.execute(last).one_or_none()
        return None if row is None else Said(row.fingerprint, row.at)

    def say(self, thread: str, said: Said) -> None:
        """Remember what was said last."""
        self._session.put(notices_said, {"thread": thread, "fingerprint": said.fingerprint, "at": said.at})

    def preferences(self, audience: Audience, recipient_id: str) -> Preferences | None:
        """The recipient's choices, or None when they never made any."""
        c = notice_preferences.c
        theirs = select(notice_preferences).where(c.audience == audience, c.recipient_id == recipient_id)
        row = self._session.execute(theirs).one_or_none()
        if row is None:
            return None
        return Preferences(
            email=row.email, digest=row.digest, muted=frozenset(row.muted), locale=row.locale, zone=row.zone
        )

    def put_preferences(self, audience: Audience, recipient_id: str, preferences: Preferences) -> None:
        """Store them whole."""
        key = {"audience": audience, "recipient_id": recipient_id, "muted": sorted(preferences.muted)}
        self._session.put(notice_preferences, {**key, **_preferences_row(preferences)})

    def forget(self, before: datetime) -> int:
        """Delete in-app notices of before then that are not in the outbox, and what was said then; how many notices."""
        self._session.execute(delete(notices_said).where(notices_said.c.at < before))
        waits = exists().where(outbox.c.notification_id == _c.id)
        return self._session.execute(delete(notifications).where(_c.at < before, ~waits)).rowcount


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
