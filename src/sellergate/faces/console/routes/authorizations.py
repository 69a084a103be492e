"""All authorizations, for admins: looking through them, revoking, and ending a cooldown early."""

from typing import Final

from starlette.responses import Response

from sellergate.domain.authorization import Status
from sellergate.domain.directory import Tier
from sellergate.domain.errors import InvalidInput, InvalidStatus
from sellergate.domain.identifiers import Role, checked_id
from sellergate.faces.console.cursors import read_cursor
from sellergate.faces.console.failures import sentence
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.routes.requests import SEARCH_MAX
from sellergate.faces.console.views.authorizations import (
    AUTHORIZATIONS,
    RecordLine,
    record_detail,
    record_line,
    records_view,
)
from sellergate.faces.console.views.entries import ReasonView
from sellergate.faces.console.views.impacts import impact_view
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import AuthorizationQuery, PageRequest, Sort

pages = Pages(Role.ADMIN)

A_PAGE: Final = 25


@pages.get(AUTHORIZATIONS)
def authorizations(visit: Visit) -> Response:
    """Everybody's, the newest request first. A filter that means nothing is none."""
    given = visit.query
    status = next((each for each in Status if each.value == given.get("status")), None)
    query = AuthorizationQuery(
        statuses=frozenset() if status is None else frozenset({status}),
        tier=next((each for each in Tier if each.value == given.get("tier")), None),
        search=given.get("q", "")[:SEARCH_MAX] or None,
        supplier_id=given.get("supplier"),
        seller_id=given.get("seller"),
        product_id=given.get("product"),
        sort=Sort.OLDEST if given.get("sort") == "oldest" else Sort.NEWEST,
        page=PageRequest(A_PAGE, read_cursor(given.get("after"))),
    )
    view = records_view(visit, query, visit.parts.records.search(visit.actor, query))
    return visit.answer("authorizations/page.html", "authorizations/_list.html", view=view)


@pages.get(f"{AUTHORIZATIONS}/{{id}}")
def authorization(visit: Visit, id: str) -> Response:
    """One with everything that was done about it, and tried."""
    row, events = visit.parts.records.one(visit.actor, checked_id(id, "id"))
    return visit.page("authorizations/one.html", view=record_detail(visit, row, events))


@pages.get(f"{AUTHORIZATIONS}/{{id}}/revoke")
def ask_to_revoke(visit: Visit, id: str) -> Response:
    """What revoking means, and the form. A dialog asks for the impact by itself: nobody waits for it who is in a hurry."""
    return _reason_page(visit, _line(visit, id))


@pages.get(f"{AUTHORIZATIONS}/{{id}}/impact")
def impact(visit: Visit, id: str) -> Response:
    """What a revocation would end: a part of its form."""
    if visit.is_fragment:
        return visit.html(visit.render("impact/_stages.html", impact=impact_view(visit, checked_id(id, "id"))))
    return _reason_page(visit, _line(visit, id))


@pages.post(f"{AUTHORIZATIONS}/{{id}}/revoke")
def revoke(visit: Visit, id: str) -> Response:
    """End it for good; the page says how many processes deny it by now."""
    line = _line(visit, id)
    try:
        revocation = visit.parts.workflow.revoke(visit.actor, id, visit.sent("reason"))
    except (InvalidInput, InvalidStatus) as error:
        return _reason_page(visit, line, sentence(visit.words, error), 422)
    row, events = visit.parts.records.one(visit.actor, id)
    return visit.page("authorizations/one.html", view=record_detail(visit, row, events, revocation.receipt))


@pages.post(f"{AUTHORIZATIONS}/{{id}}/clear-cooldown")
def clear_cooldown(visit: Visit, id: str) -> Response:
    """The seller may ask again now."""
    visit.parts.workflow.clear_cooldown(visit.actor, checked_id(id, "id"))
    return visit.go(f"{AUTHORIZATIONS}/{id}")


def _line(visit: Visit, id: str) -> RecordLine:
    row, _ = visit.parts.records.one(visit.actor, checked_id(id, "id"))
    return record_line(visit, row)


def _reason_page(visit: Visit, line: RecordLine, error: str = "", status: int = 200) -> Response:
    words = visit.words
    view = ReasonView(
        title=words.gettext("Revoke %(name)s", name=line.seller),
        address=f"{line.address}/revoke",
        back=line.address,
        about=f"{line.product}, {line.supplier}",
        warning=words.gettext(
            "Sales stop at once, in every cart and order. There is no undo: this seller can never ask for this product again."
        ),
        confirm="",
        reason=visit.sent("reason"),
        typed="",
        error=error,
        send=words.gettext("Revoke %(name)s", name=line.seller),
        impact=f"{line.address}/impact",
    )
    known = None if visit.is_fragment else impact_view(visit, line.id)
    return visit.answer("directory/reason.html", "directory/_reason.html", view=view, impact=known, status=status)
