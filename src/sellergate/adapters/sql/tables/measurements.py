"""What the gates have counted: windows of checks, and the pairs that were denied."""

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from sellergate.adapters.sql.columns import BigNumber, Choice, Id, Money, Name, UtcDateTime
from sellergate.adapters.sql.tables.declaring import BY_KEY, metadata, one_of
from sellergate.domain.gate import Stage

shadow_denials: Final = Table(
    "shadow_denials",
    metadata,
    Column("seller_id", Id, primary_key=True),
    Column("product_id", Id, primary_key=True, index=True),
    Column("stage", Choice(Stage), primary_key=True),
    Column("error_code", String(64), primary_key=True),
    Column("count", BigNumber, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("value", Money, nullable=False),
    one_of("stage", Stage),
    Index(None, "count", "seller_id", "product_id", "stage", "error_code"),
    **BY_KEY,
)

measurement_windows: Final = Table(
    "measurement_windows",
    metadata,
    Column("resolution", Integer, primary_key=True, autoincrement=False),
    Column("start", UtcDateTime, primary_key=True),
    Column("process", Name, primary_key=True),
    Column("folded", Boolean, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("counts", Text, nullable=False),
    Index(None, "folded", "resolution", "start"),
    **BY_KEY,
)

enforced_denials: Final = Table(
    "enforced_denials",
    metadata,
    Column("minute", UtcDateTime, primary_key=True),
    Column("seller_id", Id, primary_key=True),
    Column("product_id", Id, primary_key=True),
    Column("stage", Choice(Stage), primary_key=True),
    Column("error_code", String(64), primary_key=True),
    Column("count", BigNumber, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime, nullable=False),
    Column("value", Money, nullable=False),
    one_of("stage", Stage),
    Index(None, "seller_id", "product_id", "minute"),
    **BY_KEY,
)
