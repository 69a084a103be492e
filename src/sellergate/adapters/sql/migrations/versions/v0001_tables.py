"""The tables: directory, authorizations, audit trail, feed, notices, rollout, shadow, idempotency keys, processes."""

import sqlalchemy as sa
from alembic import op

from sellergate.adapters.sql.columns import BigNumber, Id, Json, JsonText, Money, Name, UtcDateTime

revision = "0001"
down_revision = None

# Later migrations change the tables; this one stays as it is, whatever becomes of tables.py.
TABLES = (
    "suppliers",
    "sellers",
    "products",
    "supplier_policies",
    "authorizations",
    "authorization_events",
    "event_seals",
    "changes",
    "notifications",
    "outbox",
    "rollout_state",
    "rollout_history",
    "shadow_denials",
    "idempotency_keys",
    "processes",
)


def upgrade() -> None:
    """Create every table."""
    _create_directory()
    _create_authorizations()
    _create_audit_trail()
    _create_feed_and_notices()
    _create_rollout()
    _create_housekeeping()


def downgrade() -> None:
    """Drop every table, those first that refer to others."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_directory() -> None:
    op.create_table(
        "suppliers",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("locale", sa.Text()),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("is_partner", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_suppliers"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sellers",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tier", sa.String(8), nullable=False),
        sa.Column("status", sa.String(9), nullable=False),
        sa.Column("supplier_id", Id),
        sa.Column("email", sa.Text()),
        sa.Column("locale", sa.Text()),
        sa.Column("user_id", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('ACTIVE', 'SUSPENDED', 'REVOKED')", name=op.f("ck_sellers_status")),
        sa.CheckConstraint("tier IN ('BRONZE', 'SILVER', 'GOLD', 'PLATINUM')", name=op.f("ck_sellers_tier")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name="fk_sellers_supplier_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sellers"),
        sa.UniqueConstraint("user_id", name="uq_sellers_user_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "products",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("supplier_id", Id),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sku", sa.Text()),
        sa.Column("category", sa.Text()),
        sa.Column("price", Money()),
        sa.Column("daily_views", sa.Integer()),
        sa.Column("monthly_orders", sa.Integer()),
        sa.Column("top_seller", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("searchable", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name="fk_products_supplier_id"),
        sa.PrimaryKeyConstraint("id", name="pk_products"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_products_supplier_id", "products", ["supplier_id"])
    op.create_table(
        "supplier_policies",
        sa.Column("supplier_id", Id, nullable=False),
        sa.Column("auto_approval", sa.String(7), nullable=False),
        sa.Column("trusted_sellers", Json, nullable=False),
        sa.Column("minimum_tier", sa.String(8)),
        sa.Column("max_sellers_per_product", sa.Integer()),
        sa.Column("products", Json, nullable=False),
        sa.CheckConstraint(
            "auto_approval IN ('manual', 'trusted', 'all')", name=op.f("ck_supplier_policies_auto_approval")
        ),
        sa.CheckConstraint(
            "minimum_tier IN ('BRONZE', 'SILVER', 'GOLD', 'PLATINUM')", name=op.f("ck_supplier_policies_minimum_tier")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name="fk_supplier_policies_supplier_id"),
        sa.PrimaryKeyConstraint("supplier_id", name="pk_supplier_policies"),
    )


def _create_authorizations() -> None:
    op.create_table(
        "authorizations",
        sa.Column("id", Id, nullable=False),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("product_id", Id, nullable=False),
        sa.Column("supplier_id", Id, nullable=False),
        sa.Column("status", sa.String(14), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("business_justification", sa.Text()),
        sa.Column("expected_volume", sa.Integer()),
        sa.Column("note", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("decided_by", sa.Text()),
        sa.Column("cooldown_until", UtcDateTime()),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("approved_at", UtcDateTime()),
        sa.Column("approved_by", sa.Text()),
        sa.Column("product_snapshot", JsonText),
        sa.CheckConstraint(
            "status IN ('REQUESTED', 'INFO_REQUESTED', 'APPROVED', 'REJECTED', 'REVOKED', 'CANCELLED', 'EXPIRED')",
            name=op.f("ck_authorizations_status"),
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_authorizations_product_id"),
        sa.ForeignKeyConstraint(["seller_id"], ["sellers.id"], name="fk_authorizations_seller_id"),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name="fk_authorizations_supplier_id"),
        sa.PrimaryKeyConstraint("id", name="pk_authorizations"),
        sa.UniqueConstraint("seller_id", "product_id", name="uq_authorizations_seller_id_product_id"),
    )
    op.create_index(
        "ix_authorizations_lapsing",
        "authorizations",
        ["status", "expires_at", "id"],
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_index("ix_authorizations_product_id_status", "authorizations", ["product_id", "status"])
    op.create_index("ix_authorizations_requested_at_id", "authorizations", ["requested_at", "id"])
    op.create_index(
        "ix_authorizations_seller_id_requested_at_id", "authorizations", ["seller_id", "requested_at", "id"]
    )
    op.create_index("ix_authorizations_seller_id_status", "authorizations", ["seller_id", "status"])
    op.create_index("ix_authorizations_status_requested_at_id", "authorizations", ["status", "requested_at", "id"])
    op.create_index(
        "ix_authorizations_supplier_id_requested_at_id", "authorizations", ["supplier_id", "requested_at", "id"]
    )
    op.create_index(
        "ix_authorizations_supplier_id_status_requested_at_id",
        "authorizations",
        ["supplier_id", "status", "requested_at", "id"],
    )


def _create_audit_trail() -> None:
    op.create_table(
        "authorization_events",
        sa.Column("sequence", BigNumber, sa.Identity(), autoincrement=True, nullable=False),
        sa.Column("authorization_id", Id),
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("product_id", Id),
        sa.Column("supplier_id", Id),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=False),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("refused", sa.Text()),
        sa.Column("metadata", JsonText, nullable=False),
        sa.Column("record", JsonText),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_authorization_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_authorization_events_action_sequence", "authorization_events", ["action", "sequence"])
    op.create_index("ix_authorization_events_actor_id_sequence", "authorization_events", ["actor_id", "sequence"])
    op.create_index("ix_authorization_events_at", "authorization_events", ["at"])
    op.create_index(
        "ix_authorization_events_authorization_id_sequence", "authorization_events", ["authorization_id", "sequence"]
    )
    op.create_index("ix_authorization_events_product_id_sequence", "authorization_events", ["product_id", "sequence"])
    op.create_index(
        "ix_authorization_events_refused",
        "authorization_events",
        ["sequence"],
        sqlite_where=sa.text("refused IS NOT NULL"),
        postgresql_where=sa.text("refused IS NOT NULL"),
    )
    op.create_index(
        "ix_authorization_events_seller_id_product_id_sequence",
        "authorization_events",
        ["seller_id", "product_id", "sequence"],
    )
    op.create_index("ix_authorization_events_seller_id_sequence", "authorization_events", ["seller_id", "sequence"])
    op.create_index("ix_authorization_events_supplier_id_sequence", "authorization_events", ["supplier_id", "sequence"])
    op.create_table(
        "event_seals",
        sa.Column("sequence", BigNumber, autoincrement=False, nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_event_seals"),
    )


def _create_feed_and_notices() -> None:
    op.create_table(
        "changes",
        sa.Column("sequence", BigNumber, sa.Identity(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(13), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seller_id", Id),
        sa.Column("product_id", Id),
        sa.CheckConstraint("kind IN ('authorization', 'seller', 'product', 'rollout')", name=op.f("ck_changes_kind")),
        sa.PrimaryKeyConstraint("sequence", name="pk_changes"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "notifications",
        sa.Column("id", BigNumber, sa.Identity(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(8), nullable=False),
        sa.Column("recipient_id", Id, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime()),
        sa.CheckConstraint("audience IN ('seller', 'supplier')", name=op.f("ck_notifications_audience")),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notifications_audience_recipient_id_id", "notifications", ["audience", "recipient_id", "id"])
    op.create_table(
        "outbox",
        sa.Column("id", BigNumber, sa.Identity(), autoincrement=True, nullable=False),
        sa.Column("notification_id", BigNumber, nullable=False),
        sa.ForeignKeyConstraint(["notification_id"], ["notifications.id"], name="fk_outbox_notification_id"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_notification_id", "outbox", ["notification_id"])


def _create_rollout() -> None:
    op.create_table(
        "rollout_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("phase", sa.String(10), nullable=False),
        sa.Column("percentage", sa.Integer(), nullable=False),
        sa.Column("canary_products", Json, nullable=False),
        sa.Column("unselected", sa.String(6), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime()),
        sa.Column("source", sa.String(7), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "phase IN ('off', 'shadow', 'canary', 'percentage', 'full')", name=op.f("ck_rollout_state_phase")
        ),
        sa.CheckConstraint("source IN ('env', 'managed')", name=op.f("ck_rollout_state_source")),
        sa.CheckConstraint("unselected IN ('bypass', 'shadow')", name=op.f("ck_rollout_state_unselected")),
        sa.CheckConstraint("id = 1", name=op.f("ck_rollout_state_single_row")),
        sa.CheckConstraint("percentage BETWEEN 0 AND 100", name=op.f("ck_rollout_state_percentage")),
        sa.PrimaryKeyConstraint("id", name="pk_rollout_state"),
    )
    op.create_table(
        "rollout_history",
        sa.Column("id", BigNumber, sa.Identity(), autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(8), nullable=False),
        sa.Column("from_phase", sa.String(10), nullable=False),
        sa.Column("from_percentage", sa.Integer(), nullable=False),
        sa.Column("to_phase", sa.String(10), nullable=False),
        sa.Column("to_percentage", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("override", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "action IN ('promote', 'hold', 'resume', 'reduce', 'rollback')", name=op.f("ck_rollout_history_action")
        ),
        sa.CheckConstraint(
            "from_phase IN ('off', 'shadow', 'canary', 'percentage', 'full')",
            name=op.f("ck_rollout_history_from_phase"),
        ),
        sa.CheckConstraint(
            "to_phase IN ('off', 'shadow', 'canary', 'percentage', 'full')", name=op.f("ck_rollout_history_to_phase")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rollout_history"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "shadow_denials",
        sa.Column("seller_id", Id, nullable=False),
        sa.Column("product_id", Id, nullable=False),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("error_code", sa.String(64), nullable=False),
        sa.Column("count", BigNumber, nullable=False),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.Column("value", Money(), nullable=False),
        sa.CheckConstraint("stage IN ('cart', 'order', 'settlement')", name=op.f("ck_shadow_denials_stage")),
        sa.PrimaryKeyConstraint("seller_id", "product_id", "stage", "error_code", name="pk_shadow_denials"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_shadow_denials_count_seller_id_product_id_stage_error_code",
        "shadow_denials",
        ["count", "seller_id", "product_id", "stage", "error_code"],
    )
    op.create_index("ix_shadow_denials_product_id", "shadow_denials", ["product_id"])


def _create_housekeeping() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("subject", Name, nullable=False),
        sa.Column("key", Name, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("reserved_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_reserved_at", "idempotency_keys", ["reserved_at"])
    op.create_table(
        "processes",
        sa.Column("id", Name, nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("applied_sequence", BigNumber, nullable=False),
        sa.Column("rollout_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_processes"),
    )
