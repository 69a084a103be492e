"""A supplier's products, and how many sellers each may have."""

from typing import Final

from starlette.responses import Response

from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import Role, checked_id
from sellergate.faces.console.cursors import read_cursor
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.routes.requests import SEARCH_MAX
from sellergate.faces.console.views.products import ADDRESS, changed_view, products_view
from sellergate.faces.console.visit import Visit
from sellergate.services.catalogue import Offer

pages = Pages(Role.SUPPLIER)

DIGITS_MAX: Final = 10


@pages.get(ADDRESS)
def products(visit: Visit) -> Response:
    """By id, a page at a time."""
    return _list(visit, visit.query.get("q", "")[:SEARCH_MAX])


@pages.post(f"{ADDRESS}/{{id}}/capacity")
def set_capacity(visit: Visit, id: str) -> Response:
    """Set one product's places; where more sellers fit now, those that wait are offered."""
    try:
        visit.parts.policies.set_capacity(visit.actor, checked_id(id, "id"), _places(visit.sent("places")))
    except InvalidInput:
        told = visit.words.gettext(
            "A number of places from 1 to 1,000,000 is needed, or nothing for as many as the others."
        )
        return _list(visit, "", wrong=id, told=told, status=422)
    return _list(visit, visit.sent("q")[:SEARCH_MAX], changed=visit.parts.catalogue.one(visit.actor, id))


def _places(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < DIGITS_MAX):
        raise InvalidInput("A whole number is needed.", field="places")
    return int(text)


def _list(
    visit: Visit, search: str, *, changed: Offer | None = None, wrong: str = "", told: str = "", status: int = 200
) -> Response:
    page = visit.parts.catalogue.page(visit.actor, search=search or None, after=read_cursor(visit.query.get("after")))
    view = products_view(visit, page, search)
    shown = None if changed is None else changed_view(visit, changed)
    return visit.page("products/page.html", view=view, changed=shown, wrong=wrong, told=told, status=status)
