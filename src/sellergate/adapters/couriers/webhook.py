"""Signed webhooks: told to programs at addresses of the settings, never by way of a redirect."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import httpx

from sellergate.domain.errors import InvalidInput
from sellergate.domain.webhooks import signed_headers
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.couriers import Letter, Undelivered


@dataclass(frozen=True, slots=True)
class Receiver:
    """A program that is told, and the secrets its webhooks are signed with, the newest first."""

    url: str
    secrets: Sequence[bytes]


def receivers(
    urls: Mapping[str, str], secrets: Mapping[str, Sequence[bytes]], *, allow_http: bool
) -> dict[str, Receiver]:
    """Who is told, by name. Raises InvalidInput, naming the place, for an address that cannot be used or has no secret."""
    for name, url in urls.items():
        _check(name, url, allow_http=allow_http)
    unsigned = sorted(urls.keys() - secrets.keys())
    if unsigned:
        raise InvalidInput(f"{unsigned[0]} has no secret: webhooks are always signed", field="secrets")
    unknown = sorted(secrets.keys() - urls.keys())
    if unknown:
        raise InvalidInput(f"there is no webhook {unknown[0]}", field="secrets")
    return {name: Receiver(url, tuple(secrets[name])) for name, url in urls.items()}


def _check(name: str, url: str, *, allow_http: bool) -> None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise InvalidInput(f"{name} is no URL") from error
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise InvalidInput(f"{name} must be an https URL")
    if parts.scheme == "http" and not allow_http:
        raise InvalidInput(f"{name} must be https; SELLERGATE_WEBHOOK_ALLOW_HTTP=true allows http")
    if parts.username is not None:
        raise InvalidInput(f"{name} must have no user in it: the signature says who sends")


class WebhookCourier:
    """See ports.couriers.Courier. A letter's address is the name of a receiver; only a 2xx answer accepts it."""

    def __init__(self, receivers: Mapping[str, Receiver], *, timeout: timedelta, now: Clock = utc_now) -> None:
        self._receivers = receivers
        self._now = now
        self._client = httpx.Client(timeout=timeout.total_seconds(), follow_redirects=False, trust_env=False)

    def deliver(self, letter: Letter) -> None:
        """Hand it over. 410 is final, by the specification; everything else is tried again."""
        receiver = self._receivers.get(letter.address)
        if receiver is None:
            raise Undelivered(f"The settings name no webhook {letter.address}.")
        body = json.dumps(letter.payload, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            **signed_headers(f"msg_{letter.uid}", self._now(), body, receiver.secrets),
        }
        try:
            # What it answers beside the status is not read, however much it is.
            with self._client.stream("POST", receiver.url, content=body, headers=headers) as answer:
                status = answer.status_code
        except httpx.HTTPError as error:
            raise Undelivered(f"The receiver cannot be reached: {type(error).__name__}") from error
        if not httpx.codes.is_success(status):
            raise Undelivered(f"The receiver answered {status}.", final=status == httpx.codes.GONE)
