"""What was decided about a supplier's goods: by whom, when and why."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from starlette.responses import Response, StreamingResponse

from sellergate.domain.audit import Event
from sellergate.domain.identifiers import SYSTEM, Role
from sellergate.faces.console.cursors import read_cursor
from sellergate.faces.console.formats import ZONE
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.history import ACTIONS, ADDRESS, history_view
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import EventQuery, Page, PageRequest
from sellergate.services.records import EventRow

pages = Pages(Role.SUPPLIER)

A_PAGE: Final = 50
AT_ONCE: Final = 100
ID_MAX: Final = 64
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
COLUMNS: Final = (
    "at",
    "action",
    "seller",
    "seller name",
    "product",
    "product name",
    "from",
    "to",
    "actor",
    "role",
    "reason",
    "refused",
)


@pages.get(ADDRESS)
def history(visit: Visit) -> Response:
    """The newest first, narrowed by what the address says."""
    query = query_of(visit.query)
    page = visit.parts.records.history(
        visit.actor, replace(query, page=PageRequest(A_PAGE, read_cursor(visit.query.get("after"))))
    )
    view = history_view(visit, query, page)
    return visit.answer("history/page.html", "history/_list.html", view=view)


@pages.get(f"{ADDRESS}/export")
def export(visit: Visit) -> Response:
    """All of it as CSV, with the same filters."""
    query = replace(query_of(visit.query), page=PageRequest(AT_ONCE, counted=False))
    first = visit.parts.records.history(visit.actor, query)  # before the answer begins, while trouble can still be told
    headers = {"Content-Disposition": 'attachment; filename="decisions.csv"'}
    return StreamingResponse(_csv(visit, query, first), media_type="text/csv; charset=utf-8", headers=headers)


def query_of(given: Mapping[str, str]) -> EventQuery:
    """What an address asks for; a filter that means nothing is none."""
    since, until = _day(given.get("since")), _day(given.get("until"))
    return EventQuery(
        action=given.get("action") if given.get("action") in ACTIONS else None,
        seller_id=given.get("seller", "")[:ID_MAX] or None,
        product_id=given.get("product", "")[:ID_MAX] or None,
        actor_id=SYSTEM.id if given.get("by") == "rule" else None,
        refused=False,
        since=since,
        until=None if until is None else until + timedelta(days=1),
    )


def _day(text: str | None) -> datetime | None:
    try:
        day = datetime.strptime(text or "", "%Y-%m-%d")  # noqa: DTZ007  a day is one of the zone that is shown
    except ValueError:
        return None
    return day.replace(tzinfo=ZONE)


def _csv(visit: Visit, query: EventQuery, page: Page[EventRow]) -> Iterator[str]:
    yield _lines([COLUMNS])
    while True:
        yield _lines([_row(each) for each in page.items])
        if page.next is None:
            return
        page = visit.parts.records.history(
            visit.actor, replace(query, page=PageRequest(AT_ONCE, page.next, counted=False))
        )


def _row(row: EventRow) -> tuple[str, ...]:
    event: Event = row.event
    return (
        event.at.isoformat(),
        event.action,
        event.seller_id,
        row.seller.name if row.seller else "",
        event.product_id or "",
        row.product.name if row.product else "",
        event.from_status,
        event.to_status,
        event.actor_id,
        event.actor_role,
        event.reason or "",
        event.refused or "",
    )


def _lines(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    # A spreadsheet would carry out what begins like a formula, and sellers write these texts.
    safe = [[f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row] for row in rows]
    csv.writer(text, lineterminator="\n").writerows(safe)
    return text.getvalue()
