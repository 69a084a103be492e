"""What would have been denied: counts per pair, stage and code, folded together without sampling."""

from enum import StrEnum
from typing import NamedTuple

from sellergate.domain.denials import Count


class ShadowKey(NamedTuple):
    """What shadow denials are counted by."""

    seller_id: str
    product_id: str
    stage: str
    error_code: str


ShadowCount = Count[ShadowKey]


class ShadowFacet(StrEnum):
    """What shadow denials can be summed up by."""

    SELLER = "seller"
    PRODUCT = "product"
    SUPPLIER = "supplier"
