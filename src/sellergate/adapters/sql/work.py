"""One transaction over all stores."""

from dataclasses import replace

from sqlalchemy import Connection

from sellergate.adapters.sql.authorizations import SqlAuthorizations
from sellergate.adapters.sql.directory import SqlDirectory
from sellergate.adapters.sql.engines import Database
from sellergate.adapters.sql.events import SqlEvents
from sellergate.adapters.sql.idempotency import SqlIdempotencyKeys
from sellergate.adapters.sql.notices import SqlNotices
from sellergate.adapters.sql.processes import SqlProcesses
from sellergate.adapters.sql.rollouts import SqlRollouts
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.shadow import SqlShadow
from sellergate.adapters.sql.trials import SqlTrials
from sellergate.ports.feed import Change
from sellergate.ports.stores import (
    Authorizations,
    Directory,
    Events,
    IdempotencyKeys,
    Notices,
    Processes,
    Rollouts,
    ShadowRecords,
)
from sellergate.ports.trials import TrialRecords


class SqlWork:
    """All stores on one connection, and what has been announced so far."""

    __slots__ = (
        "_session",
        "announced",
        "authorizations",
        "directory",
        "events",
        "idempotency",
        "notices",
        "processes",
        "rollouts",
        "shadow",
        "trials",
    )  # fmt: skip

    def __init__(self, connection: Connection, database: Database) -> None:
        session = self._session = Session(connection, database)
        self.announced: list[Change] = []
        self.authorizations: Authorizations = SqlAuthorizations(session)
        self.directory: Directory = SqlDirectory(session)
        self.events: Events = SqlEvents(session)
        self.notices: Notices = SqlNotices(session)
        self.rollouts: Rollouts = SqlRollouts(session)
        self.shadow: ShadowRecords = SqlShadow(session)
        self.idempotency: IdempotencyKeys = SqlIdempotencyKeys(session)
        self.processes: Processes = SqlProcesses(session)
        self.trials: TrialRecords = SqlTrials(session)

    def announce(self, change: Change) -> int:
        """Put a change on the feed, visible with the commit; the answer is its number."""
        sequence = self._session.announce(change)
        self.announced.append(replace(change, sequence=sequence))
        return sequence
