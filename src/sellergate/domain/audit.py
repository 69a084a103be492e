"""The audit trail: one event for every move and every refused one, hashed and chained.

An event's content hash proves the event; the seal of event n is the hash of the seal of event n-1, the sequence number
and the content hash, so that nothing can be changed, removed, added or reordered without breaking every later seal.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from sellergate.domain.authorization import Action, Authorization, Status
from sellergate.domain.identifiers import Actor

GENESIS: Final = "0" * 64
"""What the first seal follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What somebody did or tried to do.

    `version` and `record` are the authorization's after the event; a refused event changes neither. Events about a seller
    as such (suspend, reactivate, …) have no authorization and no product, and seller statuses in `from_status` and `to_status`.
    """

    seller_id: str
    action: str
    from_status: str
    to_status: str
    actor_id: str
    actor_role: str
    at: datetime
    version: int
    authorization_id: str | None = None
    product_id: str | None = None
    supplier_id: str | None = None
    reason: str | None = None
    refused: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] | None = None
    sequence: int = 0

    def content_hash(self) -> str:
        """SHA-256 over everything but the sequence number, as canonical JSON, in hexadecimal."""
        content = {name: getattr(self, name) for name in _HASHED}
        content["at"] = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return sha256(canonical(content)).hexdigest()


_HASHED: Final = tuple(name for name in Event.__dataclass_fields__ if name != "sequence")


def canonical(content: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys and without blanks: the same bytes for the same content."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=dict).encode()


def seal(previous: str, sequence: int, content_hash: str) -> str:
    """The seal of one event, which also seals every event before it."""
    return sha256(f"{previous}:{sequence}:{content_hash}".encode()).hexdigest()


def event_of_move(
    before: Authorization | None,
    after: Authorization,
    action: Action,
    by: Actor,
    *,
    reason: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Event:
    """The event of a move that was made."""
    return Event(
        authorization_id=after.id,
        seller_id=after.seller_id,
        product_id=after.product_id,
        supplier_id=after.supplier_id,
        action=action.value,
        from_status=(before.status if before else Status.NONE).value,
        to_status=after.status.value,
        actor_id=by.id,
        actor_role=by.role.value,
        reason=reason,
        metadata=metadata or {},
        at=after.updated_at,
        version=after.version,
        record=after.facts(),
    )


def event_of_refusal(
    record: Authorization | None,
    action: Action,
    by: Actor,
    *,
    code: str,
    seller_id: str,
    product_id: str,
    supplier_id: str | None,
    at: datetime,
    reason: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Event:
    """The event of a move that was refused with the error `code`; the record stays as it was."""
    status = (record.status if record else Status.NONE).value
    return Event(
        authorization_id=record.id if record else None,
        seller_id=seller_id,
        product_id=product_id,
        supplier_id=supplier_id,
        action=action.value,
        from_status=status,
        to_status=status,
        actor_id=by.id,
        actor_role=by.role.value,
        reason=reason,
        refused=code,
        metadata=metadata or {},
        at=at,
        version=record.version if record else 0,
    )
