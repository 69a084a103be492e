"""Forms that only our own pages can send.

The token is made from the session's secret, so there is nothing to store; and it looks different on every page, so that
compression gives nothing of it away (BREACH).
"""

import binascii
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from starlette.requests import Request

from sellergate.domain.errors import Forbidden

FIELD: Final = "csrf"
_BYTES: Final = 32
_SAME: Final = ("same-origin", "none")


class FormNotOurs(Forbidden):
    """A form that none of our pages of this session has sent: an old one, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("This form is too old, or another site has sent it. Nothing was changed.")


def token_of(secret: str) -> str:
    """A token for the forms of this session."""
    pad = secrets.token_bytes(_BYTES)
    return urlsafe_b64encode(pad + _mixed(pad, _own(secret))).decode()


def is_token_of(secret: str, token: str) -> bool:
    """Whether the token was made for this session."""
    try:
        content = urlsafe_b64decode(token)
    except (ValueError, binascii.Error):
        return False
    pad, rest = content[:_BYTES], content[_BYTES:]
    return len(content) == 2 * _BYTES and hmac.compare_digest(_mixed(pad, rest), _own(secret))


def comes_from_here(request: Request) -> bool:
    """Whether the browser says that one of our own pages sent this; also where it says nothing, as old ones do."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in _SAME
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def _own(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"sellergate console forms", "sha256")


def _mixed(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=False))
