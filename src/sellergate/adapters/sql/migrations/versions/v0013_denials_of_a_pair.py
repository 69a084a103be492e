"""An index for what was denied to one pair, whatever the minute: back-tests and previews ask for it."""

from sellergate.adapters.sql.migrations.online import create_index, drop_index

revision = "0013"
down_revision = "0012"

INDEX = "ix_enforced_denials_seller_id_product_id_minute"


def upgrade() -> None:
    """Make it while denials are counted."""
    create_index(INDEX, "enforced_denials", ["seller_id", "product_id", "minute"])


def downgrade() -> None:
    """Take it away again."""
    drop_index(INDEX, "enforced_denials")
