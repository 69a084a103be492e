"""What the rollout was judged to be, and the same judgement once more."""

from typing import Final

from starlette.responses import Response

from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import Role
from sellergate.faces.console.cursors import cursor, read_cursor
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.verdicts import ADDRESS, evidence_text, metric_lines, verdict_line
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import PageRequest

pages = Pages(Role.OPERATOR, Role.ADMIN)

A_PAGE: Final = 25
LARGEST: Final = 2**63 - 1


@pages.get(ADDRESS)
def verdicts(visit: Visit) -> Response:
    """The newest first."""
    page = visit.parts.verdicts.list(PageRequest(A_PAGE, read_cursor(visit.query.get("after"))))
    following = None if page.next is None else f"{ADDRESS}?after={cursor(page.next)}"
    rows = [verdict_line(visit, stored) for stored in page.items]
    return visit.page("verdicts/page.html", rows=rows, total=page.total, next=following)


@pages.get(f"{ADDRESS}/{{id:int}}")
def verdict(visit: Visit, id: int) -> Response:
    """One with what each metric said and what it rested on, judged again from its evidence."""
    stored = visit.parts.verdicts.get(min(id, LARGEST))
    try:
        is_same = visit.parts.verdicts.replay(stored.id).is_same
    except InvalidInput:  # another version of this program has judged it
        is_same = None
    return visit.page(
        "verdicts/one.html",
        line=verdict_line(visit, stored),
        metrics=metric_lines(visit, stored.judgement),
        checks=stored.judgement.get("checks"),
        evidence=evidence_text(stored),
        is_same=is_same,
    )
