"""Every table, with the indexes that the queries of `ports` need."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from sellergate.adapters.sql.columns import BigNumber, Choice, Id, Json, JsonText, Money, Name, UtcDateTime
from sellergate.domain.authorization import Action, Status
from sellergate.domain.bulk_jobs import JobState
from sellergate.domain.communication import Occasion
from sellergate.domain.directory import SellerStatus, Tier
from sellergate.domain.gate import Stage
from sellergate.domain.messages import Channel, MessageState
from sellergate.domain.notices import Audience
from sellergate.domain.policy import AutoApproval
from sellergate.domain.preferences import Digest, Locale
from sellergate.domain.rollout import Phase, RolloutAction, Source, Unselected
from sellergate.domain.scheduling import SCHEDULABLE, ScheduleState
from sellergate.domain.trials import TrialKind
from sellergate.ports.feed import ChangeKind

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BY_KEY: Final[dict[str, Any]] = {"sqlite_with_rowid": False}
"""Rows kept in the order of their text key: one look-up instead of two."""
NUMBERED: Final[dict[str, Any]] = {"sqlite_autoincrement": True}
"""A number once given is never given again, not even after a deletion."""


def _one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


suppliers: Final = Table(
    "suppliers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("locale", Text),
    Column("is_test", Boolean, nullable=False),
    Column("is_partner", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    **BY_KEY,
)

sellers: Final = Table(
    "sellers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("tier", Choice(Tier), nullable=False),
    Column("status", Choice(SellerStatus), nullable=False),
    Column("supplier_id", Id, ForeignKey(suppliers.c.id)),
    Column("email", Text),
    Column("locale", Text),
    Column("user_id", Text, unique=True),
    Column("version", Integer, nullable=False),
    _one_of("tier", Tier),
    _one_of("status", SellerStatus),
    Index(None, "tier", "id"),
    **BY_KEY,
)

products: Final = Table(
    "products",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("supplier_id", Id, ForeignKey(suppliers.c.id), index=True),
    Column("active", Boolean, nullable=False),
    Column("sku", Text),
    Column("category", Text),
    Column("price", Money),
    Column("daily_views", Integer),
    Column("monthly_orders", Integer),
    Column("top_seller", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("searchable", Text, nullable=False),
    **BY_KEY,
)

supplier_policies: Final = Table(
    "supplier_policies",
    metadata,
    Column("supplier_id", Id, ForeignKey(suppliers.c.id), primary_key=True),
    Column("auto_approval", Choice(AutoApproval), nullable=False),
    Column("trusted_sellers", Json, nullable=False),
    Column("minimum_tier", Choice(Tier)),
    Column("max_sellers_per_product", Integer),
    Column("products", Json, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    _one_of("auto_approval", AutoApproval),
    _one_of("minimum_tier", Tier),
)

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
    _one_of("status", [status for status in Status if status is not Status.NONE]),
    Index(None, "supplier_id", "status", "requested_at", "id"),
    Index(None, "supplier_id", "requested_at", "id"),
    Index(None, "seller_id", "status"),
    Index(None, "seller_id", "requested_at", "id"),
    Index(None, "product_id", "status"),
    Index(None, "status", "requested_at", "id"),
    Index(None, "requested_at", "id"),
)

Index(
    "ix_authorizations_lapsing",
    authorizations.c.status,
    authorizations.c.expires_at,
    authorizations.c.id,
    sqlite_where=authorizations.c.expires_at.is_not(None),
    postgresql_where=authorizations.c.expires_at.is_not(None),
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

Index(
    "ix_authorization_events_refused",
    authorization_events.c.sequence,
    sqlite_where=authorization_events.c.refused.is_not(None),
    postgresql_where=authorization_events.c.refused.is_not(None),
)

# Without a foreign key: the seals of events that are exported and pruned stay.
event_seals: Final = Table(
    "event_seals",
    metadata,
    Column("sequence", BigNumber, primary_key=True, autoincrement=False),
    Column("seal", String(64), nullable=False),
)

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
    _one_of("kind", ChangeKind),
    **NUMBERED,
)

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
    _one_of("audience", Audience),
    Index(None, "audience", "recipient_id", "id"),
    Index(None, "at"),
    **NUMBERED,
)

Index(
    "ix_notifications_unread",
    notifications.c.audience,
    notifications.c.recipient_id,
    sqlite_where=notifications.c.read_at.is_(None),
    postgresql_where=notifications.c.read_at.is_(None),
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
    _one_of("audience", Audience),
    _one_of("digest", Digest),
    _one_of("locale", Locale),
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
    _one_of("channel", Channel),
    _one_of("locale", Locale),
    _one_of("state", MessageState),
    Index(None, "state", "id"),
    Index(None, "state", "done_at"),
    **NUMBERED,
)

Index(
    "ix_messages_due",
    messages.c.channel,
    messages.c.due_at,
    messages.c.id,
    sqlite_where=messages.c.state == MessageState.PENDING,
    postgresql_where=messages.c.state == MessageState.PENDING,
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
    _one_of("phase", Phase),
    _one_of("unselected", Unselected),
    _one_of("source", Source),
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
    _one_of("action", RolloutAction),
    _one_of("from_phase", Phase),
    _one_of("to_phase", Phase),
    **NUMBERED,
)

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
    _one_of("stage", Stage),
    Index(None, "count", "seller_id", "product_id", "stage", "error_code"),
    **BY_KEY,
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
    _one_of("kind", TrialKind),
    Index(None, "kind", "at", "id"),
    **NUMBERED,
)

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
    _one_of("occasion", Occasion),
    **NUMBERED,
)
Index(
    "ix_announcements_unfinished",
    announcements.c.id,
    sqlite_where=announcements.c.done_at.is_(None),
    postgresql_where=announcements.c.done_at.is_(None),
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

scheduled_decisions: Final = Table(
    "scheduled_decisions",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("supplier_id", Id, nullable=False),
    Column("batch", Name, nullable=False),
    Column("authorization_id", Id, ForeignKey(authorizations.c.id), nullable=False),
    Column("version", Integer, nullable=False),
    Column("action", Choice(Action), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_role", Text, nullable=False),
    Column("reason", Text),
    Column("made_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", Choice(ScheduleState), nullable=False),
    Column("error", Text),
    Column("done_at", UtcDateTime, index=True),
    _one_of("action", SCHEDULABLE),
    _one_of("state", ScheduleState),
    Index(None, "supplier_id", "batch", "id"),
    Index(None, "supplier_id", "state", "done_at"),
    **NUMBERED,
)

_PENDING: Final = scheduled_decisions.c.state == ScheduleState.PENDING
Index(
    "ix_scheduled_decisions_one_pending",
    scheduled_decisions.c.authorization_id,
    unique=True,
    sqlite_where=_PENDING,
    postgresql_where=_PENDING,
)
Index(
    "ix_scheduled_decisions_due",
    scheduled_decisions.c.due_at,
    scheduled_decisions.c.id,
    sqlite_where=_PENDING,
    postgresql_where=_PENDING,
)

bulk_jobs: Final = Table(
    "bulk_jobs",
    metadata,
    Column("id", BigNumber, Identity(), primary_key=True, autoincrement=True),
    Column("supplier_id", Id, nullable=False),
    Column("key", Name, nullable=False),
    Column("action", Choice(Action), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_role", Text, nullable=False),
    Column("reason", Text),
    Column("wanted", Json, nullable=False),
    Column("as_of", UtcDateTime, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("total", Integer, nullable=False),
    Column("state", Choice(JobState), nullable=False),
    Column("done", Integer, nullable=False),
    Column("refused", Json, nullable=False),
    Column("position", Json),
    Column("step", Integer, nullable=False),
    Column("ended_at", UtcDateTime, index=True),
    _one_of("action", SCHEDULABLE),
    _one_of("state", JobState),
    UniqueConstraint("supplier_id", "key"),
    **NUMBERED,
)
Index(
    "ix_bulk_jobs_due",
    bulk_jobs.c.due_at,
    bulk_jobs.c.id,
    sqlite_where=bulk_jobs.c.state == JobState.OPEN,
    postgresql_where=bulk_jobs.c.state == JobState.OPEN,
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
    _one_of("stage", Stage),
    Index(None, "seller_id", "product_id", "minute"),
    **BY_KEY,
)
