"""What a seller has: products they may sell, their requests, and what can be done about one."""

from collections.abc import Iterable
from typing import Final

from starlette.responses import Response

from sellergate.domain.authorization import Action, Authorization, Status, actions_open
from sellergate.domain.errors import InvalidInput, InvalidStatus
from sellergate.domain.identifiers import Role, checked_id
from sellergate.faces.console.cursors import read_cursor
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.request_forms import request_form_of
from sellergate.faces.console.seller_answers import beside, changed
from sellergate.faces.console.views.asking import answer_view
from sellergate.faces.console.views.own import PRODUCTS, WHICH, own_detail_view, own_view
from sellergate.faces.console.views.standing import REQUESTS
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import AuthorizationQuery, Page, PageRequest, Sort
from sellergate.services.records import Row
from sellergate.services.shelf import Shelved

pages = Pages(Role.SELLER)

A_PAGE: Final = 25
MAY_SELL: Final = frozenset({Status.APPROVED, Status.EXPIRED})


@pages.get(PRODUCTS)
def own_products(visit: Visit) -> Response:
    """What the seller may sell, and what has run out."""
    page = _page(visit, MAY_SELL)
    view = own_view(visit, page, _shelved(visit, page.items), address=PRODUCTS)
    return visit.page("own/products.html", view=view, **beside(visit))


@pages.get(REQUESTS)
def own_requests(visit: Visit) -> Response:
    """What the seller has asked for, the newest first."""
    which = visit.query.get("which", "")
    which = which if which in WHICH else ""
    page = _page(visit, WHICH[which])
    view = own_view(visit, page, _shelved(visit, page.items), address=REQUESTS, which=which)
    return visit.page("own/requests.html", view=view, **beside(visit))


def _page(visit: Visit, statuses: frozenset[Status]) -> Page[Row]:
    page = PageRequest(A_PAGE, read_cursor(visit.query.get("after")))
    return visit.parts.records.search(visit.actor, AuthorizationQuery(statuses=statuses, sort=Sort.NEWEST, page=page))


def _shelved(visit: Visit, rows: Iterable[Row]) -> dict[str, Shelved]:
    known = visit.parts.shelf.of(visit.actor, [row.authorization.product_id for row in rows])
    return {each.standing.product.id: each for each in known}


@pages.get(f"{REQUESTS}/{{id}}")
def own_request(visit: Visit, id: str) -> Response:
    """One with its history."""
    row, events = visit.parts.records.one(visit.actor, checked_id(id, "id"))
    shelved = _shelved(visit, [row]).get(row.authorization.product_id)
    return visit.page("own/one.html", view=own_detail_view(visit, row, events, shelved))


@pages.get(f"{REQUESTS}/{{id}}/answer")
def ask_for_answer(visit: Visit, id: str) -> Response:
    """The supplier's question and the form to answer it. Raises InvalidStatus where nothing is asked."""
    record = _own(visit, id)
    if Action.RESUBMIT not in actions_open(record.status, Role.SELLER):
        raise InvalidStatus(
            "The supplier has not asked anything, or has decided meanwhile.", status=record.status.value
        )
    view = answer_view(visit, visit.parts.shelf.one(visit.actor, record.product_id), record)
    return visit.answer("catalog/request.html", "catalog/_request.html", view=view)


@pages.post(f"{REQUESTS}/{{id}}/answer")
def answer(visit: Visit, id: str) -> Response:
    """The answer; the request keeps its place."""
    form, record = request_form_of(visit), _own(visit, id)
    try:
        said = form.checked(visit.words)
        visit.parts.workflow.resubmit(
            visit.actor, record.product_id, justification=said.business_justification, volume=said.expected_volume
        )
    except (InvalidInput, InvalidStatus) as error:
        view = answer_view(visit, visit.parts.shelf.one(visit.actor, record.product_id), record, form, error)
        return visit.answer("catalog/request.html", "catalog/_request.html", view=view, status=422)
    return changed(visit, record.product_id, visit.words.gettext("Answer sent."))


@pages.post(f"{REQUESTS}/{{id}}/cancel")
def cancel(visit: Visit, id: str) -> Response:
    """Take it back."""
    record = _own(visit, id)
    visit.parts.workflow.cancel(visit.actor, record.product_id)
    return changed(visit, record.product_id, visit.words.gettext("Request taken back."))


def _own(visit: Visit, id: str) -> Authorization:
    """Raises AuthorizationNotFound for what is not the seller's."""
    row, _ = visit.parts.records.one(visit.actor, checked_id(id, "id"))
    return row.authorization
