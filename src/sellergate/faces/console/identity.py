"""Signing in with an OpenID Connect provider: the code flow with PKCE, and what its tokens say of a person."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import jwt

from sellergate.domain.errors import InvalidInput, StoreUnavailable, Unauthenticated
from sellergate.domain.identifiers import Role, checked_id
from sellergate.domain.sessions import PEOPLE, Person, accounts_of
from sellergate.faces.keyring import Keyring
from sellergate.ports.identity import IdentityProvider, ProviderUnavailable, SignInFailed

LEEWAY_SECONDS: Final = 30
SUBJECT_MAX: Final = 255
NAME_MAX: Final = 200
NAMES: Final = ("name", "preferred_username", "email")


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Which claims say what; dots lead into objects."""

    roles: str = "roles"
    seller: str = "seller_id"
    supplier: str = "supplier_id"


@dataclass(frozen=True, slots=True)
class Departure:
    """What a browser took along to the provider: what comes back must fit it. `return_to` is where its person wanted to go."""

    state: str
    nonce: str
    verifier: str
    return_to: str


class OpenIdSignIn:
    """Sends people to one provider, and believes what it says of them."""

    def __init__(self, provider: IdentityProvider, keys: Keyring, *, client_id: str, claims: ClaimNames) -> None:
        self._provider = provider
        self._keys = keys
        self._client_id = client_id
        self._claims = claims

    def depart(self, redirect_uri: str, return_to: str) -> tuple[str, Departure]:
        """Where to go, and what to remember meanwhile. Raises ProviderUnavailable."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
        url = self._provider.authorization_url(redirect_uri=redirect_uri, state=state, nonce=nonce, challenge=challenge)
        return url, Departure(state, nonce, verifier, return_to)

    def arrive(self, answer: Mapping[str, str], departure: Departure | None, redirect_uri: str) -> Person:
        """Who came back. Raises SignInFailed and ProviderUnavailable."""
        if departure is None:
            raise SignInFailed("This browser has begun no sign-in, or more than ten minutes ago.")
        if not hmac.compare_digest(answer.get("state", "").encode(), departure.state.encode()):
            raise SignInFailed("The state is not that of the sign-in this browser has begun.")
        if "error" in answer:
            raise SignInFailed(
                f"The provider answered {answer['error'][:100]}: {answer.get('error_description', '')[:300]}"
            )
        if answer.get("iss", self._provider.issuer) != self._provider.issuer:
            raise SignInFailed("The answer comes from another provider.")
        id_token, access_token = self._provider.exchange(
            answer.get("code", ""), redirect_uri=redirect_uri, verifier=departure.verifier
        )
        claims = self._checked(id_token, departure.nonce)
        more = {} if access_token is None else self._provider.userinfo(access_token)
        if more and more.get("sub") != claims["sub"]:
            raise SignInFailed("The provider speaks of two people.")
        return person_of({**more, **claims}, self._claims)

    def _checked(self, id_token: str, nonce: str) -> Mapping[str, Any]:
        try:
            key = self._keys.key(jwt.get_unverified_header(id_token).get("kid"))
            claims: Mapping[str, Any] = jwt.decode(
                id_token,
                key.key,
                algorithms=[key.algorithm],
                audience=self._client_id,
                issuer=self._provider.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
            )
        except StoreUnavailable as error:
            raise ProviderUnavailable(str(error)) from error
        except (Unauthenticated, jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise SignInFailed(f"The ID token is not valid: {error}") from error
        if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise SignInFailed("The ID token belongs to another sign-in.")
        if claims.get("azp", self._client_id) != self._client_id:
            raise SignInFailed("The ID token was issued to another client.")
        return claims

    def leave(self, return_to: str) -> str | None:
        """Where to sign out of the provider as well; None where it has no such address, or cannot be asked."""
        try:
            return self._provider.end_session_url(return_to)
        except ProviderUnavailable:
            return None

    @property
    def host(self) -> str:
        """What to call the provider before people."""
        return urlsplit(self._provider.issuer).hostname or self._provider.issuer


def person_of(claims: Mapping[str, Any], names: ClaimNames) -> Person:
    """The person these claims speak of. Raises SignInFailed for claims that make no sense."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_MAX or not subject.isprintable():
        raise SignInFailed(f"The subject must be 1 to {SUBJECT_MAX} printable characters.")
    roles = frozenset(role for role in PEOPLE if role.value in _texts(claims, names.roles))
    accounts = accounts_of(roles, _ids(claims, names.seller), _ids(claims, names.supplier))
    return Person(subject=subject, name=_name(claims), accounts=accounts)


def _name(claims: Mapping[str, Any]) -> str | None:
    given = (claims.get(name) for name in NAMES)
    return next((name.strip()[:NAME_MAX] for name in given if isinstance(name, str) and name.strip()), None)


def _ids(claims: Mapping[str, Any], path: str) -> list[str]:
    try:
        return [checked_id(text, path) for text in _texts(claims, path)]
    except InvalidInput as error:
        raise SignInFailed(str(error)) from error


def _texts(claims: Mapping[str, Any], path: str) -> list[str]:
    """The text, or the texts, at a path of names; none where there is nothing. Raises SignInFailed for anything else."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    texts = [] if found is None else [found] if isinstance(found, str) else found
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise SignInFailed(f"The claim {path} must be a text or a list of texts.")
    return texts


def demo_person(role: Role, id: str | None, name: str) -> Person:
    """Somebody to try the console as; their subject says that they are made up."""
    ids = [] if id is None else [id]
    return Person(subject=f"demo-{role}", name=name, accounts=accounts_of([role], ids, ids))
