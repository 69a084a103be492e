"""Reports of live processes in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import processes
from sellergate.ports.stores import ProcessReport

_row_of = as_row_of(ProcessReport)


class SqlProcesses:
    """Which processes hold a gate."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def report(self, report: ProcessReport) -> None:
        """Store or renew the report of one process."""
        self._session.put(processes, {**_row_of(report), "open_sequences": sorted(report.open_sequences)})

    def live(self, since: datetime) -> list[ProcessReport]:
        """Reports seen since then, by id."""
        seen = select(processes).where(processes.c.seen_at >= since).order_by(processes.c.id)
        return [_report(dict(row)) for row in self._session.execute(seen).mappings()]

    def leave(self, id: str) -> None:
        """The process ends; forget it."""
        self._session.execute(delete(processes).where(processes.c.id == id))


def _report(row: dict[str, Any]) -> ProcessReport:
    return ProcessReport(**{**row, "open_sequences": frozenset(row["open_sequences"])})
