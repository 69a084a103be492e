"""Adding denials to those that are stored, whatever they are counted by."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, case

from sellergate.adapters.sql.columns import ExactSum
from sellergate.adapters.sql.session import Session
from sellergate.domain.denials import Count


def add_counts(session: Session, table: Table, counts: Iterable[Count[Any]]) -> None:
    """Add to the table's counts; its primary key is what they are counted by, a named tuple of its columns."""
    # In one order for everybody: two that add to the same counts would otherwise wait for each other.
    rows = [_row_of(count) for count in sorted(counts, key=lambda count: count.key)]
    if not rows:
        return
    insert = session.insert_or(table)
    old, new = table.c, insert.excluded
    statement = insert.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={
            "count": old.count + new.count,
            "first_seen": case((old.first_seen <= new.first_seen, old.first_seen), else_=new.first_seen),
            "last_seen": case((old.last_seen >= new.last_seen, old.last_seen), else_=new.last_seen),
            "value": ExactSum(old.value, new.value),
        },
    )
    session.execute(statement, rows)


def _row_of(count: Count[Any]) -> dict[str, Any]:
    return {
        **count.key._asdict(),
        "count": count.count,
        "first_seen": count.first_seen,
        "last_seen": count.last_seen,
        "value": count.value,
    }
