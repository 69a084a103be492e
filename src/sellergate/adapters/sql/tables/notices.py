"""What people are told, and how they want it."""

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Identity, Index, Integer, String, Table, Text

from sellergate.adapters.sql.columns import BigNumber, Choice, Id, Json, Name, UtcDateTime
from sellergate.adapters.sql.tables.declaring import BY_KEY, NUMBERED, metadata, one_of, partial_index
from sellergate.domain.notices import Audience
from sellergate.domain.preferences import Digest, Locale

notifications: Final = Table(
    "notifications",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("audience", Choice(Audience), nullable=False),
    Column("recipient_id", Id, nullable=False),
    Column("facts", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
    one_of("audience", Audience),
    Index(None, "audience", "recipient_id", "id"),
    Index(None, "at"),
    **NUMBERED,
)

partial_index(
    "ix_notifications_unread",
    notifications.c.audience,
    notifications.c.recipient_id,
    where=notifications.c.read_at.is_(None),
)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("notification_id", BigNumber, ForeignKey(notifications.c.id), nullable=False, index=True),
    **NUMBERED,
)

notice_preferences: Final = Table(
    "notice_preferences",
    metadata,
    Column("audience", Choice(Audience), primary_key=True),
    Column("recipient_id", Id, primary_key=True),
    Column("email", Boolean, nullable=False),
    Column("digest", Choice(Digest), nullable=False),
    Column("muted", Json, nullable=False),
    Column("locale", Choice(Locale)),
    Column("zone", Text),
    one_of("audience", Audience),
    one_of("digest", Digest),
    one_of("locale", Locale),
    **BY_KEY,
)

# What was last said in each thread, so that it is not said again at once.
notices_said: Final = Table(
    "notices_said",
    metadata,
    Column("thread", Name, primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    **BY_KEY,
)

# What time has brought about and was told, each once.
notice_marks: Final = Table(
    "notice_marks",
    metadata,
    Column("kind", Name, primary_key=True),
    Column("subject", Name, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    **BY_KEY,
)
