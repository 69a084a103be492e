"""Theme, language and shortcuts: kept with the person, and with the browser for when nobody is signed in."""

from typing import Final

from starlette.responses import Response

from sellergate.faces.console import cookies, language
from sellergate.faces.console.addresses import SIGN_IN, local
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.visit import THEME_COOKIE, THEMES, Visit

pages = Pages()

SYSTEM: Final = "system"
ON_OFF: Final = {"on": True, "off": False}


@pages.post("/preferences")
def prefer(visit: Visit) -> Response:
    """Keep what was sent of `theme`, `language` and `single_keys`; then back to the page it was sent from."""
    theme, tongue, keys = visit.sent("theme"), visit.sent("language"), visit.sent("single_keys")
    likes: dict[str, str | bool | None] = {}
    if theme in (*THEMES, SYSTEM):
        likes["theme"] = None if theme == SYSTEM else theme
    if tongue in language.LANGUAGES:
        likes["language"] = tongue
    if keys in ON_OFF:
        likes["single_keys"] = ON_OFF[keys]
    if visit.session is not None and likes:
        visit.parts.sessions.prefer(visit.session, **likes)
    response = visit.go(local(visit.sent("return")) or SIGN_IN)
    for like, name in (("theme", THEME_COOKIE), ("language", language.COOKIE)):
        if like in likes:
            value = likes[like]
            cookies.keep_like(response, name, None if value is None else str(value), secure=visit.secure)
    return response
