"""The audit trail: looking through it, the state of its chain, and the proof that it holds."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from sellergate.domain.audit import Event
from sellergate.domain.identifiers import Role
from sellergate.faces.console.csv_text import csv_file, csv_lines
from sellergate.faces.console.cursors import read_cursor
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.routes.history import day_of
from sellergate.faces.console.views.audit import ACTIONS, ADDRESS, audit_view, chain_view
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import EventQuery, Page, PageRequest

pages = Pages(Role.OPERATOR, Role.ADMIN)

A_PAGE: Final = 50
AT_ONCE: Final = 100
ID_MAX: Final = 64
COLUMNS: Final = (
    "sequence", "at", "action", "refused", "seller", "product", "supplier", "from", "to", "actor", "role", "reason", "version",
)  # fmt: skip


@pages.get(ADDRESS)
def audit(visit: Visit) -> Response:
    """The newest first, narrowed by what the address says."""
    query = replace(query_of(visit.query), page=PageRequest(A_PAGE, read_cursor(visit.query.get("after"))))
    state = visit.parts.audit.state()
    view = audit_view(visit, visit.parts.records.audit(query), state.sealed_to)
    return visit.answer("audit/page.html", "audit/_list.html", view=view, chain=chain_view(state))


@pages.post(f"{ADDRESS}/verify")
def verify(visit: Visit) -> Response:
    """Prove it, all of it, now."""
    began = visit.parts.now()
    result = visit.parts.audit.verify()
    return visit.page("audit/verified.html", result=result, at=began, took=visit.parts.now() - began)


@pages.get(f"{ADDRESS}/export")
def export(visit: Visit) -> Response:
    """What the filters leave as CSV. With hashes and seals: `sellergate audit export`."""
    query = replace(query_of(visit.query), page=PageRequest(AT_ONCE, counted=False))
    first = visit.parts.records.audit(query)  # before the answer begins, while trouble can still be told
    return csv_file("audit.csv", _csv(visit, query, first))


def query_of(given: Mapping[str, str]) -> EventQuery:
    """What an address asks for; a filter that means nothing is none."""
    since, until = day_of(given.get("since")), day_of(given.get("until"))
    return EventQuery(
        action=given.get("action") if given.get("action") in ACTIONS else None,
        refused={"refused": True, "done": False}.get(given.get("outcome", "")),
        seller_id=given.get("seller", "")[:ID_MAX] or None,
        product_id=given.get("product", "")[:ID_MAX] or None,
        supplier_id=given.get("supplier", "")[:ID_MAX] or None,
        actor_id=given.get("actor", "")[:ID_MAX] or None,
        since=since,
        until=None if until is None else until + timedelta(days=1),
    )


def _csv(visit: Visit, query: EventQuery, page: Page[Event]) -> Iterator[str]:
    yield csv_lines([COLUMNS])
    while True:
        yield csv_lines(_row(event) for event in page.items)
        if page.next is None:
            return
        page = visit.parts.records.audit(replace(query, page=PageRequest(AT_ONCE, page.next, counted=False)))


def _row(event: Event) -> tuple[object, ...]:
    return (
        event.sequence,
        event.at.isoformat(),
        event.action,
        event.refused,
        event.seller_id,
        event.product_id,
        event.supplier_id,
        event.from_status,
        event.to_status,
        event.actor_id,
        event.actor_role,
        event.reason,
        event.version,
    )
