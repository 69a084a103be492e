"""The platform's own approval: who may be a seller at all."""

from dataclasses import dataclass, replace
from datetime import datetime

from sellergate.domain.audit import Event
from sellergate.domain.authorization import HOLDS_A_SLOT, Action, Status, checked_reason
from sellergate.domain.directory import Seller, SellerStatus, Tier
from sellergate.domain.errors import ConcurrentChange, InvalidStatus, SellerNotFound
from sellergate.domain.identifiers import Actor, SellerId, checked_id
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.feed import Change, ChangeKind
from sellergate.ports.stores import Store, Work
from sellergate.services.moves import make_move, settle
from sellergate.services.transactions import CountVerb, in_one_transaction, uncounted


@dataclass(frozen=True, slots=True)
class OfUser:
    """The seller who is this user of the marketplace; one whose user id nobody has entered is known by the seller id instead.

    A seller with a user id of their own is never meant by their seller id: that may be the user id of somebody else.
    """

    id: str


Who = SellerId | OfUser
"""Whom a verb is about: the seller with this id, or the one who is this user."""


class People:
    """Approves, suspends, reactivates and revokes sellers.

    Every verb raises SellerNotFound and InvalidStatus; those that need a reason raise ReasonRequired.
    """

    def __init__(self, store: Store, *, count: CountVerb = uncounted, now: Clock = utc_now) -> None:
        self._store = store
        self._count = count
        self._now = now

    def approve_role(self, by: Actor, user_id: str, tier: Tier | None = None) -> Seller:
        """This user is a seller. One the directory does not know yet is entered, and their user id becomes their seller id.

        Raises SellerNotFound where that is the id of another seller already.
        """

        def verb(work: Work) -> Seller:
            at = self._now()
            seller = _of_user(work, user_id)
            if seller is None:
                new = Seller(id=SellerId(checked_id(user_id, "userId")), name=user_id, user_id=user_id)
                return save_seller(
                    work, None, replace(new, tier=tier or Tier.BRONZE), action="approve-role", by=by, at=at
                )
            if seller.status is not SellerStatus.ACTIVE:
                raise _no_such_move(seller, "approve-role")
            return save_seller(
                work, seller, replace(seller, tier=tier or seller.tier), action="approve-role", by=by, at=at
            )

        return in_one_transaction(self._store, verb)

    def suspend(self, by: Actor, who: Who, reason: str | None) -> Seller:
        """Every gate denies this seller from the next check on; the authorizations stay as they are."""
        return self._switch(by, who, "suspend", SellerStatus.SUSPENDED, checked_reason(reason))

    def reactivate(self, by: Actor, who: Who) -> Seller:
        """The suspension ends; the authorizations work again."""
        return self._switch(by, who, "reactivate", SellerStatus.ACTIVE)

    def _switch(self, by: Actor, who: Who, action: str, to: SellerStatus, reason: str | None = None) -> Seller:
        """Between ACTIVE and SUSPENDED, from the one to the other."""

        def verb(work: Work) -> Seller:
            seller = _known(work, who)
            if seller.status in (to, SellerStatus.REVOKED):
                raise _no_such_move(seller, action)
            after = replace(seller, status=to)
            return save_seller(work, seller, after, action=action, by=by, at=self._now(), reason=reason)

        return in_one_transaction(self._store, verb)

    def revoke_role(self, by: Actor, who: Who, reason: str | None) -> Seller:
        """This person is no seller any more, for good: approvals are revoked, open requests cancelled."""
        why = checked_reason(reason)

        def verb(work: Work) -> Seller:
            seller = _known(work, who)
            if seller.status is SellerStatus.REVOKED:
                raise _no_such_move(seller, "revoke-role")
            after = replace(seller, status=SellerStatus.REVOKED)
            return save_seller(work, seller, after, action="revoke-role", by=by, at=self._now(), reason=why)

        return in_one_transaction(self._store, verb, count=self._count)


def save_seller(
    work: Work,
    before: Seller | None,
    after: Seller,
    *,
    action: str,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> Seller:
    """Store a seller with the event of a change of status and the feed entry; a revoked one loses every authorization.

    The answer is the seller as stored, one version higher; unchanged when nothing changed.
    """
    if before == after:
        return after
    stored = replace(after, version=(before.version if before else 0) + 1)
    work.directory.put_seller(stored)
    if before is None or before.status is not stored.status:
        work.events.append(_event(before, stored, action=action, by=by, at=at, reason=reason))
    if stored.status is SellerStatus.REVOKED:
        _end_all(work, stored, by, reason or "The seller's role was revoked.", at)
    work.announce(Change(kind=ChangeKind.SELLER, version=stored.version, seller_id=stored.id))
    return stored


def _event(before: Seller | None, after: Seller, *, action: str, by: Actor, at: datetime, reason: str | None) -> Event:
    return Event(
        seller_id=after.id,
        action=action,
        from_status=before.status.value if before else Status.NONE.value,
        to_status=after.status.value,
        actor_id=by.id,
        actor_role=by.role.value,
        reason=reason,
        at=at,
        version=after.version,
        metadata={"tier": after.tier.value},
    )


def _end_all(work: Work, seller: Seller, by: Actor, reason: str, at: datetime) -> None:
    for stored in work.authorizations.of_seller(seller.id):
        record = settle(work, stored, at)
        if record.status is Status.APPROVED:
            make_move(work, record, record.revoked(by, reason, at=at), Action.REVOKE, by, reason=reason)
        elif record.status in HOLDS_A_SLOT:
            make_move(work, record, record.cancelled(at=at), Action.CANCEL, by, reason=reason)


def _known(work: Work, who: Who) -> Seller:
    seller = _of_user(work, who.id) if isinstance(who, OfUser) else work.directory.seller(who, lock=True)
    if seller is None:
        raise SellerNotFound(who.id if isinstance(who, OfUser) else who)
    return seller


def _of_user(work: Work, user_id: str) -> Seller | None:
    by_user = work.directory.seller_of_user(user_id)
    seller = work.directory.seller(by_user.id if by_user else user_id, lock=True)
    if seller is None or seller.user_id == user_id:
        return seller
    if by_user is not None:  # the user has become another seller before this one was locked
        raise ConcurrentChange
    if seller.user_id is not None:
        raise SellerNotFound(user_id, f"The seller with this id is the user {seller.user_id}.")
    return seller


def _no_such_move(seller: Seller, action: str) -> InvalidStatus:
    return InvalidStatus(f"A seller who is {seller.status} cannot be changed by {action}.", status=seller.status.value)
