"""A supplier's requests as a file, for spreadsheets."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from starlette.responses import Response

from sellergate.domain.identifiers import Role
from sellergate.faces.console.csv_text import csv_file, csv_lines
from sellergate.faces.console.formats import ZONE
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.routes.requests import query_of
from sellergate.faces.console.views.requests import EXPORT
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import Page
from sellergate.services.inbox import InboxQuery, InboxRow

pages = Pages(Role.SUPPLIER)

AT_ONCE: Final = 100
COLUMNS: Final = (
    "id",
    "status",
    "requested at",
    "due at",
    "seller",
    "seller name",
    "tier",
    "seller products",
    "seller limit",
    "product",
    "product name",
    "sku",
    "approved sellers",
    "capacity",
    "expected volume",
    "justification",
    "obstacle",
)


@pages.get(EXPORT)
def export(visit: Visit) -> Response:
    """Every request of the view with its filters and order, whatever page one is on; read a hundred at a time as the file is sent."""
    query = replace(query_of(visit.query)[0], limit=AT_ONCE, after=None, backwards=False)
    first = visit.parts.inbox.rows(visit.actor, query)  # before the answer begins, while trouble can still be told
    day = visit.parts.now().astimezone(ZONE).date()
    return csv_file(f"requests-{query.view.value}-{day}.csv", _csv(visit, query, first))


def _csv(visit: Visit, query: InboxQuery, page: Page[InboxRow]) -> Iterator[str]:
    yield csv_lines([COLUMNS])
    while True:
        yield csv_lines([_row(each) for each in page.items])
        if page.next is None:
            return
        page = visit.parts.inbox.rows(visit.actor, replace(query, after=page.next))


def _row(row: InboxRow) -> tuple[object, ...]:
    record, seller, product = row.record, row.seller, row.product
    return (
        record.id,
        record.status.value,
        record.requested_at.isoformat(),
        _moment(row.due_at),
        record.seller_id,
        seller.name if seller else None,
        seller.tier.value if seller else None,
        row.slots,
        row.slot_limit,
        record.product_id,
        product.name if product else None,
        product.sku if product else None,
        row.approved,
        row.capacity,
        record.expected_volume,
        record.business_justification,
        row.obstacle.code if row.obstacle else None,
    )


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
