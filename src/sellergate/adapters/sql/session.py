"""One transaction's connection, with the driver's errors translated."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import Column, Connection, CursorResult, Executable, Table, insert, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import Select

from sellergate.adapters.sql.engines import Database
from sellergate.adapters.sql.errors import as_store_errors
from sellergate.domain.errors import InvalidInput, SellergateError
from sellergate.ports.feed import Change

IDS_AT_ONCE: Final = 10_000
"""Below what any database takes as parameters of one statement."""
_INSERTS: Final[Mapping[str, Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Session:
    """What the stores of one work or view share."""

    __slots__ = ("_connection", "_database")

    def __init__(self, connection: Connection, database: Database) -> None:
        self._connection = connection
        self._database = database

    def execute(
        self,
        statement: Executable,
        parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        duplicate: type[SellergateError] | None = None,
    ) -> CursorResult[Any]:
        """Carry out one statement. Raises what `as_store_errors` raises, and InvalidInput for values no database takes."""
        try:
            with as_store_errors(duplicate):
                return self._connection.execute(statement, parameters)
        except (OverflowError, UnicodeEncodeError) as error:  # the driver's own, before it asks the database
            raise InvalidInput("A number is too large or a text is not Unicode.") from error

    def insert(
        self, table: Table, row: Mapping[str, Any], *, duplicate: type[SellergateError] | None = None
    ) -> tuple[Any, ...]:
        """Insert one row; the answer is its primary key."""
        key = self.execute(insert(table), row, duplicate=duplicate).inserted_primary_key
        return tuple(key or ())

    def put(self, table: Table, row: Mapping[str, Any], *, duplicate: type[SellergateError] | None = None) -> None:
        """Insert the row, or update the one with its primary key. `duplicate` is for its other unique columns.

        With `duplicate` a refused row leaves the transaction as it was and alive.
        """
        keys = [column.name for column in table.primary_key]
        new = self.insert_or(table)
        statement = new.on_conflict_do_update(
            index_elements=keys, set_={name: new.excluded[name] for name in row if name not in keys}
        )
        if duplicate is None:
            self.execute(statement, row)
            return
        with self._connection.begin_nested():
            self.execute(statement, row, duplicate=duplicate)

    def insert_new(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Insert the row unless its key is taken; whether it was inserted."""
        statement = self.insert_or(table).on_conflict_do_nothing().returning(literal(1))
        return self.execute(statement, row).first() is not None

    def insert_or(self, table: Table) -> Any:
        """An insert that can say what to do about a row that is there already."""
        return _INSERTS[self._connection.dialect.name](table)

    def announce(self, change: Change) -> int:
        """Put a change on the feed; the answer is its number."""
        return self._database.feed.announce(self._connection, change)

    def enter(self, table: Table, key: str) -> None:
        """Wait until no other work is about to enter this key into the table."""
        self._database.companions.enter(self._connection, table, key)

    def begin_sealing(self) -> None:
        """Wait until no other work is sealing events."""
        self._database.companions.begin_sealing(self._connection)

    def settled(self, after: int, sequences: Sequence[int]) -> int:
        """How many of these events, which follow upon event `after`, will stay neighbours."""
        return self._database.companions.settled(self._connection, after, sequences)

    def number(self, query: Select[Any]) -> int:
        """The one number that is asked for; 0 for none."""
        return self.execute(query).scalar() or 0

    def by_ids(self, query: Select[Any], column: Column[Any], ids: Iterable[Any]) -> Iterator[Any]:
        """The rows of `query` where `column` is one of the ids, some thousand ids at a time."""
        remaining = iter(set(ids))
        while some := list(islice(remaining, IDS_AT_ONCE)):
            yield from self.execute(query.where(column.in_(some)))
