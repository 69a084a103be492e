"""What the domain's tests begin from; each builder hides what a test does not care about."""

from datetime import UTC, datetime, timedelta

from sellergate.domain.authorization import Authorization, Status
from sellergate.domain.directory import Product, Seller
from sellergate.domain.identifiers import Actor, Role

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SUPPLIER = Actor("user-of-acme", Role.SUPPLIER)
REASON = "The product pages are not good enough."
SNAPSHOT = {"id": "p-1", "name": "Kettle"}


def an_authorization(status=Status.REQUESTED, **changes):
    """anna's authorization for acme's product p-1."""
    given = {
        "id": "a-1",
        "seller_id": "anna",
        "product_id": "p-1",
        "supplier_id": "acme",
        "status": status,
        "version": 1,
        "requested_at": NOON,
        "updated_at": NOON,
    }
    return Authorization(**(given | changes))


def a_seller(**changes):
    return Seller(**({"id": "anna", "name": "Anna"} | changes))


def a_product(**changes):
    return Product(**({"id": "p-1", "name": "Kettle", "supplier_id": "acme"} | changes))
