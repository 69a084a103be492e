"""Messages that could not be delivered: why, and sending them after all."""

from typing import Final

from starlette.responses import Response

from sellergate.domain.identifiers import Role
from sellergate.faces.console import cookies
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.notices import ADDRESS, channel_names, chosen_channel, notices_view
from sellergate.faces.console.visit import Visit

pages = Pages(Role.OPERATOR, Role.ADMIN)

DIGITS_MAX: Final = 18


@pages.get(ADDRESS)
def notices(visit: Visit) -> Response:
    """The newest first."""
    channel = chosen_channel(visit.query.get("channel", ""))
    view = notices_view(visit, channel, visit.query.get("after", ""))
    said = cookies.said_of(visit.request)
    response = visit.answer("notices/page.html", "notices/_list.html", view=view, said=said)
    if said:
        cookies.drop_said(response, secure=visit.secure)
    return response


@pages.post(f"{ADDRESS}/retry")
def retry(visit: Visit) -> Response:
    """Send one, or those that were chosen, after all."""
    one = visit.sent("one")
    ids = {int(id) for id in ([one] if one else visit.form.get("id", [])) if id.isdecimal() and len(id) <= DIGITS_MAX}
    return _told(visit, len(ids), visit.parts.outbox.retry_these(ids))


@pages.get(f"{ADDRESS}/retry-all")
def retry_all_form(visit: Visit) -> Response:
    """How many that would be, before it is done."""
    channel = chosen_channel(visit.query.get("channel", ""))
    view = notices_view(visit, channel, "")
    name = channel_names(visit.words)[channel] if channel else ""
    return visit.answer("notices/all.html", "notices/_all.html", view=view, channel_name=name)


@pages.post(f"{ADDRESS}/retry-all")
def retry_all(visit: Visit) -> Response:
    """Send everything that was given up after all, or all of one channel."""
    retried = visit.parts.outbox.retry_all(chosen_channel(visit.sent("channel")))
    return _told(visit, retried, retried)


def _told(visit: Visit, asked: int, retried: int) -> Response:
    """Back to the list, which says what became of it."""
    words = visit.words
    if not asked:
        told = words.gettext("No message was chosen. Nothing was changed.")
    else:
        told = words.ngettext("%(num)s message is sent again.", "%(num)s messages are sent again.", retried)
    if retried < asked:
        left = words.ngettext(
            "%(num)s was not: somebody else was faster, or it is no longer kept.",
            "%(num)s were not: somebody else was faster, or they are no longer kept.",
            asked - retried,
        )
        told = f"{told} {left}"
    channel = chosen_channel(visit.sent("channel"))
    response = visit.go(f"{ADDRESS}?channel={channel}" if channel else ADDRESS)
    cookies.keep_said(response, told, secure=visit.secure)
    return response
