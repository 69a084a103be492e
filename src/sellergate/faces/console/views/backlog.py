"""How much waits for whom."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.reports import SupplierReport
from sellergate.faces.console.formats import NOTHING
from sellergate.faces.console.visit import Visit
from sellergate.services.backlogs import Backlog

ADDRESS: Final = "/o/backlog"
LATELY: Final = timedelta(days=30)
MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogLine:
    """One supplier's inbox, and how the supplier has answered lately; a dash for what is not known."""

    id: str
    name: str
    waiting: int
    overdue: int
    waits: str
    oldest: datetime | None
    median: str = NOTHING
    approval: str = NOTHING


def backlog_lines(visit: Visit, most: int) -> list[BacklogLine]:
    """The fullest inboxes, those with overdue requests first."""
    return [_line(visit, one) for one in _sorted(visit.parts.backlogs.fullest(most))]


def backlog_with_answers(visit: Visit) -> list[BacklogLine]:
    """The same with the answers of the last month."""
    report = visit.parts.reports.lately(LATELY)
    by_id = {each.activity.supplier_id: each for each in report.suppliers}
    return [_line(visit, one, by_id.get(one.supplier_id)) for one in _sorted(visit.parts.backlogs.fullest(MOST))]


def _sorted(backlogs: list[Backlog]) -> list[Backlog]:
    return sorted(backlogs, key=lambda one: (-one.overdue, -one.pending, one.supplier_id))


def _line(visit: Visit, one: Backlog, report: SupplierReport | None = None) -> BacklogLine:
    formats, response = visit.formats, None if report is None else report.response
    return BacklogLine(
        id=one.supplier_id,
        name=one.name or one.supplier_id,
        waiting=one.pending,
        overdue=one.overdue,
        waits=NOTHING if one.oldest is None else formats.span(visit.parts.now() - one.oldest),
        oldest=one.oldest,
        median=NOTHING if response is None else formats.span(response.median),
        approval=formats.percent(None if report is None else report.approval_rate),
    )
