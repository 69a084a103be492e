"""What the plan says to everybody, as it was sent, and when its steps are to begin."""

from typing import Final

from sqlalchemy import Column, Identity, Integer, Table, Text

from sellergate.adapters.sql.columns import BigNumber, Choice, Json, Name, UtcDateTime
from sellergate.adapters.sql.tables.declaring import BY_KEY, NUMBERED, metadata, one_of, partial_index
from sellergate.domain.communication import Occasion

announcements: Final = Table(
    "announcements",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("key", Name, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("occasion", Choice(Occasion), nullable=False),
    Column("step", Text),
    Column("begins_at", UtcDateTime),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("texts", Json, nullable=False),
    Column("places", Json, nullable=False),
    Column("told", Integer, nullable=False),
    Column("cursor", Name),
    Column("done_at", UtcDateTime),
    one_of("occasion", Occasion),
    **NUMBERED,
)

partial_index(
    "ix_announcements_unfinished",
    announcements.c.id,
    where=announcements.c.done_at.is_(None),
)

# When steps of the plan are to begin, as people have set it.
step_dates: Final = Table(
    "step_dates",
    metadata,
    Column("step", Name, primary_key=True),
    Column("begins_at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    **BY_KEY,
)
