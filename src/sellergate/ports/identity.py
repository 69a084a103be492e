"""Who says who people are."""

from collections.abc import Mapping
from typing import Any, Protocol

from sellergate.ports.keys import KeySource


class SignInFailed(Exception):
    """The provider did not sign the person in, or what it answered cannot be believed. The message is for the log."""


class ProviderUnavailable(Exception):
    """The provider cannot be reached, or does not answer as one would."""


class IdentityProvider(KeySource, Protocol):
    """An OpenID Connect provider. Everything asks it, so it blocks, and raises ProviderUnavailable; `fetch` gives its keys."""

    @property
    def issuer(self) -> str:
        """Its name in every token."""

    def authorization_url(self, *, redirect_uri: str, state: str, nonce: str, challenge: str) -> str:
        """Where a browser goes to sign in. `challenge` is the PKCE code challenge by S256."""

    def exchange(self, code: str, *, redirect_uri: str, verifier: str) -> tuple[str, str | None]:
        """The ID token for a code, and an access token if there is one. Raises SignInFailed when the code is refused."""

    def userinfo(self, access_token: str) -> Mapping[str, Any]:
        """What else it says of the person; nothing where it has no such endpoint."""

    def end_session_url(self, return_to: str) -> str | None:
        """Where a browser goes to sign out of the provider as well; None where it has no such address."""
