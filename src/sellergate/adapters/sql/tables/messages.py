"""Letters and calls on their way out of the house."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Identity, Index, Integer, Table, Text

from sellergate.adapters.sql.columns import BigNumber, Choice, Json, Name, UtcDateTime
from sellergate.adapters.sql.tables.declaring import NUMBERED, metadata, one_of, partial_index
from sellergate.domain.messages import Channel, MessageState
from sellergate.domain.preferences import Locale

messages: Final = Table(
    "messages",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("key", Name, nullable=False, unique=True),
    Column("channel", Choice(Channel), nullable=False),
    Column("address", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("locale", Choice(Locale), nullable=False),
    Column("zone", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", Choice(MessageState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease", BigNumber, nullable=False),
    Column("error", Text),
    Column("done_at", UtcDateTime),
    one_of("channel", Channel),
    one_of("locale", Locale),
    one_of("state", MessageState),
    Index(None, "state", "id"),
    Index(None, "state", "done_at"),
    **NUMBERED,
)

partial_index(
    "ix_messages_due",
    messages.c.channel,
    messages.c.due_at,
    messages.c.id,
    where=messages.c.state == MessageState.PENDING,
)

message_items: Final = Table(
    "message_items",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("message_id", BigNumber, ForeignKey(messages.c.id), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("facts", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    **NUMBERED,
)
