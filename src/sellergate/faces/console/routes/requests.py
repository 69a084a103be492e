"""A supplier's requests: the list, and one in full."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from starlette.responses import Response

from sellergate.domain.directory import Tier
from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import Role, checked_id
from sellergate.faces.console.cursors import read_cursor
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.requests import ADDRESS, detail_view, requests_view
from sellergate.faces.console.visit import Visit
from sellergate.services.inbox import InboxQuery, InboxView

pages = Pages(Role.SUPPLIER)

SIZES: Final = (25, 50, 100)
SEARCH_MAX: Final = 100

E = TypeVar("E", bound=StrEnum)


@pages.get(ADDRESS)
def requests(visit: Visit) -> Response:
    """Those of one saved view, narrowed by what the address says."""
    query, start = query_of(visit.query)
    page = visit.parts.inbox.page(visit.actor, query)
    view = requests_view(visit, query, start, page, visit.parts.inbox.products(visit.actor))
    first = visit.parts.inbox.one(visit.actor, page.rows[0].record.id) if page.rows and not visit.is_fragment else None
    detail = None if first is None else detail_view(visit, first)
    return visit.answer("requests/page.html", "requests/_list.html", view=view, detail=detail)


@pages.get(f"{ADDRESS}/{{id}}")
def request_detail(visit: Visit, id: str) -> Response:
    """One in full: for the pane beside the list, or as a page of its own."""
    detail = detail_view(visit, visit.parts.inbox.one(visit.actor, checked_id(id, "id")))
    return visit.answer("requests/one.html", "requests/_detail.html", detail=detail)


def query_of(given: Mapping[str, str]) -> tuple[InboxQuery, int]:
    """What an address asks for, and the number of the first row on that page. Raises InvalidInput for a page of no list.

    A filter that means nothing is none: addresses are kept and passed on, and people cannot repair them.
    """
    before, after = read_cursor(given.get("before")), read_cursor(given.get("after"))
    if before is not None and after is not None:
        raise InvalidInput("A page is before something or after something, not both.", field="before")
    query = InboxQuery(
        view=_one_of(InboxView, given.get("view")) or InboxView.WAITING,
        search=given.get("q", "")[:SEARCH_MAX] or None,
        product_id=given.get("product"),
        tier=_one_of(Tier, given.get("tier")),
        newest_first=given.get("sort") == "newest",
        limit=next((size for size in SIZES if str(size) == given.get("size")), SIZES[0]),
        after=before or after,
        backwards=before is not None,
    )
    number = given.get("n", "")
    return query, int(number) if query.after is not None and number.isdecimal() and len(number) < 10 else 1


def _one_of(kind: type[E], text: str | None) -> E | None:
    return next((value for value in kind if value.value == text), None)
