"""A supplier decides: what is sent is scheduled, and can be taken back for ten seconds."""

from datetime import datetime
from typing import Final

from starlette.responses import Response

from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import Role
from sellergate.faces.console.decision_forms import DecisionForm, form_of, query_sent
from sellergate.faces.console.failures import sentence
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.routes.requests import query_of
from sellergate.faces.console.views.decisions import DecidedView, decided_view, job_lines, outcomes, started_view
from sellergate.faces.console.views.reasons import reason_view
from sellergate.faces.console.views.requests import ADDRESS, news_view
from sellergate.faces.console.visit import Visit

pages = Pages(Role.SUPPLIER)

ASIDE: Final = "requests/aside.html"
JOBS: Final = "requests/_jobs.html"
NEWS: Final = "requests/_news.html"


@pages.post(f"{ADDRESS}/decisions")
def decide(visit: Visit) -> Response:
    """Schedule what the form says; ask for the reason first where one is missing."""
    form = form_of(visit)
    if form.needs_words:
        return visit.page("requests/reason.html", view=reason_view(visit, form))
    try:
        view = _decided(visit, form)
    except InvalidInput as error:
        told = sentence(visit.words, error)
        if visit.is_fragment:
            return visit.html(visit.render("failure/told.html", text=told), status=422)
        return visit.page("requests/reason.html", view=reason_view(visit, form, told), status=422)
    return visit.answer("requests/decided.html", "requests/_decided.html", view=view)


def _decided(visit: Visit, form: DecisionForm) -> DecidedView:
    parts, by, reason = visit.parts, visit.actor, form.reason(visit.words)
    if form.as_of is None:
        return decided_view(visit, parts.scheduling.decide(by, form.action, form.seen, reason=reason, key=form.key))
    query = query_sent(visit)
    job = parts.bulk_jobs.start(by, form.action, query, form.as_of, reason=reason, key=form.key)
    return started_view(visit, job)


@pages.post(f"{ADDRESS}/decisions/{{batch}}/undo")
def undo(visit: Visit, batch: str) -> Response:
    """Take a decision back, or say that it is too late (409)."""
    visit.parts.scheduling.undo(visit.actor, batch)
    return _back(visit)


@pages.post(f"{ADDRESS}/jobs/{{id:int}}/stop")
def stop(visit: Visit, id: int) -> Response:
    """A bulk job goes no further."""
    visit.parts.bulk_jobs.stop(visit.actor, min(id, 2**63 - 1))
    return _back(visit)


@pages.get(f"{ADDRESS}/jobs")
def jobs(visit: Visit) -> Response:
    """How far the bulk jobs have got: a part of the list's page."""
    shown, told = job_lines(visit), outcomes(visit)
    return visit.answer(ASIDE, JOBS, aside=JOBS, jobs=shown, outcomes=told)


def _back(visit: Visit) -> Response:
    return Response(status_code=204) if visit.is_fragment else visit.go(ADDRESS)


@pages.get(f"{ADDRESS}/new")
def news(visit: Visit) -> Response:
    """How many requests have come to a list since it was read: a part of its page."""
    query, _ = query_of(visit.query)
    try:
        since = datetime.fromisoformat(visit.query.get("since", ""))
    except ValueError as error:
        raise InvalidInput("since must be a time.", field="since") from error
    if since.tzinfo is None:
        raise InvalidInput("since must say its zone.", field="since")
    return visit.answer(ASIDE, NEWS, aside=NEWS, news=news_view(visit, query, since))
