"""Signatures of webhooks, by the Standard Webhooks specification (version 1, symmetric)."""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

ID_HEADER: Final = "webhook-id"
TIMESTAMP_HEADER: Final = "webhook-timestamp"
SIGNATURE_HEADER: Final = "webhook-signature"
SECRET_PREFIX: Final = "whsec_"  # noqa: S105  every secret begins so
SECRET_BYTES: Final = range(24, 65)
"""How long a secret may be, by the specification."""
TOLERANCE: Final = timedelta(minutes=5)
"""What is older, or as much from the future, is a replay."""


class NotGenuine(Exception):
    """The signature, or the time of it, does not hold."""


def secret_of(text: str) -> bytes:
    """The secret that a text like `whsec_…` stands for. Raises ValueError unless it is base64 of 24 to 64 bytes."""
    try:
        secret = b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except NotBase64 as error:
        raise ValueError("not base64") from error
    if not text.startswith(SECRET_PREFIX) or len(secret) not in SECRET_BYTES:
        raise ValueError("not a secret")
    return secret


def signed_headers(id: str, at: datetime, body: bytes, secrets: Iterable[bytes]) -> dict[str, str]:
    """What goes with a body: with two secrets, while one follows the other, a signature by each."""
    seconds = int(at.timestamp())
    signatures = (f"v1,{_signature(id, str(seconds), body, secret)}" for secret in secrets)
    return {ID_HEADER: id, TIMESTAMP_HEADER: str(seconds), SIGNATURE_HEADER: " ".join(signatures)}


def check_signature(headers: Mapping[str, str], body: bytes, secret: bytes, now: datetime) -> str:
    """The id of a genuine webhook: what has been received under it before is the same again. Raises NotGenuine.

    `headers` by lower-case names. For receivers written in Python, and for tests of ours.
    """
    id, sent = headers.get(ID_HEADER, ""), headers.get(TIMESTAMP_HEADER, "")
    if not sent.isascii() or not sent.isdigit() or abs(now.timestamp() - int(sent)) > TOLERANCE.total_seconds():
        raise NotGenuine("The time of the signature is not now.")
    expected = _signature(id, sent, body, secret)
    given = (part.partition(",") for part in headers.get(SIGNATURE_HEADER, "").split())
    if not any(kind == "v1" and hmac.compare_digest(signature, expected) for kind, _, signature in given):
        raise NotGenuine("No signature was made with this secret.")
    return id


def _signature(id: str, seconds: str, body: bytes, secret: bytes) -> str:
    content = b".".join((id.encode(), seconds.encode(), body))
    return b64encode(hmac.digest(secret, content, sha256)).decode()
