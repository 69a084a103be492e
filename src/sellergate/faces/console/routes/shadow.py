"""What enforcement would have denied: narrowed, summed up, exported."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from sellergate.domain.gate import Stage
from sellergate.domain.identifiers import Role
from sellergate.domain.shadow import ShadowFacet
from sellergate.faces.console.csv_text import csv_file, csv_lines
from sellergate.faces.console.cursors import read_cursor
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.shadow import ADDRESS, SINCE, shadow_view
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import Page, PageRequest, ShadowQuery
from sellergate.ports.stores import ShadowRow

pages = Pages(Role.OPERATOR, Role.ADMIN)

A_PAGE: Final = 50
AT_ONCE: Final = 100
ID_MAX: Final = 64
COLUMNS: Final = ("seller", "product", "supplier", "stage", "code", "count", "value", "first seen", "last seen")


@pages.get(ADDRESS)
def shadow(visit: Visit) -> Response:
    """The most frequent first. A filter that means nothing is none."""
    query = _query(visit)
    facet = next((each for each in ShadowFacet if each.value == visit.query.get("group")), None)
    page = PageRequest(A_PAGE, None if facet else read_cursor(visit.query.get("after")))
    asked = replace(query, page=page)
    found = visit.parts.shadow.groups(asked, facet) if facet else visit.parts.shadow.search(asked)
    return visit.answer("shadow/page.html", "shadow/_list.html", view=shadow_view(visit, query, facet, found))


@pages.get(f"{ADDRESS}/export")
def export(visit: Visit) -> Response:
    """All of it as CSV, with the same filters."""
    query = replace(_query(visit), page=PageRequest(AT_ONCE, counted=False))
    first = visit.parts.shadow.search(query)  # before the answer begins, while trouble can still be told
    return csv_file("shadow.csv", _csv(visit, query, first))


def _query(visit: Visit) -> ShadowQuery:
    given: Mapping[str, str] = visit.query
    hours = SINCE.get(given.get("since", ""))
    return ShadowQuery(
        seller_id=given.get("seller", "")[:ID_MAX] or None,
        supplier_id=given.get("supplier", "")[:ID_MAX] or None,
        product_id=given.get("product", "")[:ID_MAX] or None,
        stage=given.get("stage") if given.get("stage") in {stage.value for stage in Stage} else None,
        error_code=given.get("reason", "")[:ID_MAX] or None,
        since=None if hours is None else visit.parts.now() - timedelta(hours=hours),
    )


def _csv(visit: Visit, query: ShadowQuery, page: Page[ShadowRow]) -> Iterator[str]:
    yield csv_lines([COLUMNS])
    while True:
        yield csv_lines(
            (*row.count.key[:2], row.supplier_id, *row.count.key[2:], row.count.count, row.count.value, *_times(row))
            for row in page.items
        )
        if page.next is None:
            return
        page = visit.parts.shadow.search(replace(query, page=PageRequest(AT_ONCE, page.next, counted=False)))


def _times(row: ShadowRow) -> tuple[str, str]:
    return row.count.first_seen.isoformat(), row.count.last_seen.isoformat()
