"""The whole API over a store, called in process; every response is held against the OpenAPI document."""

import asyncio
import json
import re
from functools import cache

import httpx
import jsonschema_rs
from shop import Shop

from sellergate.adapters.local_tier import LocalTier
from sellergate.adapters.rate_limits import MovingWindowLimits
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.faces.api.app import create_app
from sellergate.faces.api.parts import Parts
from sellergate.faces.keyring import SharedSecret
from sellergate.faces.tokens import Authenticator, issue_token
from sellergate.ports.cache import SECOND
from sellergate.services.counting import Counters
from sellergate.services.following import Follower
from sellergate.services.gate import Gate
from sellergate.services.idempotency import Idempotency
from sellergate.services.shadow import ShadowRecorder, ShadowReport

SECRET = "a secret for tests, of more than 32 bytes"
FULL = RolloutState(phase=Phase.FULL, percentage=100)
REASON = "The product pages are not good enough."

SELLER = "/api/v1/ds/seller"
SUPPLIER = "/api/v1/ds/supplier"
ADMIN = "/api/admin/dropshipping"
ROLLOUT = f"{ADMIN}/rollout"
GATE = "/api/v1/ds/gate"


def token(*roles, subject=None, **claims):
    return issue_token(SECRET, subject=subject or "-".join(["user", *roles]), roles=roles, **claims)


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


def as_seller(id, **claims):
    return bearer(token("seller", subject=f"user-of-{id}", seller_id=id, **claims))


def as_supplier(id, **claims):
    return bearer(token("supplier", subject=f"user-of-{id}", supplier_id=id, **claims))


ANNA, BEN = as_seller("anna"), as_seller("ben")
ACME, ZETA = as_supplier("acme"), as_supplier("zeta")
ROOT, OPS, SHOPFRONT = (bearer(token(role)) for role in ("admin", "operator", "service"))


class Api:
    """An application with a shop behind it (see services/shop.py), and a clock that only moves when told to."""

    def __init__(self, store, *, environment=FULL, limit=10, limiter=None, **replaced):
        self.store = store
        self.shop = Shop(store, environment=environment, limit=limit)
        self.killed = False
        memory = LocalTier(ttl_seconds=60, boot=lambda: 1_000 * SECOND)
        self.shadow = ShadowRecorder(store, now=self.shop.now)
        self.gate = Gate(
            store,
            memory,
            counters=Counters(),
            shadow=self.shadow,
            views=store.view,
            rollout=environment,
            boot=lambda: 1_000 * SECOND,
            wall=lambda: self.shop.now().timestamp(),
        )
        self.follower = Follower(
            store, memory, follow=self.gate.follow, environment=environment, pinned=None, boot=lambda: 1_000 * SECOND
        )
        self.follower.attach()
        self.idempotency = Idempotency(store, now=self.shop.now)
        parts = {
            **{name: getattr(self.shop, name) for name in Parts.__dataclass_fields__ if hasattr(self.shop, name)},
            "shadow": ShadowReport(store),
            "gate": self.gate,
            "authenticator": Authenticator(SharedSecret(SECRET)),
            "limiter": limiter or MovingWindowLimits(),
            "idempotency": self.idempotency,
            "rollout": lambda: self.gate.rollout,
            "health": lambda: {"status": "ok", "feed": {"lagSeconds": 0.001}},
            "ready": lambda: True,
            "metrics": lambda: b"# nothing\n",
        }
        self.app = create_app(Parts(**parts | replaced))
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://shop.test")

    def close(self):
        self._runner.run(self._client.aclose())
        self._runner.close()
        self.gate.close()

    def run(self, work):
        return self._runner.run(work)

    async def send(self, method, path, who=None, **options):
        headers = {**(who or {}), **options.pop("headers", {})}
        return await self._client.request(method, path, headers=headers, **options)

    def call(self, method, path, who=None, **options):
        """One request; its response must be one the OpenAPI document promises."""
        response = self.run(self.send(method, path, who, **options))
        assert_as_documented(response)
        return response

    def all_at_once(self, requests):
        async def together():
            return await asyncio.gather(*(self.send(*request) for request in requests))

        responses = self.run(together())
        for response in responses:
            assert_as_documented(response)
        return responses

    def get(self, path, who=None, **options):
        return self.call("GET", path, who, **options)

    def post(self, path, who=None, body=None, **options):
        return self.call("POST", path, who, **({} if body is None else {"json": body}), **options)

    def put(self, path, who=None, body=None, **options):
        return self.call("PUT", path, who, json=body, **options)

    # What most tests begin with.
    def requested(self, product="a-1", who=ANNA):
        answer = self.post(f"{SELLER}/products/{product}/request", who)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def approved(self, product="a-1", who=ANNA, by=ACME):
        id = self.requested(product, who)
        assert self.decide(id, "approve", by).status_code == 200
        return id

    def decide(self, id, move, by=ACME, **body):
        return self.post(f"{SUPPLIER}/authorizations/{id}/{move}", by, body)

    def check(self, seller="anna", product="a-1", stage="cart", **more):
        answer = self.post(
            f"{GATE}/check", SHOPFRONT, {"sellerId": seller, "productId": product, "stage": stage, **more}
        )
        assert answer.status_code in (200, 503), answer.text
        return answer.json()

    def pages(self, path, who, **params):
        """Every page of a list, by its cursors."""
        while True:
            page = self.get(path, who, params=params).json()
            yield page
            if page["nextCursor"] is None:
                return
            params["cursor"] = page["nextCursor"]


def code_of(response):
    return response.status_code, response.json().get("errorCode")


@cache
def openapi():
    """The document, from the application itself."""
    from sellergate.adapters.memory import MemoryStore

    api = Api(MemoryStore())
    document = api.run(api._client.get("/openapi.json")).json()
    api.close()
    return document


def operation_at(path, method):
    """The template and the operation that answer there, or None; a fixed address before one with an id."""
    for template in sorted(openapi()["paths"], key=lambda template: template.count("{")):
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if re.fullmatch(pattern, path) and method.lower() in openapi()["paths"][template]:
            return template, openapi()["paths"][template][method.lower()]
    return None


@cache
def validator(schema):
    return jsonschema_rs.validator_for({**json.loads(schema), "components": openapi()["components"]})


def assert_as_documented(response):
    request = response.request
    if request.url.path == "/openapi.json":
        return
    media_type = response.headers["content-type"].partition(";")[0]
    known = operation_at(request.url.path, request.method)
    if known is None:
        assert response.status_code in (401, 404, 405, 501), response.text
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    else:
        declared = known[1]["responses"]
        assert str(response.status_code) in declared, (known[0], response.status_code, response.text)
        content = declared[str(response.status_code)]["content"]
    assert media_type in content, (media_type, content)
    if media_type.endswith("json"):
        validator(json.dumps(content[media_type]["schema"])).validate(response.json())
    if response.status_code >= 400 and media_type == "application/problem+json":
        body = response.json()
        assert body["status"] == response.status_code
        assert body["instance"] == request.url.raw_path.decode().partition("?")[0]
        codes = known[1]["responses"][str(response.status_code)]["x-error-codes"] if known else [body["errorCode"]]
        assert body["errorCode"] in codes, (known, body)
