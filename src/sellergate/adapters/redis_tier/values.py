"""How facts are written in Redis: one key for each pair, one line of text for its facts.

Key     sellergate:{SELLER}:PRODUCT

The braces are a hash tag: all keys of a seller are in one slot of a cluster, so that a batch is one MGET. Identifiers have
no braces and no bars, so no two pairs share a key, and no value has more fields than it should.

Value   1|AUTHORIZATION|SELLER|PRODUCT|status|seller status|active|expiry|supplier|own supplier|seller|product

The first field is the format, the three after it are the versions of the three parts, whatever the format: the script that
puts values compares them even with those of a program that writes another format. A program reads its own format only. The
pair is repeated at the end, so that a value which got under the wrong key is not believed.
"""

from typing import Final

from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import Facts
from sellergate.domain.identifiers import SupplierId

FORMAT: Final = "1"

_STATUSES: Final = {status.value: status for status in Status}
_SELLER_STATUSES: Final = {"": None, **{status.value: status for status in SellerStatus}}
_FLAGS: Final = {"1": True, "0": False}


def key_of(seller_id: str, product_id: str) -> str:
    """The key of a pair."""
    return f"sellergate:{{{seller_id}}}:{product_id}"


def encode(seller_id: str, product_id: str, facts: Facts) -> str:
    """The value of a pair."""
    return "|".join(
        (
            FORMAT,
            str(facts.authorization_version),
            str(facts.seller_version),
            str(facts.product_version),
            facts.status.value,
            facts.seller_status.value if facts.seller_status else "",
            "1" if facts.product_active else "0",
            "" if facts.expires_at is None else repr(facts.expires_at),
            facts.supplier_id or "",
            facts.own_supplier_id or "",
            seller_id,
            product_id,
        )
    )


def decode(value: bytes, seller_id: str, product_id: str) -> Facts | None:
    """The facts of this pair; None for a value of another format, of another pair, or of somebody else altogether."""
    try:
        (
            format, record, seller, product, status, seller_status, active, expires_at, supplier_id, own_supplier_id,
            *pair,
        ) = value.decode("ascii").split("|")  # fmt: skip
        if format != FORMAT or pair != [seller_id, product_id]:
            return None
        return Facts(
            int(product),
            SupplierId(supplier_id) if supplier_id else None,
            _FLAGS[active],
            int(seller),
            _SELLER_STATUSES[seller_status],
            SupplierId(own_supplier_id) if own_supplier_id else None,
            int(record),
            _STATUSES[status],
            float(expires_at) if expires_at else None,
        )
    except (ValueError, KeyError):
        return None
