"""The change feed in SQL: a table that every work writes to and every process reads."""

from typing import Any

from sqlalchemy import Row, func, select

from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import changes
from sellergate.ports.feed import Change

_row_of = as_row_of(Change, "sequence")


def announce(session: Session, change: Change) -> int:
    """Put a change on the feed; the answer is its sequence number."""
    (sequence,) = session.insert(changes, _row_of(change))
    return int(sequence)


def latest(session: Session) -> int:
    """The newest sequence number; 0 for none."""
    return session.number(select(func.max(changes.c.sequence)))


def since(session: Session, sequence: int) -> list[Change]:
    """The changes after `sequence`, in order."""
    later = select(changes).where(changes.c.sequence > sequence).order_by(changes.c.sequence)
    return [_change(row) for row in session.execute(later)]


def _change(row: Row[Any]) -> Change:
    return Change(**row._mapping)  # noqa: SLF001
