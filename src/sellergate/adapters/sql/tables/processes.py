"""What the processes of a fleet share: the feed of changes, how far each has come, and the requests answered once."""

from typing import Final

from sqlalchemy import Column, Identity, Integer, LargeBinary, Table, Text

from sellergate.adapters.sql.columns import BigNumber, Choice, Id, Json, Name, UtcDateTime
from sellergate.adapters.sql.tables.declaring import NUMBERED, metadata, one_of
from sellergate.ports.feed import ChangeKind

changes: Final = Table(
    "changes",
    metadata,
    Column("sequence", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("kind", Choice(ChangeKind), nullable=False),
    Column("version", Integer, nullable=False),
    Column("seller_id", Id),
    Column("product_id", Id),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("xid", BigNumber, index=True),  # the transaction, given by PostgreSQL; the feed's numbers there
    one_of("kind", ChangeKind),
    **NUMBERED,
)

idempotency_keys: Final = Table(
    "idempotency_keys",
    metadata,
    Column("subject", Name, primary_key=True),
    Column("key", Name, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("reserved_at", UtcDateTime, nullable=False, index=True),
    Column("status", Integer),
    Column("body", LargeBinary, nullable=False),
)

processes: Final = Table(
    "processes",
    metadata,
    Column("id", Name, primary_key=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("applied_sequence", BigNumber, nullable=False),
    Column("open_sequences", Json, nullable=False),
    Column("rollout_version", Integer, nullable=False),
)
