"""The plan's announcements: what is due when and to whom, the dates of steps, sending one now, and what was sent."""

from datetime import datetime

from starlette.responses import Response

from sellergate.domain.errors import InvalidInput, InvalidStatus
from sellergate.domain.identifiers import Role
from sellergate.domain.windows import zone_named
from sellergate.faces.console import cookies
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.announcement import HISTORY, history_view, preview_view
from sellergate.faces.console.views.announcements import ADDRESS, announcements_view, sent_words
from sellergate.faces.console.visit import Visit

pages = Pages(Role.OPERATOR, Role.ADMIN)


@pages.get(ADDRESS)
def announcements(visit: Visit) -> Response:
    """What is planned."""
    said = cookies.said_of(visit.request)
    response = _page(visit, said=said)
    if said:
        cookies.drop_said(response, secure=visit.secure)
    return response


def _page(visit: Visit, *, said: str = "", problem: str = "", status: int = 200) -> Response:
    view = announcements_view(visit)
    return visit.page("announcements/page.html", status=status, view=view, said=said, problem=problem)


@pages.post(f"{ADDRESS}/dates")
def set_date(visit: Visit) -> Response:
    """Set when a step is to begin, or say that nobody knows. The step itself is not begun by it."""
    step, words = visit.sent("step"), visit.words
    try:
        begins_at = None if visit.sent("clear") else _moment(visit, visit.sent("date"))
        start = visit.parts.announcing.schedule(visit.actor, step, begins_at)
    except (InvalidInput, InvalidStatus) as refusal:
        return _page(visit, problem=str(refusal), status=422)
    if begins_at is None:
        told = words.gettext("The date of %(step)s is no longer set.", step=step)
    elif start.at == begins_at:
        told = words.gettext("%(step)s is to begin on %(date)s.", step=step, date=visit.formats.moment(begins_at))
    else:
        told = words.gettext("The date of %(step)s is kept, but does not count now: %(why)s", step=step, why=start.why)
    response = visit.go(ADDRESS)
    cookies.keep_said(response, told, secure=visit.secure)
    return response


def _moment(visit: Visit, text: str) -> datetime:
    """The moment of a form's date, in the plan's zone. Raises InvalidInput for what is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(visit.words.gettext("A date and a time are needed."), field="date") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone_named(visit.parts.plan.zone))


@pages.get(HISTORY)
def history(visit: Visit) -> Response:
    """What was sent, in the words that were sent."""
    return visit.page("announcements/history.html", view=history_view(visit))


@pages.get(f"{ADDRESS}/{{announcement}}/preview")
def preview(visit: Visit, announcement: str) -> Response:
    """One announcement as it would be sent now, in both languages."""
    return visit.page("announcements/preview.html", view=preview_view(visit, announcement, visit.query.get("step", "")))


@pages.get(f"{ADDRESS}/{{announcement}}/send")
def send_form(visit: Visit, announcement: str) -> Response:
    """To how many it would go, before it does."""
    return _form(visit, announcement, visit.query.get("step", ""))


def _form(visit: Visit, name: str, step: str, problem: str = "") -> Response:
    view = preview_view(visit, name, step)
    if problem:
        return visit.page("announcements/send.html", status=422, view=view, problem=problem)
    return visit.answer("announcements/send.html", "announcements/_send.html", view=view, problem="")


@pages.post(f"{ADDRESS}/{{announcement}}/send")
def send(visit: Visit, announcement: str) -> Response:
    """Send it now, whatever its date. The same form sent twice tells everybody once."""
    step, known = visit.sent("step"), visit.sent("after")
    try:
        sent = visit.parts.announcing.send(
            visit.actor,
            announcement,
            step or None,
            again=visit.sent("again") == "yes",
            after=int(known) if known.isdecimal() and len(known) < 9 else None,
        )
    except InvalidStatus as refusal:
        return _form(visit, announcement, step, str(refusal))
    told = f"{sent.name}: {sent_words(visit, sent)}."
    response = visit.go(ADDRESS)
    cookies.keep_said(response, told, secure=visit.secure)
    return response
