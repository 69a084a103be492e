"""The one code path of every move: record, event, notices and feed entry, in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sellergate.domain.audit import event_of_move
from sellergate.domain.authorization import Action, Authorization, first_request
from sellergate.domain.directory import Product
from sellergate.domain.eligibility import why_not_approve
from sellergate.domain.errors import ProductNotFound
from sellergate.domain.identifiers import SYSTEM, Actor, AuthorizationId, SellerId
from sellergate.domain.notices import notices_of
from sellergate.ports.feed import Change, ChangeKind
from sellergate.ports.stores import Work


def make_move(
    work: Work,
    before: Authorization | None,
    after: Authorization,
    action: Action,
    by: Actor,
    *,
    reason: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> int:
    """Store the move with everything that belongs to it; the answer is its place on the change feed.

    Raises ConcurrentChange or DuplicateAuthorization when `before` is no longer true.
    """
    if before is None:
        work.authorizations.add(after)
    else:
        work.authorizations.replace(before, after)
    work.events.append(event_of_move(before, after, action, by, reason=reason, metadata=metadata))
    for notice in notices_of(after, action):
        work.notices.put(notice)
    work.moved.append(action)
    return work.announce(
        Change(
            kind=ChangeKind.AUTHORIZATION,
            version=after.version,
            seller_id=after.seller_id,
            product_id=after.product_id,
        )
    )


def request(
    work: Work,
    record: Authorization | None,
    by: Actor,
    *,
    seller_id: SellerId,
    product: Product,
    justification: str | None,
    volume: int | None,
    at: datetime,
    metadata: Mapping[str, Any] | None = None,
) -> Authorization:
    """Enter a request: the pair's first record, or a new one on the old. Raises InvalidStatus where the old one is open."""
    assert product.supplier_id is not None  # noqa: S101  goods that nobody supplies need no authorization
    if record is None:
        after = first_request(
            id=AuthorizationId(str(uuid4())),
            seller_id=seller_id,
            product_id=product.id,
            supplier_id=product.supplier_id,
            justification=justification,
            volume=volume,
            at=at,
        )
    else:
        record = settle(work, record, at)
        after = record.requested_again(
            supplier_id=product.supplier_id, justification=justification, volume=volume, at=at
        )
    make_move(work, record, after, Action.REQUEST, by, metadata=metadata)
    return after


def approve(
    work: Work,
    before: Authorization,
    by: Actor,
    *,
    at: datetime,
    expires_at: datetime | None = None,
    beyond_capacity: bool = False,
    metadata: Mapping[str, Any] | None = None,
) -> Authorization:
    """Approve one record: by a person, in bulk, automatically or by a backfill, always by these lines.

    Raises ProductCapacityReached unless `beyond_capacity`, InvalidStatus when the record cannot be approved.
    """
    product = work.directory.product(before.product_id, lock=True)
    if product is None:
        raise ProductNotFound(before.product_id)
    after = before.approved(by, snapshot=product.snapshot(), expires_at=expires_at, at=at)
    if not beyond_capacity:
        capacity = work.directory.policy(before.supplier_id).capacity(before.product_id)
        used = 0 if capacity is None else work.authorizations.approved_sellers(before.product_id, at)
        refusal = why_not_approve(used, capacity)
        if refusal is not None:
            raise refusal
    make_move(work, before, after, Action.APPROVE, by, metadata=metadata)
    return after


def settle(work: Work, record: Authorization, at: datetime) -> Authorization:
    """The record as it really stands: an approval past its expiry is expired first, whether or not the sweep ran."""
    if not record.has_lapsed(at):
        return record
    after = record.expired(at=at)
    make_move(work, record, after, Action.EXPIRE, SYSTEM)
    return after
