"""The demo's way to the server: plain HTTP with a token for each role, as any other program would use it."""

from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Self

import httpx

from sellergate.domain.identifiers import Role
from sellergate.faces.tokens import issue_token

TOKEN_LIFETIME: Final = timedelta(days=7)
TIMEOUT_SECONDS: Final = 10.0
GATE: Final = "/api/v1/ds/gate"
SELLER: Final = "/api/v1/ds/seller"
SUPPLIER: Final = "/api/v1/ds/supplier"
ADMIN: Final = "/api/admin/dropshipping"


class Unexpected(Exception):
    """The API answered something else than it should; the message is one line."""


class Api:
    """Calls to one server; thread-safe. Tokens are made as they are needed and used again."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self._secret = secret
        self._tokens: dict[tuple[Role, str | None], str] = {}
        self._http = httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def token(self, role: Role, id: str | None = None) -> str:
        """A token for this role; `id` is the seller's or the supplier's."""
        key = (role, id)
        if key not in self._tokens:
            self._tokens[key] = issue_token(
                self._secret,
                subject=id or f"demo-{role}",
                roles=[role.value],
                seller_id=id if role is Role.SELLER else None,
                supplier_id=id if role is Role.SUPPLIER else None,
                lifetime=TOKEN_LIFETIME,
            )
        return self._tokens[key]

    def call(
        self,
        method: str,
        path: str,
        role: Role | None = None,
        id: str | None = None,
        *,
        json: Any = None,
        content: bytes | None = None,
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One call, whatever its answer; without `role` it carries no token. Raises Unexpected when there is none."""
        headers = {} if role is None else {"Authorization": f"Bearer {self.token(role, id)}"}
        if content is not None:
            headers["Content-Type"] = "application/x-ndjson"
        try:
            return self._http.request(method, path, headers=headers, json=json, content=content, params=params)
        except httpx.HTTPError as error:
            raise Unexpected(f"{method} {path}: {type(error).__name__} {error}") from error

    def get(self, path: str, role: Role | None = None, id: str | None = None, **params: str) -> Any:
        """The JSON of a GET that must succeed."""
        return expected(self.call("GET", path, role, id, params=params or None), 200)

    def post(self, path: str, role: Role, id: str | None = None, *, status: int = 200, json: Any = None) -> Any:
        """The JSON of a POST that must be answered with this status."""
        return expected(self.call("POST", path, role, id, json={} if json is None else json), status)

    def check(self, seller: str, product: str, stage: str = "cart") -> Any:
        """The gate's answer, as the marketplace's own services ask for it."""
        question = {"sellerId": seller, "productId": product, "stage": stage}
        return self.post(f"{GATE}/check", Role.SERVICE, json=question)

    def move(self, action: str, reason: str, **more: Any) -> Any:
        """The rollout after an operator's move."""
        return self.post(f"{ADMIN}/rollout/{action}", Role.OPERATOR, json={"reason": reason, **more})


def expected(response: httpx.Response, status: int) -> Any:
    """The JSON of an answer that must have this status. Raises Unexpected."""
    if response.status_code != status:
        told = " ".join(response.text.split())[:300]
        asked = f"{response.request.method} {response.request.url.path}"
        raise Unexpected(f"{asked} answered {response.status_code}, not {status}: {told}")
    return response.json()
