"""Whom a supplier has approved, and how an approval ends for good."""

from dataclasses import replace

from starlette.responses import Response

from sellergate.domain.authorization import Status
from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import Role, checked_id
from sellergate.faces.console.cursors import read_cursor
from sellergate.faces.console.failures import sentence
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.routes.requests import SEARCH_MAX, query_of
from sellergate.faces.console.views.impacts import impact_view
from sellergate.faces.console.views.sellers import ADDRESS, approval_view, revoked_view, sellers_view
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import AuthorizationQuery, PageRequest, Sort

pages = Pages(Role.SUPPLIER)

A_PAGE = 25


@pages.get(ADDRESS)
def sellers(visit: Visit) -> Response:
    """The approved ones, the latest to ask first."""
    given = visit.query
    narrowed, _ = query_of({name: given[name] for name in ("product", "tier") if name in given})
    query = AuthorizationQuery(
        statuses=frozenset({Status.APPROVED}),
        search=given.get("q", "")[:SEARCH_MAX] or None,
        product_id=narrowed.product_id,
        tier=narrowed.tier,
        sort=Sort.NEWEST,
    )
    page = visit.parts.records.search(
        visit.actor, replace(query, page=PageRequest(A_PAGE, read_cursor(given.get("after"))))
    )
    view = sellers_view(visit, query, page, visit.parts.inbox.products(visit.actor))
    return visit.answer("sellers/page.html", "sellers/_list.html", view=view)


@pages.get(f"{ADDRESS}/{{id}}/revoke")
def ask_to_revoke(visit: Visit, id: str) -> Response:
    """What revoking means, and the form. A dialog asks for the impact by itself: nobody waits for it who is in a hurry."""
    if visit.is_fragment:
        row, _ = visit.parts.records.one(visit.actor, checked_id(id, "id"))
        view = approval_view(visit, row)
        return visit.html(visit.render("sellers/_revoke.html", view=view, impact=None, error="", reason=""))
    return _form(visit, id)


@pages.get(f"{ADDRESS}/{{id}}/impact")
def impact(visit: Visit, id: str) -> Response:
    """What a revocation would end: a part of its form."""
    if visit.is_fragment:
        return visit.html(visit.render("impact/_stages.html", impact=impact_view(visit, checked_id(id, "id"))))
    return _form(visit, id)


@pages.post(f"{ADDRESS}/{{id}}/revoke")
def revoke(visit: Visit, id: str) -> Response:
    """End it, for good; the answer says how many processes deny it, and how soon they did."""
    row, _ = visit.parts.records.one(visit.actor, checked_id(id, "id"))
    try:
        revocation = visit.parts.workflow.revoke(visit.actor, id, visit.sent("reason"))
    except InvalidInput as error:
        return _form(visit, id, error=sentence(visit.words, error), status=422)
    return visit.page("sellers/revoked.html", view=revoked_view(visit, row, revocation.receipt))


def _form(visit: Visit, id: str, *, error: str = "", status: int = 200) -> Response:
    row, _ = visit.parts.records.one(visit.actor, checked_id(id, "id"))
    return visit.page(
        "sellers/revoke.html",
        view=approval_view(visit, row),
        impact=impact_view(visit, row.authorization.id),
        error=error,
        reason=visit.sent("reason"),
        status=status,
    )
