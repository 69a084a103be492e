"""The change feed on PostgreSQL: numbers are transaction ids, and a snapshot says which of them have ended."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert

from sellergate.adapters.sql.engines.postgres.bell import Bell
from sellergate.adapters.sql.engines.postgres.connection import ServerConnection
from sellergate.adapters.sql.engines.postgres.reading import Readers
from sellergate.adapters.sql.errors import as_store_errors
from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.tables import changes
from sellergate.ports.feed import Change, ChangeKind, FeedPosition, Look

LONGEST_WORK: Final = timedelta(seconds=60)
"""A change is dated when it is announced, and seen when its work is committed: no work may take longer than this."""

A_BATCH: Final = 10_000

_row_of = as_row_of(Change, "sequence")

# One statement, so one snapshot: what it sees and what it says of running transactions belong together. A row from before a
# dump was restored may have a number this server has not reached yet; it is no news.
LOOK: Final = """
    WITH moment AS MATERIALIZED (
        SELECT snapshot, pg_snapshot_xmax(snapshot)::text::bigint AS ceiling,
            (SELECT system_identifier FROM pg_control_system()) || '/'
                || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) AS history
        FROM pg_current_snapshot() AS snapshot
    )
    SELECT moment.snapshot::text, moment.history, c.xid, c.kind, c.version, c.seller_id, c.product_id
    FROM moment LEFT JOIN changes c
        ON (c.xid > %(upto)s OR c.xid = ANY(%(open)s::bigint[])) AND c.xid < moment.ceiling
    ORDER BY c.sequence
"""
_NOTHING: Final = {"upto": 2**63 - 1, "open": []}
# By a time that stands still during a statement, or no index could be used. It is the earlier one.
RECENT: Final = """
    SELECT xid, kind, version, seller_id, product_id FROM changes
    WHERE at >= statement_timestamp() - make_interval(secs => %(seconds)s) ORDER BY sequence
"""
_FORGET: Final = """
    DELETE FROM changes WHERE sequence IN (
        SELECT sequence FROM changes WHERE at < statement_timestamp() - make_interval(secs => %s)
        ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED
    )
"""


class PostgresFeed:
    """Changes by the transaction that made them, which may end in any order.

    A position is a snapshot: transactions up to a number, but for those that were running. What a look must deliver is what
    has been committed since by exactly those and by later ones, and nothing is delivered twice.
    """

    def __init__(self, readers: Readers, bell: Bell) -> None:
        self._readers = readers
        self._bell = bell

    def announce(self, connection: Connection, change: Change) -> int:
        """Put a change on the feed; the answer is the number of the work's transaction. A trigger rings the bell."""
        with as_store_errors():
            number = connection.execute(insert(changes).returning(changes.c.xid), _row_of(change)).scalar_one()
        return int(number)

    def look(self, after: FeedPosition | None) -> Look:
        """See ChangeSource. Another history is another server, or this one after a standby has taken over from it."""
        asked = _NOTHING if after is None else {"upto": after.upto, "open": list(after.open)}
        rows = self._readers.read(lambda connection: connection.execute(LOOK, asked, prepare=False).fetchall())
        position = _position(*rows[0][:2])
        if after is not None and not _continues(after, position):
            return Look(position, continues=False)
        return Look(position, [_change(row[2:]) for row in rows if row[2] is not None])

    def recent(self, within: timedelta) -> list[Change]:
        """See ChangeSource."""
        seconds = (within + LONGEST_WORK).total_seconds()

        def ask(connection: ServerConnection) -> list[tuple[Any, ...]]:
            return connection.execute(RECENT, {"seconds": seconds}, prepare=False).fetchall()

        return [_change(row) for row in self._readers.read(ask)]

    def forget(self, connection: Connection, older_than: timedelta) -> int:
        """Delete changes that are older; the answer is how many. Some thousand at once, so that nobody waits."""
        with as_store_errors():
            return connection.exec_driver_sql(_FORGET, (older_than.total_seconds(), A_BATCH)).rowcount

    def may_have_changed(self) -> bool:
        """Always in doubt: a look asks for everything there is to know at once."""
        return True

    def wait(self, seconds: float) -> None:
        """See ChangeSource."""
        self._bell.wait(seconds)

    def ring(self) -> float | None:
        """Seconds from notifying to having heard of it."""
        return self._bell.round_trip()

    def health(self) -> Mapping[str, Any]:
        """How changes are noticed."""
        return self._bell.health()


def _position(snapshot: str, history: str) -> FeedPosition:
    _, ceiling, running = snapshot.split(":")
    return FeedPosition(int(ceiling) - 1, frozenset(map(int, running.split(","))) if running else frozenset(), history)


def _continues(after: FeedPosition, position: FeedPosition) -> bool:
    return after.history in ("", position.history) and after.upto <= position.upto


def _change(row: tuple[Any, ...]) -> Change:
    sequence, kind, version, seller_id, product_id = row
    return Change(kind=ChangeKind(kind), version=version, seller_id=seller_id, product_id=product_id, sequence=sequence)
