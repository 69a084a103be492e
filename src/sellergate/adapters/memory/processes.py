"""Reports of live processes in a dictionary."""

from datetime import datetime

from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.ports.stores import ProcessReport


class MemoryProcesses:
    """Which processes hold a gate."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def report(self, report: ProcessReport) -> None:
        """Store or renew the report of one process."""
        check_times(report.started_at, report.seen_at)
        self._tables.processes.put(report.id, report)

    def live(self, since: datetime) -> list[ProcessReport]:
        """Reports seen since then, by id."""
        rows = (report for report in self._tables.processes if report.seen_at >= since)
        return sorted(rows, key=lambda report: report.id)

    def leave(self, id: str) -> None:
        """The process ends; forget it."""
        self._tables.processes.remove(id)
