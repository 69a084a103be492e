"""What tokens are checked with: one shared secret, or public keys that somebody else publishes and rotates.

The key decides the algorithm, never the token: a token that names another one proves nothing.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from sellergate.domain.errors import StoreUnavailable, Unauthenticated
from sellergate.ports.keys import KeySource, KeysUnavailable

log = logging.getLogger(__name__)

REFRESH_SECONDS: Final = 300.0
RETRY_SECONDS: Final = 10.0
"""How often at most an unknown key id, or a fetch that failed, leads to another fetch."""

RSA_BITS_MIN: Final = 2048

ALGORITHMS: Final[Mapping[tuple[object, object], str]] = {
    ("RSA", None): "RS256",
    ("EC", "P-256"): "ES256",
    ("OKP", "Ed25519"): "EdDSA",
}


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A key, the one algorithm it is for, and the generation of keys it belongs to."""

    key: Any
    algorithm: str
    generation: int = 0


class Keyring(Protocol):
    """Finds the key a token must have been signed with."""

    @property
    def names_required(self) -> bool:
        """Whether a token must name its issuer and audience: the key may be used for other programs' tokens as well."""

    @property
    def generation(self) -> int | None:
        """Changes whenever keys do; None when they must be looked at again before anything is believed."""

    def key(self, key_id: str | None) -> VerifyingKey:
        """The key of this id. May fetch, so it blocks.

        Raises Unauthenticated when there is none, StoreUnavailable when nothing is known of any key.
        """


class SharedSecret:
    """One secret for HS256, which whoever issues tokens knows as well."""

    names_required = False
    generation = 0

    def __init__(self, secret: str) -> None:
        self._key = VerifyingKey(secret, "HS256")

    def key(self, key_id: str | None) -> VerifyingKey:  # noqa: ARG002  there is only one
        """The secret, whatever the token calls it."""
        return self._key


class PublicKeys:
    """The keys of a published set, by key id.

    Looked at anew every five minutes, and when an unknown id turns up, but at most every ten seconds. When that fails, the
    last good set is kept. `monotonic` is seconds.
    """

    names_required = True

    def __init__(self, source: KeySource, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._monotonic = monotonic
        self._set = _KeySet()
        self._looked_at = -RETRY_SECONDS
        self._due_at = -RETRY_SECONDS
        self._fetching = threading.Lock()

    @property
    def generation(self) -> int | None:
        """How often the keys have changed; None when it is time to look."""
        return None if self._is_due() else self._set.generation

    def _is_due(self) -> bool:
        return self._monotonic() >= self._due_at

    def key(self, key_id: str | None) -> VerifyingKey:
        """The key of this id. Raises Unauthenticated when the set has none, StoreUnavailable while there is no set."""
        if self._is_due():
            self._look(wait=not self._set.keys)
        if key_id not in self._set.keys:
            self._look(wait=True)
        known = self._set
        if not known.keys:
            raise StoreUnavailable("The keys to check tokens with cannot be fetched at the moment.")
        if key_id not in known.keys:
            raise Unauthenticated("The token was signed with an unknown key.")
        return replace(known.keys[key_id], generation=known.generation)

    def _look(self, *, wait: bool) -> None:
        """Fetch once; while another thread does so, wait for it only where there is nothing to go on with."""
        if not self._fetching.acquire(blocking=wait):
            return
        try:
            if self._monotonic() - self._looked_at >= RETRY_SECONDS:
                self._fetch()
        finally:
            self._fetching.release()

    def _fetch(self) -> None:
        before, good_for = self._set, REFRESH_SECONDS
        try:
            document = self._source.fetch()
            if document != before.document:
                self._set = _KeySet(read_keys(document), document, before.generation + 1)
        except KeysUnavailable as error:
            log.warning("The token keys cannot be renewed; the last ones are kept. %s", error)
            good_for = RETRY_SECONDS
        self._looked_at = self._monotonic()
        self._due_at = self._looked_at + good_for


@dataclass(frozen=True, slots=True)
class _KeySet:
    keys: Mapping[str | None, VerifyingKey] = field(default_factory=dict)
    document: bytes = b""
    generation: int = 0


def read_keys(document: bytes) -> dict[str | None, VerifyingKey]:
    """The signing keys of a set by id; keys of other kinds, and those without an id, are left out.

    Raises KeysUnavailable when it is no key set, or has no key that could be used.
    """
    try:
        listed = json.loads(document)["keys"]
        found = {jwk["kid"]: key for jwk in listed if (key := _verifying_key(jwk))}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise KeysUnavailable("That is not a JSON Web Key Set.") from error
    if not found:
        raise KeysUnavailable("The key set has no key for RS256, ES256 or EdDSA with a key id.")
    return found


def _verifying_key(jwk: Mapping[str, Any]) -> VerifyingKey | None:
    algorithm = ALGORITHMS.get((jwk.get("kty"), jwk.get("crv")))
    usable = jwk.get("use", "sig") == "sig" and isinstance(jwk.get("kid"), str) and jwk["kid"]
    if algorithm is None or jwk.get("alg", algorithm) != algorithm or not usable:
        return None
    try:
        key = PyJWK(dict(jwk), algorithm=algorithm).key
    except PyJWTError:
        return None
    if algorithm == "RS256" and key.key_size < RSA_BITS_MIN:
        return None
    return VerifyingKey(key.public_key() if "d" in jwk else key, algorithm)
