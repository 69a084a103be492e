"""What the gate reads on a miss: one statement, prepared once on each connection, straight to the driver."""

from collections.abc import Sequence
from typing import Any, Final

from sellergate.adapters.sql.engines.postgres.connection import ServerConnection
from sellergate.adapters.sql.engines.postgres.reading import Readers
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import Facts

_STATUSES: Final[dict[str | None, Status]] = {None: Status.NONE, **{status.value: status for status in Status}}
_SELLER_STATUSES: Final[dict[str | None, SellerStatus | None]] = {
    None: None,
    **{status.value: status for status in SellerStatus},
}
_UNKNOWN: Final = Facts()

_STATEMENT: Final = b"""
    SELECT p.id, p.version, p.supplier_id, p.active, coalesce(s.version, 0), s.status, s.supplier_id,
        coalesce(a.version, 0), a.status, extract(epoch FROM a.expires_at)::float8
    FROM products p
    LEFT JOIN sellers s ON s.id = %s
    LEFT JOIN authorizations a ON a.seller_id = %s AND a.product_id = p.id
    WHERE p.id = ANY(%s)
"""


class PostgresFacts:
    """Reads facts past SQLAlchemy's layers."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def read(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:
        """The facts of one seller and each product, in the order asked. Raises StoreUnavailable."""
        asked = list(product_ids)

        def rows(connection: ServerConnection) -> list[tuple[Any, ...]]:
            prepare = connection.prepare_threshold is not None
            return connection.execute(
                _STATEMENT, (seller_id, seller_id, asked), prepare=prepare, binary=True
            ).fetchall()

        known = {row[0]: _facts(row) for row in self._readers.read(rows)}
        return [known.get(id, _UNKNOWN) for id in asked]


def _facts(row: tuple[Any, ...]) -> Facts:
    _, product, supplier_id, active, seller, seller_status, own_supplier_id, record, status, expires_at = row
    return Facts(
        product,
        supplier_id,
        active,
        seller,
        _SELLER_STATUSES[seller_status],
        own_supplier_id,
        record,
        _STATUSES[status],
        expires_at,
    )
