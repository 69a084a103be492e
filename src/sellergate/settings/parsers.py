"""How the text of a variable is read. Each raises ValueError for what it does not take."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import parseaddr
from typing import Final
from urllib.parse import urlsplit

from sellergate.domain.directory import Tier
from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import checked_id
from sellergate.domain.preferences import checked_zone
from sellergate.domain.webhooks import secret_of

SECRET_BYTES_MIN: Final = 32


def flag(text: str) -> bool:
    """A yes or no."""
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    try:
        return words[text.lower()]
    except KeyError:
        raise ValueError(text) from None


def number(low: int, high: int | None = None) -> Callable[[str], int]:
    """Whole numbers, both ends included."""

    def parse(text: str) -> int:
        value = int(text) if re.fullmatch(r"-?[0-9]{1,12}", text) else low - 1
        if value < low or (high is not None and value > high):
            raise ValueError(text)
        return value

    return parse


def percent(text: str) -> float:
    """A share above 0 and up to 100."""
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", text) or not 0 < float(text) <= 100:
        raise ValueError(text)
    return float(text)


def seconds(low: int, high: int | None = None) -> Callable[[str], timedelta]:
    """Whole seconds, both ends included."""
    parse = number(low, high)
    return lambda text: timedelta(seconds=parse(text))


def choice(*words: str) -> Callable[[str], str]:
    """One of some words, in any case."""

    def parse(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(text)
        return text.lower()

    return parse


def ids(text: str) -> tuple[str, ...]:
    """Ids separated by commas."""
    try:
        return tuple(checked_id(part.strip(), "id") for part in text.split(",") if part.strip())
    except InvalidInput as error:
        raise ValueError(text) from error


def tiers(text: str) -> Mapping[Tier, int | None]:
    """A limit for each tier named; None for unlimited."""
    limits: dict[Tier, int | None] = {}
    for part in text.split(","):
        name, _, limit = (piece.strip() for piece in part.partition("="))
        limits[Tier(name.upper())] = None if limit.lower() == "unlimited" else number(0)(limit)
    return limits


def http_url(text: str) -> str:
    """An address of http or https, without a query."""
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", text):
        raise ValueError(text)
    _ = urlsplit(text).port  # raises ValueError
    return text.rstrip("/")


def matchers(text: str) -> str:
    """Label matchers of PromQL."""
    matcher = r'[a-zA-Z_]\w*\s*(=|!=|=~|!~)\s*"([^"\\\n]|\\.)*"'
    if not re.fullmatch(rf"\s*{matcher}(\s*,\s*{matcher})*\s*", text, re.ASCII):
        raise ValueError(text)
    return text


def signing_secret(text: str) -> str:
    """A text long enough to sign with."""
    if len(text.encode()) < SECRET_BYTES_MIN:
        raise ValueError(text)
    return text


def zone(text: str) -> str:
    """The name of a time zone."""
    try:
        return checked_zone(text)
    except InvalidInput as error:
        raise ValueError(text) from error


def mail_sender(text: str) -> str:
    """An e-mail address, with or without a name."""
    _, address = parseaddr(text)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address) or "\n" in text:
        raise ValueError(text)
    return text


def addresses(text: str) -> tuple[str, ...]:
    """E-mail addresses separated by commas."""
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", part) for part in parts):
        raise ValueError(text)
    return parts


def places(text: str) -> Mapping[str, str]:
    """Named addresses: `name=ADDRESS`, separated by white space."""
    found: dict[str, str] = {}
    for part in text.split():
        name, _, address = part.partition("=")
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name) or "://" not in address or name in found:
            raise ValueError(text)
        found[name] = address
    return found


def mailing_lists(text: str) -> Mapping[str, tuple[str, ...]]:
    """E-mail addresses by audience: `audience=ADDRESS,ADDRESS`, separated by white space."""
    found: dict[str, tuple[str, ...]] = {}
    for part in text.split():
        name, _, listed = part.partition("=")
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name) or not listed or name in found:
            raise ValueError(text)
        found[name] = addresses(listed)
    return found


def signed_places(text: str) -> Mapping[str, tuple[bytes, ...]]:
    """Named secrets: `name=whsec_…,whsec_…`, separated by white space."""
    pairs = (part.partition("=") for part in text.split())
    return {name: tuple(secret_of(secret) for secret in secrets.split(",")) for name, _, secrets in pairs}
