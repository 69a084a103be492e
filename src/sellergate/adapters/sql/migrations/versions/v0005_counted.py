"""The tally of what was there before it was kept, and an index for lists by the seller's tier."""

from alembic import op

from sellergate.adapters.sql.migrations.online import create_index, drop_index

revision = "0005"
down_revision = "0004"

# One statement, so one moment: what it counts and what the triggers have noted belong together, whoever writes meanwhile. A
# second run finds nothing to add.
COUNT = """
    INSERT INTO authorization_tallies (supplier_id, status, number)
    SELECT supplier_id, status, sum(number) FROM (
        SELECT supplier_id, status, count(*) AS number FROM authorizations GROUP BY supplier_id, status
        UNION ALL SELECT supplier_id, status, -sum(number) FROM authorization_tallies GROUP BY supplier_id, status
    ) AS missing GROUP BY supplier_id, status HAVING sum(number) <> 0
"""


def upgrade() -> None:
    """Count, and index."""
    op.execute(COUNT)
    create_index("ix_sellers_tier_id", "sellers", ["tier", "id"])


def downgrade() -> None:
    """Drop the index. The tally stays true without it."""
    drop_index("ix_sellers_tier_id", "sellers")
