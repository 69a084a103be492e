"""The marketplace of a run: pairs by number. The first few are switched on and off, each later one is approved and revoked once."""

from sellergate.domain.directory import Product, Seller, Supplier, Tier
from sellergate.domain.identifiers import Actor, Role
from sellergate.services.directory import DirectoryService, SellerEntry

SELLERS, PRODUCTS = 200, 250
SWITCHED_SELLERS, SWITCHED_PRODUCTS = (0, 1), (2, 3)
SWITCHED = (*SWITCHED_SELLERS, *SWITCHED_PRODUCTS)
FIRST = len(SWITCHED)
LAST = FIRST + SELLERS * PRODUCTS

SUPPLIER_ID = "acme"
ADMIN = Actor("admin", Role.ADMIN)
SUPPLIER = Actor("acme's", Role.SUPPLIER, supplier_id=SUPPLIER_ID)

PAIRS = [
    *((f"switched-{number}", f"switched-{number}") for number in SWITCHED),
    *((f"seller-{number % SELLERS}", f"product-{number // SELLERS}") for number in range(LAST - FIRST)),
]
"""Seller and product of each number."""


def product(id, *, active=True):
    return Product(id=id, name=id, supplier_id=SUPPLIER_ID, active=active)


def fill(store):
    """Enter everybody and everything; nothing is authorized yet."""
    directory = DirectoryService(store)
    directory.put(ADMIN, Supplier(id=SUPPLIER_ID, name="Acme"))
    sellers = [PAIRS[number][0] for number in (*SWITCHED, *range(FIRST, FIRST + SELLERS))]
    entries = [SellerEntry(Seller(id=id, name=id, tier=Tier.PLATINUM)) for id in sellers]
    entries += [product(id) for id in sorted({id for _, id in PAIRS})]
    left = iter(entries)
    list(directory.import_lines(ADMIN, [b"-"] * len(entries), lambda _line: next(left)))
