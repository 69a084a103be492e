"""What can be said of a whole installation, whichever process is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sellergate.ports.stores import Decisions, Inbox

SUPPLIERS_SHOWN: Final = 500
"""Those beyond are not named: a metric has an end."""
DECIDED_WITHIN: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregates:
    """The fullest inboxes, the suppliers who decided the most within DECIDED_WITHIN, and when the rollout was last rolled back."""

    inboxes: Sequence[Inbox] = ()
    decisions: Sequence[Decisions] = ()
    rolled_back_at: datetime | None = None
