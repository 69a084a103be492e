"""The stores in SQL."""

from sellergate.adapters.sql.engines import Limits
from sellergate.adapters.sql.migrations import current_revision, head_revision, migrate
from sellergate.adapters.sql.store import SqlStore

__all__ = ["Limits", "SqlStore", "current_revision", "head_revision", "migrate"]
