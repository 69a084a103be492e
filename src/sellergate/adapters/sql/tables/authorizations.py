"""The authorizations, how many there are, and everything that ever happened to them."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Identity, Index, Integer, String, Table, Text, UniqueConstraint

from sellergate.adapters.sql.columns import BigNumber, Choice, Id, JsonText, UtcDateTime
from sellergate.adapters.sql.tables.declaring import NUMBERED, metadata, one_of, partial_index
from sellergate.adapters.sql.tables.directory import products, sellers, suppliers
from sellergate.domain.authorization import Status

authorizations: Final = Table(
    "authorizations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("seller_id", Id, ForeignKey(sellers.c.id), nullable=False),
    Column("product_id", Id, ForeignKey(products.c.id), nullable=False),
    Column("supplier_id", Id, ForeignKey(suppliers.c.id), nullable=False),
    Column("status", Choice(Status), nullable=False),
    Column("version", Integer, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("business_justification", Text),
    Column("expected_volume", Integer),
    Column("note", Text),
    Column("reason", Text),
    Column("decided_at", UtcDateTime),
    Column("decided_by", Text),
    Column("cooldown_until", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("approved_at", UtcDateTime),
    Column("approved_by", Text),
    Column("product_snapshot", JsonText),
    UniqueConstraint("seller_id", "product_id"),
    one_of("status", [status for status in Status if status is not Status.NONE]),
    Index(None, "supplier_id", "status", "requested_at", "id"),
    Index(None, "supplier_id", "requested_at", "id"),
    Index(None, "seller_id", "status"),
    Index(None, "seller_id", "requested_at", "id"),
    Index(None, "product_id", "status"),
    Index(None, "status", "requested_at", "id"),
    Index(None, "requested_at", "id"),
)

partial_index(
    "ix_authorizations_lapsing",
    authorizations.c.status,
    authorizations.c.expires_at,
    authorizations.c.id,
    where=authorizations.c.expires_at.is_not(None),
)

# Triggers add a row with every move; the sum of a group's rows is how many authorizations stand so. Nobody waits for anybody.
authorization_tallies: Final = Table(
    "authorization_tallies",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("supplier_id", Id, nullable=False),
    Column("status", Choice(Status), nullable=False),
    Column("number", Integer, nullable=False),
    Index(None, "supplier_id", "status", "number"),
    **NUMBERED,
)

authorization_events: Final = Table(
    "authorization_events",
    metadata,
    Column("sequence", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("authorization_id", Id),
    Column("seller_id", Id, nullable=False),
    Column("product_id", Id),
    Column("supplier_id", Id),
    Column("action", Text, nullable=False),
    Column("from_status", Text, nullable=False),
    Column("to_status", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_role", Text, nullable=False),
    Column("reason", Text),
    Column("refused", Text),
    Column("metadata", JsonText, nullable=False),
    Column("record", JsonText),
    Column("at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Index(None, "authorization_id", "sequence"),
    Index(None, "seller_id", "product_id", "sequence"),
    Index(None, "seller_id", "sequence"),
    Index(None, "supplier_id", "sequence"),
    Index(None, "product_id", "sequence"),
    Index(None, "actor_id", "sequence"),
    Index(None, "action", "sequence"),
    Index(None, "at"),
    **NUMBERED,
)

partial_index(
    "ix_authorization_events_refused",
    authorization_events.c.sequence,
    where=authorization_events.c.refused.is_not(None),
)

# Without a foreign key: the seals of events that are exported and pruned stay.
event_seals: Final = Table(
    "event_seals",
    metadata,
    Column("sequence", BigNumber, primary_key=True, autoincrement=False),
    Column("seal", String(64), nullable=False),
)
