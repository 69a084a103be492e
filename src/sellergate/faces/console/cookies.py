"""What a browser keeps for us: the secret of its session, what its person likes, and a sign-in that is under way."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from sellergate.faces.console.identity import Departure

SESSION: Final = "sellergate_session"
DEPARTURE: Final = "sellergate_sign_in"
YEAR_SECONDS: Final = 365 * 24 * 3600
DEPARTURE_SECONDS: Final = 600
SAID: Final = "sellergate_said"
SAID_SECONDS: Final = 60


def session_name(*, secure: bool) -> str:
    """The name of the session's cookie; where it is encrypted no other host of the domain can set one of this name."""
    return f"__Host-{SESSION}" if secure else SESSION


def keep_session(response: Response, secret: str, *, secure: bool) -> None:
    """Until the browser is closed, or the session ends."""
    response.set_cookie(session_name(secure=secure), secret, path="/", httponly=True, samesite="lax", secure=secure)


def drop_session(response: Response, *, secure: bool) -> None:
    """Forget the secret."""
    response.delete_cookie(session_name(secure=secure), path="/", httponly=True, samesite="lax", secure=secure)


def keep_like(response: Response, name: str, value: str | None, *, secure: bool) -> None:
    """For a year; forgotten when None."""
    if value is None:
        response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=secure)
    else:
        response.set_cookie(name, value, max_age=YEAR_SECONDS, path="/", httponly=True, samesite="lax", secure=secure)


def keep_departure(response: Response, departure: Departure, *, secure: bool) -> None:
    """For ten minutes, and only for the address the provider sends people back to."""
    response.set_cookie(
        DEPARTURE,
        urlsafe_b64encode(json.dumps(asdict(departure)).encode()).decode(),
        max_age=DEPARTURE_SECONDS,
        path="/sign-in",
        httponly=True,
        samesite="lax",
        secure=secure,
    )


def departure_of(request: Request) -> Departure | None:
    """The sign-in this browser has begun, or None."""
    try:
        known = json.loads(urlsafe_b64decode(request.cookies.get(DEPARTURE, "")))
        return Departure(**{name: str(known[name]) for name in ("state", "nonce", "verifier", "return_to")})
    except (ValueError, TypeError, KeyError):
        return None


def drop_departure(response: Response, *, secure: bool) -> None:
    """It has ended, one way or another."""
    response.delete_cookie(DEPARTURE, path="/sign-in", httponly=True, samesite="lax", secure=secure)


def keep_said(response: Response, text: str, *, secure: bool) -> None:
    """What the next page is to say once, for a minute."""
    value = urlsafe_b64encode(text.encode()).decode()
    response.set_cookie(SAID, value, max_age=SAID_SECONDS, path="/", httponly=True, samesite="lax", secure=secure)


def said_of(request: Request) -> str:
    """What the page before left to be said; an empty text for nothing."""
    try:
        return urlsafe_b64decode(request.cookies.get(SAID, "")).decode()
    except ValueError:
        return ""


def drop_said(response: Response, *, secure: bool) -> None:
    """It has been said."""
    response.delete_cookie(SAID, path="/", httponly=True, samesite="lax", secure=secure)
