"""Where the rollout stands, how it came there, and on what evidence."""

from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, Identity, Index, Integer, LargeBinary, String, Table, Text

from sellergate.adapters.sql.columns import BigNumber, Choice, Json, JsonText, Name, UtcDateTime
from sellergate.adapters.sql.tables.declaring import NUMBERED, metadata, one_of
from sellergate.domain.rollout import Phase, RolloutAction, Source, Unselected
from sellergate.domain.trials import TrialKind

THE_ROLLOUT: Final = 1
"""The key of the only row of `rollout_state`."""

rollout_state: Final = Table(
    "rollout_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("phase", Choice(Phase), nullable=False),
    Column("percentage", Integer, nullable=False),
    Column("canary_products", Json, nullable=False),
    Column("unselected", Choice(Unselected), nullable=False),
    Column("version", Integer, nullable=False),
    Column("since", UtcDateTime),
    Column("source", Choice(Source), nullable=False),
    Column("held", Boolean, nullable=False),
    Column("step", String(64)),
    Column("endpoints", Boolean),
    CheckConstraint(f"id = {THE_ROLLOUT}", name="single_row"),
    CheckConstraint("percentage BETWEEN 0 AND 100", name="percentage"),
    one_of("phase", Phase),
    one_of("unselected", Unselected),
    one_of("source", Source),
)

rollout_history: Final = Table(
    "rollout_history",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False),
    Column("action", Choice(RolloutAction), nullable=False),
    Column("from_phase", Choice(Phase), nullable=False),
    Column("from_percentage", Integer, nullable=False),
    Column("to_phase", Choice(Phase), nullable=False),
    Column("to_percentage", Integer, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_role", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("override", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("from_step", String(64)),
    Column("to_step", String(64)),
    Column("overridden", Json, nullable=False),
    Column("verdict_id", BigNumber, index=True),
    one_of("action", RolloutAction),
    one_of("from_phase", Phase),
    one_of("to_phase", Phase),
    **NUMBERED,
)

rollout_trials: Final = Table(
    "rollout_trials",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("kind", Choice(TrialKind), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("holds", Boolean, nullable=False),
    Column("summary", Json, nullable=False),
    one_of("kind", TrialKind),
    Index(None, "kind", "at", "id"),
    **NUMBERED,
)

rollout_watch: Final = Table(
    "rollout_watch",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("holder", Name),
    Column("beat", BigNumber, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    CheckConstraint(f"id = {THE_ROLLOUT}", name="single_row"),
)

verdicts: Final = Table(
    "verdicts",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("since", UtcDateTime, nullable=False),
    Column("rollout_version", Integer, nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("sentence", Text, nullable=False),
    Column("judgement", JsonText, nullable=False),
    Column("evidence", LargeBinary, nullable=False),
    **NUMBERED,
)

sign_offs: Final = Table(
    "sign_offs",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("step", Text, nullable=False),
    Column("criterion", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("withdrawn", Boolean, nullable=False),
    **NUMBERED,
)
