"""When a supplier's answer to a request is due."""

from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.authorization import Authorization, Status

ANSWER_WITHIN: Final = timedelta(days=3)
"""From the request to the moment an answer is overdue, and the supplier reminded. Nothing expires by it."""
DUE_SOON: Final = timedelta(hours=24)


def due_at(record: Authorization) -> datetime | None:
    """When the supplier's answer is due; None when it is not the supplier's turn."""
    return record.requested_at + ANSWER_WITHIN if record.status is Status.REQUESTED else None
