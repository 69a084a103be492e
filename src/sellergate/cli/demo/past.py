"""Filling the demo's marketplace, and giving it a past: everything through the public API."""

from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from sellergate.cli.demo.api import ADMIN, SELLER, SUPPLIER, Api, expected
from sellergate.cli.demo.marketplace import Marketplace, ndjson
from sellergate.domain.identifiers import Role

RESERVED_SELLERS: Final = 20
"""The last sellers have no past and no traffic: whoever tries something by hand begins with a clean slate."""

OPENING: Final = "Opened for early sellers, with nothing enforced yet."
CLOSING: Final = "Early requests are collected; the real rollout begins in shadow."
REVOKING: Final = "Counterfeit goods were sold under this listing."
REJECTING: Final = "The shop does not show enough about itself yet."
JUSTIFICATION: Final = "We sell this category every day and have asked before."


@dataclass(slots=True)
class Past:
    """What has happened so far. `approved` are pairs that may sell; `revoked` is one that no longer may."""

    requests: int = 0
    approved: list[tuple[str, str]] = field(default_factory=list)
    rejected: int = 0
    revoked: tuple[str, str] | None = None


def fill(api: Api, marketplace: Marketplace) -> dict[str, Any]:
    """Import the directory; the report of each import by its noun."""
    entries = {
        "suppliers": marketplace.suppliers,
        "products": marketplace.products,
        "sellers": marketplace.sellers,
    }
    return {
        noun: expected(api.call("POST", f"{ADMIN}/{noun}/import", Role.ADMIN, content=ndjson(objects)), 200)
        for noun, objects in entries.items()
    }


def rollout_to_shadow(api: Api, reason: str) -> None:
    """Bring the rollout to shadow, from wherever an earlier demo has left it."""
    phase = api.get(f"{ADMIN}/rollout", Role.OPERATOR)["phase"]
    if phase not in ("off", "shadow"):
        phase = api.move("rollback", reason)["phase"]
    if phase == "off":
        api.move("promote", reason)


def live_through(api: Api, marketplace: Marketplace, requests_each: int, seed: int = 3) -> Past:
    """Requests, approvals, rejections and a revocation, while nothing is enforced; the rollout ends in shadow."""
    rollout_to_shadow(api, CLOSING)
    api.move("promote", OPENING, canaryProducts=[])
    past = Past()
    random = Random(seed)  # noqa: S311  a made-up past needs no secrecy
    products = [product["id"] for product in marketplace.products]
    for seller in marketplace.sellers[:-RESERVED_SELLERS]:
        for product_id in random.sample(products, requests_each):
            past.requests += ask(api, seller["id"], product_id)
    for supplier in marketplace.suppliers:
        _answer(api, supplier["id"], past)
    _revoke_one(api, marketplace, past)
    rollout_to_shadow(api, CLOSING)
    return past


def ask(api: Api, seller_id: str, product_id: str) -> bool:
    """Whether the seller's request for the product was taken."""
    path = f"{SELLER}/products/{product_id}/request"
    wish = {"businessJustification": JUSTIFICATION, "expectedVolume": 20}
    return api.call("POST", path, Role.SELLER, seller_id, json=wish).status_code == 201


def waiting(api: Api, supplier_id: str) -> list[dict[str, Any]]:
    """What waits in a supplier's inbox, oldest first; at most a hundred."""
    items: list[dict[str, Any]] = api.get(f"{SUPPLIER}/authorizations/inbox", Role.SUPPLIER, supplier_id, limit="100")[
        "items"
    ]
    return items


def _answer(api: Api, supplier_id: str, past: Past) -> None:
    """Of ten requests eight are approved, one is rejected, and one waits."""
    inbox = waiting(api, supplier_id)
    approve = [item for number, item in enumerate(inbox) if number % 10 < 8]
    reject = [item for number, item in enumerate(inbox) if number % 10 == 8]
    past.approved += [(item["sellerId"], item["productId"]) for item in _decided(api, supplier_id, "approve", approve)]
    past.rejected += len(_decided(api, supplier_id, "reject", reject))


def _decided(api: Api, supplier_id: str, action: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not items:
        return []
    wish = {"action": action, "ids": [item["id"] for item in items], "reason": REJECTING}
    answer = api.post(f"{SUPPLIER}/authorizations/bulk", Role.SUPPLIER, supplier_id, json=wish)
    return [item for item, result in zip(items, answer["results"], strict=True) if result["ok"]]


def _revoke_one(api: Api, marketplace: Marketplace, past: Past) -> None:
    if not past.approved:
        return
    seller_id, product_id = past.revoked = past.approved.pop()
    own = api.get(f"{SELLER}/authorizations", Role.SELLER, seller_id, limit="100")["items"]
    id = next(item["id"] for item in own if item["productId"] == product_id)
    supplier_id = marketplace.supplier_of(product_id)
    api.post(f"{SUPPLIER}/authorizations/{id}/revoke", Role.SUPPLIER, supplier_id, json={"reason": REVOKING})
