"""Every table, with the indexes that the queries of `ports` need."""

from sellergate.adapters.sql.tables.announcements import announcements, step_dates
from sellergate.adapters.sql.tables.authorizations import (
    authorization_events,
    authorization_tallies,
    authorizations,
    event_seals,
)
from sellergate.adapters.sql.tables.console import console_preferences, console_sessions
from sellergate.adapters.sql.tables.decisions import bulk_jobs, scheduled_decisions
from sellergate.adapters.sql.tables.declaring import metadata
from sellergate.adapters.sql.tables.directory import products, sellers, supplier_policies, suppliers
from sellergate.adapters.sql.tables.measurements import enforced_denials, measurement_windows, shadow_denials
from sellergate.adapters.sql.tables.messages import message_items, messages
from sellergate.adapters.sql.tables.notices import notice_marks, notice_preferences, notices_said, notifications, outbox
from sellergate.adapters.sql.tables.processes import changes, idempotency_keys, processes
from sellergate.adapters.sql.tables.rollout import (
    THE_ROLLOUT,
    rollout_history,
    rollout_state,
    rollout_trials,
    rollout_watch,
    sign_offs,
    verdicts,
)

__all__ = [
    "THE_ROLLOUT",
    "announcements",
    "authorization_events",
    "authorization_tallies",
    "authorizations",
    "bulk_jobs",
    "changes",
    "console_preferences",
    "console_sessions",
    "enforced_denials",
    "event_seals",
    "idempotency_keys",
    "measurement_windows",
    "message_items",
    "messages",
    "metadata",
    "notice_marks",
    "notice_preferences",
    "notices_said",
    "notifications",
    "outbox",
    "processes",
    "products",
    "rollout_history",
    "rollout_state",
    "rollout_trials",
    "rollout_watch",
    "scheduled_decisions",
    "sellers",
    "shadow_denials",
    "sign_offs",
    "step_dates",
    "supplier_policies",
    "suppliers",
    "verdicts",
]
