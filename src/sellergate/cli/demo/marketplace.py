"""Who sells what in the demo: always the same people and goods, from one seed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from sellergate.cli.demo import words

SUPPLIERS: Final = 12
PRODUCTS: Final = 300
SELLERS: Final = 200
CANARY_EVERY: Final = 10
"""Every tenth product is in the canary: the seed's 10 %."""

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Marketplace:
    """The directory entries, as the API takes them."""

    suppliers: Sequence[Entry]
    products: Sequence[Entry]
    sellers: Sequence[Entry]

    @property
    def canary(self) -> list[str]:
        """The products of the canary."""
        return [product["id"] for product in self.products[::CANARY_EVERY]]

    def supplier_of(self, product_id: str) -> str:
        """The supplier of a product."""
        return next(str(product["supplierId"]) for product in self.products if product["id"] == product_id)


def invent(seed: int = 9) -> Marketplace:
    """The marketplace of this seed; the ids say nothing about the names."""
    random = Random(seed)  # noqa: S311  names need no secrecy
    return Marketplace(
        suppliers=[_supplier(number, name) for number, name in enumerate(words.SUPPLIERS, start=1)],
        products=[_product(number, random) for number in range(1, PRODUCTS + 1)],
        sellers=[_seller(number, random) for number in range(1, SELLERS + 1)],
    )


def _supplier(number: int, name: str) -> Entry:
    return {
        "id": f"supplier-{number:02}",
        "name": name,
        "email": f"orders@supplier-{number:02}.example",
        "locale": "en" if name.isascii() else "ko",
        "isPartner": number % 4 == 0,
    }


def _product(number: int, random: Random) -> Entry:
    kind, category = words.KINDS[(number - 1) % len(words.KINDS)]
    colour = words.COLOURS[(number - 1) // len(words.KINDS)]
    return {
        "id": f"product-{number:03}",
        "name": f"{kind}, {colour}",
        "supplierId": f"supplier-{(number - 1) % SUPPLIERS + 1:02}",
        "sku": f"{category[:2].upper()}-{number:04}",
        "category": category,
        "price": round(random.uniform(4, 180), 2),
        "dailyViews": random.randint(20, 900),
        "monthlyOrders": random.randint(0, 400),
        "topSeller": number % 25 == 0,
    }


def _seller(number: int, random: Random) -> Entry:
    korean = number % 2 == 0
    name = (
        f"{random.choice(words.FAMILY)}{random.choice(words.GIVEN)} {random.choice(words.SHOPS)}"
        if korean
        else f"{random.choice(words.FIRST)} {random.choice(words.LAST)}"
    )
    return {
        "id": f"seller-{number:03}",
        "name": name,
        "tier": random.choices(["BRONZE", "SILVER", "GOLD", "PLATINUM"], [60, 25, 12, 3])[0],
        "email": f"seller-{number:03}@shop.example",
        "locale": "ko" if korean else "en",
        "userId": f"user-{number:03}",
    }


def ndjson(entries: Sequence[Entry]) -> bytes:
    """The entries as an import takes them: one JSON object a line."""
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries).encode()
