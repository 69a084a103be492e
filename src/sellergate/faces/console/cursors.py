"""Where a page of a list begins, as it travels in an address."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from sellergate.domain.errors import InvalidInput
from sellergate.ports.queries import Position


def cursor(position: Position) -> str:
    """The position as a text for an address."""
    return urlsafe_b64encode(json.dumps(position, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(text: str | None) -> Position | None:
    """The position of such a text, None for none. Raises InvalidInput for what was never one."""
    if not text:
        return None
    try:
        parts = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        parts = None
    if not isinstance(parts, list) or not all(type(part) in (str, int) for part in parts):
        raise InvalidInput("This address is not one of this list.", field="after")
    return tuple(parts)
