"""Who and what: identifiers, roles, and the actor of a verb."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NewType

from sellergate.domain.errors import InvalidInput

SellerId = NewType("SellerId", str)
SupplierId = NewType("SupplierId", str)
ProductId = NewType("ProductId", str)
AuthorizationId = NewType("AuthorizationId", str)

ID_PATTERN: Final = r"[A-Za-z0-9._:-]{1,64}"
_IS_ID: Final = re.compile(ID_PATTERN).fullmatch


def checked_id(text: str, name: str) -> str:
    """The identifier itself, once it is known to be one.

    Raises InvalidInput, naming the field, unless `text` is 1 to 64 characters of ``A-Z a-z 0-9 . _ : -``.
    """
    if not isinstance(text, str) or _IS_ID(text) is None:
        raise InvalidInput(f"{name} must be 1 to 64 characters of A-Z a-z 0-9 . _ : -", field=name)
    return text


class Role(StrEnum):
    """In what capacity somebody acts."""

    SELLER = "seller"
    SUPPLIER = "supplier"
    ADMIN = "admin"
    OPERATOR = "operator"
    SERVICE = "service"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever carries out a verb, in the one role they do it in."""

    id: str
    role: Role
    seller_id: SellerId | None = None
    supplier_id: SupplierId | None = None


SYSTEM: Final = Actor("system", Role.SYSTEM)
