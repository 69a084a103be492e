"""What the gate reads on a miss: a statement prepared once on each connection, sent and read without anything between."""

from collections.abc import Callable, Sequence
from typing import Final

from sellergate.adapters.sql.engines.postgres.connection import ServerConnection
from sellergate.adapters.sql.engines.postgres.reading import Readers
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.gate import Facts
from sellergate.domain.identifiers import SupplierId

_STATUSES: Final[dict[bytes | None, Status]] = {
    None: Status.NONE,
    **{status.value.encode(): status for status in Status},
}
_SELLER_STATUSES: Final[dict[bytes | None, SellerStatus | None]] = {
    None: None,
    **{status.value.encode(): status for status in SellerStatus},
}
_UNKNOWN: Final = Facts()

_COLUMNS: Final = b"""
    SELECT p.id, p.version, p.supplier_id, p.active, coalesce(s.version, 0), s.status, s.supplier_id,
        coalesce(a.version, 0), a.status, extract(epoch FROM a.expires_at)::float8
    FROM products p
    LEFT JOIN sellers s ON s.id = $1
    LEFT JOIN authorizations a ON a.seller_id = $1 AND a.product_id = p.id
"""
ONE: Final = _COLUMNS + b"WHERE p.id = $2"
MANY: Final = _COLUMNS + b"WHERE p.id = ANY($2::text[])"

Value = Callable[[int, int], bytes | None]
"""A result's value by row and column, as the server wrote it."""


class PostgresFacts:
    """Reads facts past SQLAlchemy's layers and past the driver's: what is left costs less than a simple query of the latter."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def read(self, seller_id: str, product_ids: Sequence[str]) -> list[Facts]:
        """The facts of one seller and each product, in the order asked. Raises StoreUnavailable."""
        if len(product_ids) == 1:
            return [self._read_one(seller_id.encode(), product_ids[0].encode())]
        # An id has no character that means anything in an array's text but within quotation marks.
        asked = b'{"' + '","'.join(product_ids).encode() + b'"}' if product_ids else b"{}"
        return self._read_many(seller_id.encode(), asked, product_ids)

    def _read_one(self, seller_id: bytes, product_id: bytes) -> Facts:
        def ask(connection: ServerConnection) -> Facts:
            result = connection.ask("one", ONE, [seller_id, product_id])
            return _facts(result.get_value, 0) if result.ntuples else _UNKNOWN

        return self._readers.read(ask)

    def _read_many(self, seller_id: bytes, asked: bytes, product_ids: Sequence[str]) -> list[Facts]:
        def ask(connection: ServerConnection) -> dict[bytes | None, Facts]:
            result = connection.ask("many", MANY, [seller_id, asked])
            value = result.get_value
            return {value(row, 0): _facts(value, row) for row in range(result.ntuples)}

        known = self._readers.read(ask)
        return [known.get(id.encode(), _UNKNOWN) for id in product_ids]


def _facts(value: Value, row: int) -> Facts:
    expires_at = value(row, 9)
    return Facts(
        int(value(row, 1) or 0),
        _supplier(value(row, 2)),
        value(row, 3) == b"t",
        int(value(row, 4) or 0),
        _SELLER_STATUSES[value(row, 5)],
        _supplier(value(row, 6)),
        int(value(row, 7) or 0),
        _STATUSES[value(row, 8)],
        None if expires_at is None else float(expires_at),
    )


def _supplier(value: bytes | None) -> SupplierId | None:
    return None if value is None else SupplierId(value.decode())
