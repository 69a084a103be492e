"""An OpenID Connect provider over HTTP, as it describes itself: the code flow with PKCE."""

import threading
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx

from sellergate.adapters.jwks import MOST_BYTES, TIMEOUT_SECONDS
from sellergate.ports.identity import ProviderUnavailable, SignInFailed
from sellergate.ports.keys import KeysUnavailable

DESCRIPTION: Final = "/.well-known/openid-configuration"
DESCRIPTION_SECONDS: Final = 3600.0
"""How long a provider's description of itself is believed before it is asked for again."""
NEEDED: Final = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


class OpenIdProvider:
    """One provider, known by its issuer. Redirects are not followed: the configured addresses are the ones that are trusted."""

    def __init__(self, issuer: str, *, client_id: str, client_secret: str | None, scopes: str) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = scopes
        self._description: Mapping[str, Any] = {}
        self._described_at = 0.0
        self._describing = threading.Lock()

    @property
    def issuer(self) -> str:
        """Its name in every token, as it writes it itself. Raises ProviderUnavailable."""
        return str(self._describe()["issuer"])

    def authorization_url(self, *, redirect_uri: str, state: str, nonce: str, challenge: str) -> str:
        """Where a browser goes to sign in."""
        return _with_query(
            self._endpoint("authorization_endpoint"),
            client_id=self._client_id,
            response_type="code",
            scope=self._scopes,
            redirect_uri=redirect_uri,
            state=state,
            nonce=nonce,
            code_challenge=challenge,
            code_challenge_method="S256",
        )

    def exchange(self, code: str, *, redirect_uri: str, verifier: str) -> tuple[str, str | None]:
        """The ID token for a code, and an access token if there is one. Raises SignInFailed when the code is refused."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        answer = self._post(self._endpoint("token_endpoint"), form)
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise ProviderUnavailable(f"The provider answered {answer.status_code} to a code.")
        body = _object(answer)
        if answer.is_error:
            raise SignInFailed(f"The provider refused the code: {body.get('error')}: {body.get('error_description')}")
        id_token, access_token = body.get("id_token"), body.get("access_token")
        if not isinstance(id_token, str):
            raise SignInFailed("The provider gave no ID token.")
        return id_token, access_token if isinstance(access_token, str) else None

    def userinfo(self, access_token: str) -> Mapping[str, Any]:
        """What else it says of the person; nothing where it has no such endpoint."""
        url = self._describe().get("userinfo_endpoint")
        return {} if url is None else self._get(str(url), Authorization=f"Bearer {access_token}")

    def end_session_url(self, return_to: str) -> str | None:
        """Where a browser goes to sign out of the provider as well; None where it has no such address."""
        url = self._describe().get("end_session_endpoint")
        if url is None:
            return None
        return _with_query(str(url), client_id=self._client_id, post_logout_redirect_uri=return_to)

    def fetch(self) -> bytes:
        """The provider's key set as it is now. Raises KeysUnavailable."""
        try:
            return _asked(self._endpoint("jwks_uri")).content
        except ProviderUnavailable as error:
            raise KeysUnavailable(str(error)) from error

    def _endpoint(self, name: str) -> str:
        return str(self._describe()[name])

    def _describe(self) -> Mapping[str, Any]:
        with self._describing:
            if not self._description or time.monotonic() - self._described_at > DESCRIPTION_SECONDS:
                self._description = self._described()
                self._described_at = time.monotonic()
            return self._description

    def _described(self) -> Mapping[str, Any]:
        description = self._get(self._issuer.rstrip("/") + DESCRIPTION)
        missing = [name for name in NEEDED if not isinstance(description.get(name), str)]
        if missing:
            raise ProviderUnavailable(f"The provider's description of itself lacks {', '.join(missing)}.")
        if description["issuer"].rstrip("/") != self._issuer.rstrip("/"):
            raise ProviderUnavailable(f"At {self._issuer} answers a provider that is called {description['issuer']}.")
        return description

    def _get(self, url: str, **headers: str) -> Mapping[str, Any]:
        return _object(_asked(url, **headers))

    def _post(self, url: str, form: Mapping[str, str]) -> httpx.Response:
        auth: httpx.Auth | None = None
        if self._client_secret is None:
            form = {**form, "client_id": self._client_id}
        elif "client_secret_basic" in self._describe().get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        ):
            auth = httpx.BasicAuth(quote(self._client_id, safe=""), quote(self._client_secret, safe=""))
        else:
            form = {**form, "client_id": self._client_id, "client_secret": self._client_secret}
        try:
            return httpx.post(
                url, data=dict(form), auth=auth, timeout=TIMEOUT_SECONDS, headers={"Accept": "application/json"}
            )
        except httpx.HTTPError as error:
            raise ProviderUnavailable(f"The provider cannot be reached: {error}") from error


def _asked(url: str, **headers: str) -> httpx.Response:
    try:
        answer = httpx.get(url, timeout=TIMEOUT_SECONDS, headers={"Accept": "application/json", **headers})
        answer.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProviderUnavailable(f"The provider cannot be asked: {error}") from error
    if len(answer.content) > MOST_BYTES:
        raise ProviderUnavailable("The provider answers with more than 1 MiB.")
    return answer


def _object(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ProviderUnavailable(
            f"The provider answered {answer.status_code} with something that is not a JSON object."
        )
    return body


def _with_query(url: str, **parameters: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}"
