"""A supplier, a seller or a product as a form writes them, held to the rules of the API's objects."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from sellergate.faces.console.visit import Visit
from sellergate.faces.directory_objects import ObjectIn, ProductIn, SellerIn, SupplierIn
from sellergate.faces.validation import wrong_fields
from sellergate.services.directory import Entry

KINDS: Final[Mapping[str, ObjectIn]] = {"suppliers": SupplierIn, "sellers": SellerIn, "products": ProductIn}
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "suppliers": ("id", "name", "email", "locale", "isTest", "isPartner"),
    "sellers": ("id", "name", "tier", "supplierId", "email", "locale", "userId"),
    "products": (
        "id", "name", "supplierId", "sku", "category", "price", "dailyViews", "monthlyOrders", "active", "topSeller",
    ),
}  # fmt: skip
"""What a form has, in this order. A seller's status is not in it: that is changed by verbs, with a reason."""
CHECKS: Final = frozenset({"isTest", "isPartner", "active", "topSeller"})


class WrongFields(Exception):
    """A form with these fields wrong."""

    def __init__(self, fields: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = fields


def texts_of(visit: Visit, kind: str) -> dict[str, str]:
    """The form as it was sent; a box that is not ticked is not sent."""
    return {name: "true" if name in CHECKS and visit.sent(name) else visit.sent(name) for name in FIELDS[kind]}


def entry_of(kind: str, texts: Mapping[str, str]) -> Entry:
    """What the form says. Raises WrongFields."""
    given = {name: text or "false" if name in CHECKS else text for name, text in texts.items()}
    try:
        read = KINDS[kind].model_validate_strings({name: text for name, text in given.items() if text}, strict=False)
    except ValidationError as error:
        wrong = wrong_fields(error.errors(include_url=False, include_input=False))
        raise WrongFields(frozenset(field for field, _ in wrong)) from error
    return read.entry()
