"""Load tests, simulations, suggested canaries and drills; and a drill to begin."""

from typing import Final

from starlette.responses import Response

from sellergate.domain.errors import InvalidInput, InvalidStatus, ReasonRequired
from sellergate.domain.identifiers import Role
from sellergate.faces.console import cookies
from sellergate.faces.console.cursors import cursor, read_cursor
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.trials import ADDRESS, trial_line
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import PageRequest

pages = Pages(Role.OPERATOR, Role.ADMIN)

A_PAGE: Final = 25


@pages.get(ADDRESS)
def trials(visit: Visit) -> Response:
    """The newest first."""
    said = cookies.said_of(visit.request)
    response = _page(visit, said=said)
    if said:
        cookies.drop_said(response, secure=visit.secure)
    return response


@pages.post(f"{ADDRESS}/drill")
def drill(visit: Visit) -> Response:
    """Rehearse a rollback: nothing is enforced differently, and every server is timed."""
    reason = visit.sent("reason") or visit.words.gettext("A drill from the console")
    try:
        report = visit.parts.drill.rollback(visit.actor, reason)
    except (InvalidInput, InvalidStatus, ReasonRequired) as refusal:
        return _page(visit, problem=str(refusal), status=422)
    words, receipt = visit.words, report.receipt
    told = words.gettext(
        "Drill: %(applied)s of %(processes)s servers followed within %(milliseconds)s ms.",
        applied=receipt.applied,
        processes=receipt.processes,
        milliseconds=report.milliseconds,
    )
    response = visit.go(ADDRESS)
    cookies.keep_said(response, told, secure=visit.secure)
    return response


def _page(visit: Visit, *, said: str = "", problem: str = "", status: int = 200) -> Response:
    page = visit.parts.trials.list(PageRequest(A_PAGE, read_cursor(visit.query.get("after"))))
    return visit.page(
        "trials/page.html",
        status=status,
        rows=[trial_line(visit, trial) for trial in page.items],
        total=page.total,
        next=None if page.next is None else f"{ADDRESS}?after={cursor(page.next)}",
        said=said,
        problem=problem,
        is_managed=not visit.parts.rollouts.is_pinned,
    )
