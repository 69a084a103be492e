"""In-app notifications as they are sent."""

from typing import Any, Self

from sellergate.faces.wire import UtcTime, WireOut, wire_value
from sellergate.ports.stores import Inbound


class NotificationOut(WireOut):
    """Something the recipient should know; `readAt` is null until it was read."""

    id: int
    kind: str
    facts: dict[str, Any]
    at: UtcTime
    read_at: UtcTime | None

    @classmethod
    def of(cls, inbound: Inbound) -> Self:
        """The notification as it is sent."""
        notice = inbound.notice
        return cls(
            id=inbound.id, kind=notice.kind, facts=wire_value(notice.facts), at=notice.at, read_at=inbound.read_at
        )
