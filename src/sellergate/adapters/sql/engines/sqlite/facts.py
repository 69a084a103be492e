"""What the gate reads on a miss: one statement, written once, straight to the driver."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from json import dumps
from typing import Any, Final

from sqlalchemy import Dialect, bindparam, func, select

from sellergate.adapters.sql.engines.sqlite.sharing import Readers
from sellergate.adapters.sql.tables import authorizations, products, sellers
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import Facts

_STATUSES: Final[dict[str | None, Status]] = {None: Status.NONE, **{status.value: status for status in Status}}
_SELLER_STATUSES: Final[dict[str | None, SellerStatus | None]] = {
    None: None,
    **{status.value: status for status in SellerStatus},
}
_UNKNOWN: Final = Facts()

_STATEMENT: Final = (
    select(
        products.c.id,
        products.c.version,
        products.c.supplier_id,
        products.c.active,
        sellers.c.version,
        sellers.c.status,
        sellers.c.supplier_id,
        authorizations.c.version,
        authorizations.c.status,
        authorizations.c.expires_at,
    )
    .select_from(products)
    .outerjoin(sellers, sellers.c.id == bindparam("seller_id"))
    .outerjoin(
        authorizations,
        (authorizations.c.seller_id == bindparam("seller_id")) & (authorizations.c.product_id == products.c.id),
    )
)
_ONE: Final = _STATEMENT.where(products.c.id == bindparam("product"))
_ASKED: Final = func.json_each(bindparam("product")).table_valued("value")
_MANY: Final = _STATEMENT.where(products.c.id.in_(select(_ASKED.c.value)))
"""The ids travel as one JSON array: the same statement for two products and for a thousand."""


class SqliteFacts:
    """Reads facts past SQLAlchemy's layers, which cost more than SQLite's own work here."""

    def __init__(self, readers: Readers, dialect: Dialect) -> None:
        self._readers = readers
        self._one = str(_ONE.compile(dialect=dialect))
        self._many = str(_MANY.compile(dialect=dialect))

    def read(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:
        """The facts of one seller and each product, in the order asked. Raises StoreUnavailable."""
        if len(product_ids) == 1:
            rows = self._readers.read(self._one, (seller_id, seller_id, product_ids[0]))
            return [_facts(rows[0])] if rows else [_UNKNOWN]
        rows = self._readers.read(self._many, (seller_id, seller_id, dumps(list(product_ids))))
        known = {row[0]: _facts(row) for row in rows}
        return [known.get(id, _UNKNOWN) for id in product_ids]

    def statements(self, seller_id: str, product_id: str) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """What is asked, with its parameters, by name."""
        return {
            "gate, one product": (self._one, (seller_id, seller_id, product_id)),
            "gate, many products": (self._many, (seller_id, seller_id, dumps([product_id, "p-1"]))),
        }


def _facts(row: tuple[Any, ...]) -> Facts:
    _, product, supplier_id, active, seller, seller_status, own_supplier_id, record, status, expires_at = row
    return Facts(
        product,
        supplier_id,
        bool(active),
        seller or 0,
        _SELLER_STATUSES[seller_status],
        own_supplier_id,
        record or 0,
        _STATUSES[status],
        None if expires_at is None else _epoch_seconds(expires_at),
    )


def _epoch_seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
