"""What a store needs of an engine, as Protocols: what differs between databases lies behind these."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Index, Table

from sellergate.adapters.sql.engines.plans import Plan
from sellergate.domain.gate import Facts
from sellergate.ports.feed import Change, FeedPosition, Look
from sellergate.ports.survey import DatabaseSurvey


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many connections a process holds to a server, and how long the server may take for one statement.

    With a replica: where lists and reports may be read, and how old they may be.
    """

    pool_size: int = 10
    statement: timedelta = timedelta(seconds=5)
    replica_url: str | None = None
    replica_lag: timedelta = timedelta(seconds=10)


class Companions(Protocol):
    """What a work does about others that write at the same time. Where works take turns, nothing."""

    def enter(self, connection: Connection, table: Table, key: str) -> None:
        """Wait until no other work is about to enter this key, and keep others waiting until this work ends."""

    def begin_sealing(self, connection: Connection) -> None:
        """Wait until no other work is sealing, and keep others waiting until this work ends."""

    def settled(self, connection: Connection, after: int, sequences: Sequence[int]) -> int:
        """How many of these events, which were read since `begin_sealing` and follow upon event `after`, will stay neighbours:
        no event with a number between them can appear any more.
        """


class Feed(Protocol):
    """The engine's part in the change feed; see ports.feed for what is promised."""

    def announce(self, connection: Connection, change: Change) -> int:
        """Put a change on the feed; the answer is its number."""

    def look(self, after: FeedPosition | None) -> Look:
        """See ChangeSource."""

    def recent(self, within: timedelta) -> list[Change]:
        """See ChangeSource."""

    def forget(self, connection: Connection, older_than: timedelta) -> int:
        """Delete changes that are older, by the database's clock; the answer is how many."""

    def may_have_changed(self) -> bool:
        """See ChangeSource."""

    def wait(self, seconds: float) -> None:
        """See ChangeSource."""

    def ring(self) -> float | None:
        """Seconds from notifying to having heard of it; None where changes are noticed otherwise. Raises StoreUnavailable."""

    def health(self) -> Mapping[str, Any]:
        """How changes are noticed, for people."""


class Beside(Protocol):
    """A copy of the database that may be somewhat older."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one moment. Raises StoreUnavailable when the copy cannot be used."""

    def written(self) -> None:
        """This process has committed something, or heard that others have: from now on the copy must know it as well."""

    def look(self) -> Mapping[str, Any]:
        """Its health, found out now; never raises."""

    def health(self) -> Mapping[str, Any]:
        """Whether the last list was read from it, how old that was at most, and why not. Nobody is asked; never raises."""


class Database(Protocol):
    """One database. Everything raises StoreUnavailable when it cannot be reached or does not answer in time."""

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's part of it, for statements that are the same everywhere."""

    @property
    def companions(self) -> Companions:
        """Who else writes."""

    @property
    def feed(self) -> Feed:
        """The engine's part in the change feed."""

    @property
    def replica(self) -> Beside | None:
        """A copy to read lists from, if there is one."""

    def create(self) -> None:
        """Make what a migration needs to be there."""

    def check(self) -> None:
        """Raises StoreUnavailable when there plainly is no such database."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that reads what is true and writes: committed when the block ends, undone when it raises.

        Raises RuntimeError inside another one of the same thread.
        """

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one moment; whatever is written in it raises or is lost."""

    def migrating(self) -> AbstractContextManager[Connection]:
        """A connection that nobody else migrates beside: others that want to wait until it is given back. Where a migration
        cannot run beside others anyway, it is in a transaction.
        """

    def facts(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:
        """See FactsReader."""

    def survey(self, connection: Connection) -> DatabaseSurvey:
        """What there is to say about the server."""

    def plan_of(self, connection: Connection, statement: str, parameters: Any) -> Plan:
        """How the rows of the statement would be found."""

    def own_statements(self, seller_id: str, product_id: str) -> Mapping[str, tuple[str, Any]]:
        """What is asked past SQLAlchemy, by name, with its parameters."""

    def small_tables(self, connection: Connection) -> frozenset[str]:
        """Tables in which nothing is won by an index yet."""

    def prefer_indexes(self, connection: Connection) -> None:
        """In this transaction an index is used wherever there is one, in small tables as well."""

    def missing_indexes(self, connection: Connection, names: Iterable[str]) -> frozenset[str]:
        """Those of the named indexes that cannot be used. Engines name some of them themselves: those are not missing."""

    def remade(self, index: Index) -> str:
        """The statements that make an index anew while others go on."""

    def empty(self) -> str:
        """What to say when it has no tables."""

    def close(self) -> None:
        """Let go of all connections."""
