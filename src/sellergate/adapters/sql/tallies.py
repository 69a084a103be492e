"""How many authorizations stand where, without counting them: triggers keep a tally, see the migrations."""

from collections import Counter
from dataclasses import replace
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, tuple_, union_all

from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import authorization_tallies, authorizations
from sellergate.domain.authorization import Status
from sellergate.ports.queries import AuthorizationQuery, PageRequest
from sellergate.ports.stores import Inbox

_c = authorization_tallies.c
_SUM: Final = func.sum(_c.number)
_GROUP: Final = (_c.supplier_id, _c.status)

ROWS_A_GROUP: Final = 16
"""A group with more rows is worth folding."""
GROUPS_AT_ONCE: Final = 200


def tallied(session: Session, query: AuthorizationQuery) -> int | None:
    """How many authorizations match; None where the query asks for more than suppliers and statuses, and one has to count."""
    counted = AuthorizationQuery(supplier_id=query.supplier_id, statuses=query.statuses, sort=query.sort)
    if replace(query, page=PageRequest()) != counted:
        return None
    wanted: list[ColumnElement[bool]] = []
    if query.supplier_id is not None:
        wanted.append(_c.supplier_id == query.supplier_id)
    if query.statuses:
        wanted.append(_c.status.in_(sorted(query.statuses)))
    return session.number(select(_SUM).where(*wanted))


def tallies_by_status(session: Session) -> dict[Status, int]:
    """How many authorizations stand where; statuses without any are left out."""
    sums = select(_c.status, _SUM.label("number")).group_by(_c.status).having(_SUM != 0)
    return {row.status: int(row.number) for row in session.execute(sums)}


def approvals_by_supplier(session: Session) -> dict[str, int]:
    """How many authorizations of each supplier are approved; suppliers without any are left out."""
    sums = select(_c.supplier_id, _SUM.label("number")).where(_c.status == Status.APPROVED).group_by(_c.supplier_id)
    return {row.supplier_id: int(row.number) for row in session.execute(sums.having(_SUM != 0))}


def fullest_inboxes(session: Session, limit: int) -> list[Inbox]:
    """The suppliers with the most requests waiting, of several with as many the first by id."""
    pending = _SUM.label("pending")
    waiting = select(_c.supplier_id, pending).where(_c.status == Status.REQUESTED).group_by(_c.supplier_id)
    fullest = waiting.having(pending > 0).order_by(pending.desc(), _c.supplier_id).limit(limit)
    return [Inbox(row.supplier_id, int(row.pending)) for row in session.execute(fullest)]


def tallies_by_group(connection: Connection) -> dict[tuple[str, Status], int]:
    """How many authorizations each supplier has of each status."""
    sums = select(*_GROUP, _SUM.label("number")).group_by(*_GROUP).having(_SUM != 0)
    return {(row.supplier_id, row.status): int(row.number) for row in connection.execute(sums)}


def count_by_group(connection: Connection) -> dict[tuple[str, Status], int]:
    """The same, counted."""
    its = authorizations.c
    counted = select(its.supplier_id, its.status, func.count().label("number")).group_by(its.supplier_id, its.status)
    return {(row.supplier_id, row.status): row.number for row in connection.execute(counted)}


def recount(session: Session) -> int:
    """Count, and add what the tally lacks; the answer is how many groups lacked something.

    One statement, so one moment: what it counts and what the triggers have noted belong together, whoever writes meanwhile.
    """
    its = authorizations.c
    counted = select(its.supplier_id, its.status, func.count().label("number")).group_by(its.supplier_id, its.status)
    both = union_all(counted, select(*_GROUP, (-_SUM).label("number")).group_by(*_GROUP)).subquery()
    lacking = select(both.c.supplier_id, both.c.status, func.sum(both.c.number)).group_by(
        both.c.supplier_id, both.c.status
    )
    missing = lacking.having(func.sum(both.c.number) != 0)
    added = insert(authorization_tallies).from_select(["supplier_id", "status", "number"], missing).returning(_c.id)
    return len(session.execute(added).all())


def fold_tallies(session: Session) -> int:
    """Put the rows of long groups together; the answer is how many rows there are fewer.

    Sums stay what they are at every moment. Rows that another process folds at the same time are left to it.
    """
    long = select(*_GROUP).group_by(*_GROUP).having(func.count() > ROWS_A_GROUP).limit(GROUPS_AT_ONCE)
    groups = [tuple(row) for row in session.execute(long)]
    if not groups:
        return 0
    theirs = select(_c.id).where(tuple_(*_GROUP).in_(groups)).with_for_update(skip_locked=True)
    gone = session.execute(
        delete(authorization_tallies).where(_c.id.in_(theirs)).returning(_c.supplier_id, _c.status, _c.number)
    ).all()
    sums: Counter[tuple[str, Status]] = Counter()
    for row in gone:
        sums[row.supplier_id, row.status] += row.number
    rows = [
        {"supplier_id": supplier_id, "status": status, "number": number}
        for (supplier_id, status), number in sorted(sums.items())
        if number
    ]
    if rows:
        session.execute(insert(authorization_tallies), rows)
    return len(gone) - len(rows)
