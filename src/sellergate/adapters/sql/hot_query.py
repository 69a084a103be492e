"""What a query is that must stay fast however large the database is, and about whom it is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sellergate.ports.stores import View

LARGE: Final = frozenset({
    "authorizations",
    "authorization_events",
    "event_seals",
    "changes",
    "message_items",
    "messages",
    "notifications",
    "scheduled_decisions",
    "sellers",
    "shadow_denials",
    "idempotency_keys",
    "measurement_windows",
    "enforced_denials",
    "verdicts",
})  # fmt: skip
"""Tables that grow without end; those of suppliers, products and processes are read whole where that is quicker, and so are
the outbox, which is always being emptied, and the marks of what was told, which are compared with whole groups of records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Whom the queries are asked about."""

    seller_id: str = "seller"
    supplier_id: str = "supplier"
    product_id: str = "product"
    authorization_id: str = "authorization"
    sequence: int = 1
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)


Asked = Callable[[View, Sample], object]


@dataclass(frozen=True, slots=True)
class HotQuery:
    """One query: asked of a view, and found by these indexes. Of two joined by `|` either will do, according to the numbers."""

    name: str
    ask: Asked
    indexes: tuple[str, ...]
    rows_sorted: int = 1000
    """More than this it never sorts."""
    counts: str | None = None
    """The table whose rows it counts, or of whose rows it may want most: then it may be read whole."""
