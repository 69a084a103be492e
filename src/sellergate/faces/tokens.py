"""Who is calling: bearer tokens, checked once and remembered until they end."""

import re
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import jwt

from sellergate.domain.errors import Forbidden, InvalidInput, Unauthenticated
from sellergate.domain.identifiers import Actor, Role, SellerId, SupplierId, checked_id
from sellergate.faces.keyring import Keyring, VerifyingKey

NAME: Final = "sellergate"
"""The issuer and the audience of tokens where nothing else is set."""

LEEWAY_SECONDS: Final = 30
MOST_REMEMBERED: Final = 10_000
MOST_BYTES: Final = 8 * 1024
CALLERS: Final = frozenset(Role) - {Role.SYSTEM}
"""The roles a token may give; nobody calls as the system itself."""

_IS_SUBJECT: Final = re.compile(r"[^\x00-\x1f\x7f]{1,255}").fullmatch


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a token says is calling, and what they may act as."""

    subject: str
    roles: frozenset[Role]
    seller_id: SellerId | None = None
    supplier_id: SupplierId | None = None

    def acting_as(self, role: Role) -> Actor:
        """The caller in one of their roles. Raises Forbidden without that role, or without the id it needs."""
        if role not in self.roles:
            raise Forbidden(f"This needs the role {role}.")
        if role is Role.SELLER:
            if self.seller_id is None:
                raise Forbidden("The token names no seller.")
            return Actor(self.subject, role, seller_id=self.seller_id)
        if role is Role.SUPPLIER:
            if self.supplier_id is None:
                raise Forbidden("The token names no supplier.")
            return Actor(self.subject, role, supplier_id=self.supplier_id)
        return Actor(self.subject, role)


@dataclass(frozen=True, slots=True)
class _Remembered:
    principal: Principal
    ends_at: float
    generation: int


class Authenticator:
    """Checks tokens against a keyring, an issuer and an audience.

    A name in a token must always be the right one. It must be there where the operator has set it, and with public keys;
    with a shared secret and nothing set, a token may leave it out.
    """

    def __init__(self, keys: Keyring, *, issuer: str | None = None, audience: str | None = None) -> None:
        self._keys = keys
        self._issuer, self._audience = issuer or NAME, audience or NAME
        self._required = ["exp", "sub"]
        if issuer or keys.names_required:
            self._required.append("iss")
        if audience or keys.names_required:
            self._required.append("aud")
        self._known: dict[str, _Remembered] = {}
        self._remembering = threading.Lock()

    def remembered(self, token: str) -> Principal | None:
        """The caller, if this very token was checked before and still holds; never blocks."""
        known = self._known.get(token)
        if known is None or known.generation != self._keys.generation or known.ends_at <= time.time():
            return None
        return known.principal

    def authenticate(self, token: str) -> Principal:
        """The caller. May fetch keys, so it blocks. Raises Unauthenticated for a token that proves nothing."""
        principal = self.remembered(token)
        if principal is not None:
            return principal
        key, claims = self._checked_claims(token)
        principal = _principal(claims)
        self._remember(token, _Remembered(principal, int(claims["exp"]) + LEEWAY_SECONDS, key.generation))
        return principal

    def _checked_claims(self, token: str) -> tuple[VerifyingKey, Mapping[str, Any]]:
        if len(token) > MOST_BYTES:
            raise Unauthenticated("The token is too long.")
        try:
            key = self._keys.key(jwt.get_unverified_header(token).get("kid"))
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm],
                leeway=LEEWAY_SECONDS,
                options={"require": self._required, "verify_aud": False, "verify_iss": False},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("The token has expired.") from None
        # What a forger can put where a number or a text belongs is met as any of these.
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
            raise Unauthenticated("The token is not valid.") from None
        self._check_names(claims)
        return key, claims

    def _check_names(self, claims: Mapping[str, Any]) -> None:
        if claims.get("iss", self._issuer) != self._issuer:
            raise Unauthenticated("The token was issued by somebody else.")
        audience = claims.get("aud", self._audience)
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise Unauthenticated("The token is for somebody else.")

    def _remember(self, token: str, remembered: _Remembered) -> None:
        with self._remembering:
            while len(self._known) >= MOST_REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[token] = remembered


def _principal(claims: Mapping[str, Any]) -> Principal:
    subject = claims["sub"]
    if not isinstance(subject, str) or not _IS_SUBJECT(subject):
        raise Unauthenticated("The token's subject must be 1 to 255 characters.")
    try:
        seller_id, supplier_id = (claims.get(name) for name in ("seller_id", "supplier_id"))
        return Principal(
            subject,
            _roles(claims.get("roles", [])),
            None if seller_id is None else SellerId(checked_id(seller_id, "seller_id")),
            None if supplier_id is None else SupplierId(checked_id(supplier_id, "supplier_id")),
        )
    except InvalidInput as refusal:
        raise Unauthenticated(f"In the token, {refusal}") from None


def _roles(claim: object) -> frozenset[Role]:
    """The roles we know; another program's roles in the same token mean nothing here."""
    names = [claim] if isinstance(claim, str) else claim
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Unauthenticated("The token's roles must be a list of texts.")
    return frozenset(role for role in CALLERS if role.value in names)


def bearer(authorization: str | None) -> str:
    """The token of an Authorization header. Raises Unauthenticated when there is none."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("A bearer token is needed.")
    return token.strip()


def issue_token(
    secret: str,
    *,
    subject: str,
    roles: Iterable[str],
    seller_id: str | None = None,
    supplier_id: str | None = None,
    lifetime: timedelta = timedelta(hours=1),
    issuer: str | None = None,
    audience: str | None = None,
) -> str:
    """A token signed with the shared secret, good from now on for its lifetime."""
    now = int(time.time())
    claims = {
        "sub": subject,
        "roles": [str(role) for role in roles],
        "iss": issuer or NAME,
        "aud": audience or NAME,
        "iat": now,
        "exp": now + int(lifetime.total_seconds()),
        "jti": uuid4().hex,
        "seller_id": seller_id,
        "supplier_id": supplier_id,
    }
    return jwt.encode({name: claim for name, claim in claims.items() if claim is not None}, secret, algorithm="HS256")
