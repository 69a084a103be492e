"""One transaction over all stores."""

from dataclasses import replace

from sqlalchemy import Connection

from sellergate.adapters.sql.announcements import SqlAnnouncements
from sellergate.adapters.sql.authorizations import SqlAuthorizations
from sellergate.adapters.sql.bulk_jobs import SqlBulkJobs
from sellergate.adapters.sql.control import SqlSignOffs, SqlVerdicts, SqlWatches
from sellergate.adapters.sql.denials import SqlDenials
from sellergate.adapters.sql.directory import SqlDirectory
from sellergate.adapters.sql.engines import Database
from sellergate.adapters.sql.events import SqlEvents
from sellergate.adapters.sql.idempotency import SqlIdempotencyKeys
from sellergate.adapters.sql.measurements import SqlMeasurements
from sellergate.adapters.sql.messages import SqlMessages
from sellergate.adapters.sql.notices import SqlNotices
from sellergate.adapters.sql.occasions import SqlOccasions
from sellergate.adapters.sql.processes import SqlProcesses
from sellergate.adapters.sql.reports import SqlReports
from sellergate.adapters.sql.rollouts import SqlRollouts
from sellergate.adapters.sql.scheduling import SqlScheduledDecisions
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.sessions import SqlPreferences, SqlSessions
from sellergate.adapters.sql.shadow import SqlShadow
from sellergate.adapters.sql.trials import SqlTrials
from sellergate.domain.authorization import Action
from sellergate.ports.announcements import Announcements
from sellergate.ports.control import SignOffs, Verdicts, Watches
from sellergate.ports.denials import Denials
from sellergate.ports.feed import Change
from sellergate.ports.measurements import MeasurementWindows
from sellergate.ports.notices import Messages, Notices, Occasions
from sellergate.ports.reports import Reports
from sellergate.ports.scheduling import BulkJobRecords, ScheduledDecisions
from sellergate.ports.sessions import PreferenceRecords, Sessions
from sellergate.ports.stores import (
    Authorizations,
    Directory,
    Events,
    IdempotencyKeys,
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
        "announcements",
        "authorizations",
        "denials",
        "directory",
        "events",
        "idempotency",
        "jobs",
        "messages",
        "moved",
        "notices",
        "occasions",
        "preferences",
        "processes",
        "reports",
        "rollouts",
        "scheduled",
        "sessions",
        "shadow",
        "sign_offs",
        "trials",
        "verdicts",
        "watches",
        "windows",
    )  # fmt: skip

    def __init__(self, connection: Connection, database: Database) -> None:
        session = self._session = Session(connection, database)
        self.announced: list[Change] = []
        self.moved: list[Action] = []
        self.authorizations: Authorizations = SqlAuthorizations(session)
        self.directory: Directory = SqlDirectory(session)
        self.events: Events = SqlEvents(session)
        self.notices: Notices = SqlNotices(session)
        self.messages: Messages = SqlMessages(session)
        self.occasions: Occasions = SqlOccasions(session)
        self.rollouts: Rollouts = SqlRollouts(session)
        self.reports: Reports = SqlReports(session)
        self.shadow: ShadowRecords = SqlShadow(session)
        self.idempotency: IdempotencyKeys = SqlIdempotencyKeys(session)
        self.processes: Processes = SqlProcesses(session)
        self.watches: Watches = SqlWatches(session)
        self.verdicts: Verdicts = SqlVerdicts(session)
        self.sign_offs: SignOffs = SqlSignOffs(session)
        self.windows: MeasurementWindows = SqlMeasurements(session)
        self.denials: Denials = SqlDenials(session)
        self.announcements: Announcements = SqlAnnouncements(session)
        self.trials: TrialRecords = SqlTrials(session)
        self.sessions: Sessions = SqlSessions(session)
        self.preferences: PreferenceRecords = SqlPreferences(session)
        self.scheduled: ScheduledDecisions = SqlScheduledDecisions(session)
        self.jobs: BulkJobRecords = SqlBulkJobs(session)

    def announce(self, change: Change) -> int:
        """Put a change on the feed, visible with the commit; the answer is its number."""
        sequence = self._session.announce(change)
        self.announced.append(replace(change, sequence=sequence))
        return sequence
