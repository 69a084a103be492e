"""The change feed on SQLite: numbers are given under the write lock, so their order is the order of the commits."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, insert, select, text

from sellergate.adapters.sql.engines.sqlite.sharing import CommitWatch
from sellergate.adapters.sql.errors import as_store_errors
from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.tables import changes
from sellergate.ports.clock import Clock
from sellergate.ports.feed import Change, FeedPosition, Look

LOOK_SECONDS: Final = 0.01
"""There is nothing to listen to. A look that finds nothing costs some microseconds."""

_row_of = as_row_of(Change, "sequence")
_CHANGES: Final[Select[Any]] = select(
    changes.c.sequence, changes.c.kind, changes.c.version, changes.c.seller_id, changes.c.product_id
).order_by(changes.c.sequence)

_NEWEST: Final = text("SELECT seq FROM sqlite_sequence WHERE name = 'changes'")
"""The last number given, whether or not its change is still kept."""


class SqliteFeed:
    """Changes by sequence number. The clock is this machine's: it is the database's as well."""

    def __init__(
        self, reading: Callable[[], AbstractContextManager[Connection]], watch: CommitWatch, *, now: Clock
    ) -> None:
        self._reading = reading
        self._watch = watch
        self._now = now

    def announce(self, connection: Connection, change: Change) -> int:
        """Put a change on the feed; the answer is its number."""
        with as_store_errors():
            key = connection.execute(insert(changes), {**_row_of(change), "at": self._now()}).inserted_primary_key
        return int((key or (0,))[0])

    def look(self, after: FeedPosition | None) -> Look:
        """See ChangeSource. A file that was put back to an older state has less than was seen before."""
        with self._reading() as connection, as_store_errors():
            newest = connection.execute(_NEWEST).scalar() or 0
            if after is None or after.upto > newest:
                return Look(FeedPosition(newest), continues=after is None)
            later = connection.execute(_CHANGES.where(changes.c.sequence > after.upto))
            return Look(FeedPosition(newest), [_change(row) for row in later])

    def recent(self, within: timedelta) -> list[Change]:
        """See ChangeSource."""
        with self._reading() as connection, as_store_errors():
            return [_change(row) for row in connection.execute(_CHANGES.where(changes.c.at >= self._now() - within))]

    def forget(self, connection: Connection, older_than: timedelta) -> int:
        """Delete changes that are older; the answer is how many."""
        with as_store_errors():
            return connection.execute(delete(changes).where(changes.c.at < self._now() - older_than)).rowcount

    def may_have_changed(self) -> bool:
        """See ChangeSource."""
        return self._watch.may_have_changed()

    def wait(self, seconds: float) -> None:
        """See ChangeSource."""
        time.sleep(min(seconds, LOOK_SECONDS))

    def ring(self) -> float | None:
        """There is no bell."""
        return None

    def health(self) -> Mapping[str, Any]:
        """How changes are noticed."""
        return {"noticedBy": "polling"}


def _change(row: Row[Any]) -> Change:
    return Change(**row._mapping)  # noqa: SLF001
