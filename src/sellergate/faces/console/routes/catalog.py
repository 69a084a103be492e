"""The catalog of a seller: looking through it, and asking for what is in it."""

from typing import Final

from starlette.responses import Response

from sellergate.domain.authorization import Status
from sellergate.domain.errors import (
    AuthorizationRevoked,
    CooldownActive,
    DuplicateAuthorization,
    InvalidInput,
    ProductLimitReached,
    SellerNotAuthorized,
)
from sellergate.domain.identifiers import ProductId, Role, checked_id
from sellergate.faces.console.cursors import read_cursor
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.request_forms import request_form_of
from sellergate.faces.console.routes.requests import SEARCH_MAX
from sellergate.faces.console.seller_answers import beside, changed
from sellergate.faces.console.views.asking import request_view
from sellergate.faces.console.views.catalog import TABS, catalog_view
from sellergate.faces.console.views.standing import CATALOG
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import PageRequest, ProductQuery

pages = Pages(Role.SELLER)

A_PAGE: Final = 25
REFUSALS: Final = (
    InvalidInput, ProductLimitReached, CooldownActive, AuthorizationRevoked, DuplicateAuthorization, SellerNotAuthorized,
)  # fmt: skip
"""What is said on the form itself."""


@pages.get(CATALOG)
def catalog(visit: Visit) -> Response:
    """Products, each with how the seller stands to it. A filter that means nothing is none."""
    given = visit.query
    after, number = read_cursor(given.get("after")), given.get("n", "")
    query = ProductQuery(
        search=given.get("q", "")[:SEARCH_MAX] or None,
        seller_id=visit.actor.seller_id,
        authorization=next((each for each in TABS if each and each.value.lower() == given.get("status")), None),
        page=PageRequest(A_PAGE, after),
    )
    start = int(number) if after is not None and number.isdecimal() and len(number) < 10 else 1
    shelf = visit.parts.shelf
    view = catalog_view(visit, query, start, shelf.page(visit.actor, query), shelf.tally(visit.actor))
    return visit.answer("catalog/page.html", "catalog/_list.html", view=view, **beside(visit))


@pages.get(f"{CATALOG}/{{id}}/request")
def ask(visit: Visit, id: str) -> Response:
    """The form, or why there is none."""
    shelved = visit.parts.shelf.one(visit.actor, checked_id(id, "id"))
    return visit.answer("catalog/request.html", "catalog/_request.html", view=request_view(visit, shelved))


@pages.post(f"{CATALOG}/{{id}}/request")
def send(visit: Visit, id: str) -> Response:
    """Ask for it."""
    form, product_id = request_form_of(visit), ProductId(checked_id(id, "id"))
    try:
        said = form.checked(visit.words)
        visit.parts.limiter.hit_request(str(visit.actor.seller_id))
        record = visit.parts.workflow.request(
            visit.actor, product_id, justification=said.business_justification, volume=said.expected_volume
        )
    except REFUSALS as error:
        view = request_view(visit, visit.parts.shelf.one(visit.actor, product_id), form, error)
        return visit.answer("catalog/request.html", "catalog/_request.html", view=view, status=422)
    words = visit.words
    if record.status is Status.APPROVED:
        return changed(visit, product_id, words.gettext("Approved at once, by the supplier's rules."))
    return changed(visit, product_id, words.gettext("Request sent."))
