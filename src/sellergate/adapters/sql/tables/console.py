"""Who is signed in to the console, and how they like it."""

from typing import Final

from sqlalchemy import Boolean, Column, String, Table, Text

from sellergate.adapters.sql.columns import Json, Name, UtcDateTime
from sellergate.adapters.sql.tables.declaring import BY_KEY, metadata

console_sessions: Final = Table(
    "console_sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("subject", Name, nullable=False, index=True),
    Column("name", Text),
    Column("accounts", Json, nullable=False),
    Column("account", Json, nullable=False),
    Column("began_at", UtcDateTime, nullable=False, index=True),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
    **BY_KEY,
)

console_preferences: Final = Table(
    "console_preferences",
    metadata,
    Column("subject", Name, primary_key=True),
    Column("language", Text),
    Column("theme", Text),
    Column("single_keys", Boolean, nullable=False),
    **BY_KEY,
)
