"""Which addresses are the console's, whose they are, and which of them one may be sent back to."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from sellergate.domain.identifiers import Role

STATIC: Final = "/static"
SIGN_IN: Final = "/sign-in"
SETTINGS: Final = "/settings"

SECTIONS: Final[Mapping[str, Role]] = {
    "/s": Role.SUPPLIER,
    "/m": Role.SELLER,
    "/o": Role.OPERATOR,
    "/a": Role.ADMIN,
}
"""The first part of an address says whose pages are below it."""

OTHERS: Final = frozenset(
    {
        STATIC,
        SIGN_IN,
        SETTINGS,
        "/account",
        "/demo",
        "/favicon.ico",
        "/live",
        "/notifications",
        "/preferences",
        "/sign-out",
        "/signed-out",
    }
)

_IS_LOCAL: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*").fullmatch
ADDRESS_MAX: Final = 2000


def section_of(path: str) -> str:
    """The first part of an address."""
    return "/" + path.lstrip("/").partition("/")[0]


def is_page(path: str) -> bool:
    """Whether the console answers at this address."""
    return path == "/" or section_of(path) in SECTIONS or section_of(path) in OTHERS


def role_of(path: str) -> Role | None:
    """Whose pages this address is among; None where it is everybody's."""
    return SECTIONS.get(section_of(path))


def local(address: str | None) -> str | None:
    """The address itself when it is a page of this console, otherwise None: nobody is sent to other people's sites."""
    if not address or len(address) > ADDRESS_MAX or not _IS_LOCAL(address):
        return None
    path = urlsplit(address).path
    return address if is_page(path) and section_of(path) in {*SECTIONS, SETTINGS, "/notifications"} else None
