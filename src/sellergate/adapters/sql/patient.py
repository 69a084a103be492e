"""A database under examination: it may be empty, behind, or not there at all."""

from collections.abc import Iterator, Mapping
from typing import Any

from sellergate.adapters.sql.engines import Limits, open_database
from sellergate.adapters.sql.errors import as_store_errors
from sellergate.adapters.sql.examination import examine
from sellergate.adapters.sql.migrations import current_revision, head_revision
from sellergate.adapters.sql.tallies import count_by_group, tallies_by_group
from sellergate.ports.survey import DatabaseSurvey, Examined


class SqlPatient:
    """See ports.survey.Patient. Connects when it is asked something."""

    def __init__(self, url: str, limits: Limits) -> None:
        """Raises InvalidInput for a URL that cannot be used."""
        self._database = open_database(url, limits)

    def survey(self) -> DatabaseSurvey:
        """What it is."""
        self._database.check()
        with self._database.reading() as connection, as_store_errors():
            return self._database.survey(connection)

    def migrations(self) -> tuple[str | None, str]:
        """The migration it is at, and the newest one."""
        return current_revision(self._database.engine), head_revision()

    def examine(self) -> Iterator[Examined]:
        """Every query that must stay fast."""
        return examine(self._database)

    def miscounted(self) -> int:
        """How many totals are not what counting gives, at one moment."""
        with self._database.reading() as connection, as_store_errors():
            return len(tallies_by_group(connection).items() ^ count_by_group(connection).items())

    def ring(self) -> float | None:
        """Seconds from notifying to having heard of it."""
        return self._database.feed.ring()

    def replica_health(self) -> Mapping[str, Any] | None:
        """How the standby is."""
        replica = self._database.replica
        return None if replica is None else replica.look()

    def close(self) -> None:
        """Let go of all connections."""
        self._database.close()
