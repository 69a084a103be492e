"""The verbs of sellers and suppliers. Each is one transaction: load, decide, save, note, announce."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sellergate.domain.audit import event_of_refusal
from sellergate.domain.authorization import ACTORS, Action, Authorization, Status
from sellergate.domain.directory import Product, Seller
from sellergate.domain.eligibility import why_not_request
from sellergate.domain.errors import (
    AuthorizationNotFound,
    Forbidden,
    NotFound,
    ProductNotFound,
    SellergateError,
    SellerNotFound,
    StoreUnavailable,
)
from sellergate.domain.identifiers import SYSTEM, Actor, ProductId, Role, SellerId
from sellergate.domain.low_risk import ApprovalTerms
from sellergate.domain.occasions import limit_reached
from sellergate.domain.policy import ProductLimits
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.stores import Store, View, Work
from sellergate.ports.tracing import Trace, untraced
from sellergate.services.moves import approve, make_move, request, settle
from sellergate.services.propagation import Propagation, Receipt
from sellergate.services.transactions import CountVerb, in_one_transaction, uncounted

T = TypeVar("T")

HearAnswer = Callable[[timedelta], None]
"""Told of every request that a person has approved or rejected: how long it waited."""


Alongside = Callable[[Work], object]
"""What has to be committed with a verb or not at all. It goes first, and keeps the verb from happening by raising."""


def _nothing(_work: Work) -> None:
    """Most verbs stand alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRules:
    """What the operator has set: limits per seller, and how long a rejection lasts."""

    limits: ProductLimits = field(default_factory=ProductLimits)
    cooldown: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Revocation:
    """A revoked record, and how far the news has got."""

    authorization: Authorization
    receipt: Receipt


class Workflow:
    """Everything that can be done to an authorization.

    Every verb raises Forbidden for a role that may not do it, a NotFound for what does not exist or is not the actor's,
    a refusal of the rules (each is written to the audit trail as refused), and StoreUnavailable.
    """

    def __init__(
        self,
        store: Store,
        rules: WorkflowRules,
        propagation: Propagation,
        *,
        count: CountVerb = uncounted,
        answered: HearAnswer = lambda _waited: None,
        trace: Trace = untraced,
        now: Clock = utc_now,
    ) -> None:
        self._store = store
        self._rules = rules
        self._propagation = propagation
        self._count = count
        self._answered = answered
        self._trace = trace
        self._now = now

    def request(
        self, by: Actor, product_id: ProductId, *, justification: str | None = None, volume: int | None = None
    ) -> Authorization:
        """The seller asks for a product; the supplier's policy may approve it at once."""
        seller_id = _own_seller(by)

        def verb(work: Work, at: datetime) -> Authorization:
            seller, product = self._parties(work, seller_id, product_id)
            record = work.authorizations.find(seller_id, product_id)
            used, limit = work.authorizations.slots_in_use(seller_id, at), self._rules.limits.of(seller.tier)
            refusal = why_not_request(seller, product, record, slots_in_use=used, limit=limit, now=at)
            if refusal is not None:
                raise refusal
            requested = request(
                work,
                record,
                by,
                seller_id=seller_id,
                product=product,
                justification=justification,
                volume=volume,
                at=at,
            )
            if limit is not None and used + 1 >= limit:
                work.notices.put(limit_reached(seller_id, limit, at))
            return self._approved_by_policy(work, seller, requested, at)

        return self._do(Action.REQUEST, by, verb, pair=(seller_id, product_id))

    @staticmethod
    def _parties(work: Work, seller_id: SellerId, product_id: ProductId) -> tuple[Seller, Product]:
        seller = work.directory.seller(seller_id, lock=True)  # the slots are counted under this lock
        if seller is None:
            raise SellerNotFound(seller_id)
        product = work.directory.product(
            product_id, lock=True
        )  # capacity under this one, and its supplier stays the same
        if product is None:
            raise ProductNotFound(product_id)
        return seller, product

    @staticmethod
    def _approved_by_policy(work: Work, seller: Seller, requested: Authorization, at: datetime) -> Authorization:
        policy = work.directory.policy(requested.supplier_id)
        product_id = requested.product_id
        approved = partial(work.authorizations.approved_sellers, product_id, at)
        if not policy.admits(seller, product_id, approved_sellers=approved):
            return requested  # the supplier decides; where the product is full, whom to let in instead
        return approve(work, requested, SYSTEM, at=at, metadata={"policy": policy.auto_approval.value})

    def cancel(self, by: Actor, product_id: ProductId) -> Authorization:
        """The seller takes an open request back."""
        return self._own_move(Action.CANCEL, by, product_id, lambda record, at: record.cancelled(at=at))

    def resubmit(
        self, by: Actor, product_id: ProductId, *, justification: str | None = None, volume: int | None = None
    ) -> Authorization:
        """The seller's answer to a question; the request keeps its place in the inbox."""
        return self._own_move(
            Action.RESUBMIT,
            by,
            product_id,
            lambda record, at: record.resubmitted(justification=justification, volume=volume, at=at),
        )

    def _own_move(
        self, action: Action, by: Actor, product_id: ProductId, move: Callable[[Authorization, datetime], Authorization]
    ) -> Authorization:
        seller_id = _own_seller(by)

        def verb(work: Work, at: datetime) -> Authorization:
            record = work.authorizations.find(seller_id, product_id)
            if record is None:
                raise AuthorizationNotFound
            before = settle(work, record, at)
            after = move(before, at)
            make_move(work, before, after, action, by)
            return after

        return self._do(action, by, verb, pair=(seller_id, product_id))

    def ask_info(self, by: Actor, id: str, note: str | None, *, alongside: Alongside = _nothing) -> Authorization:
        """The supplier wants to know more before deciding. Raises ReasonRequired without a note."""
        return self._decide(
            Action.ASK_INFO, by, id, note, lambda record, at: record.info_asked(note, at=at), alongside=alongside
        )[0]

    def approve(
        self,
        by: Actor,
        id: str,
        *,
        expires_at: datetime | None = None,
        terms: ApprovalTerms | None = None,
        alongside: Alongside = _nothing,
    ) -> Authorization:
        """The seller may sell from now on. `terms` are what must hold besides, and go into the trail.

        Raises ProductCapacityReached; with terms, PreviewOutdated and SellerNotAuthorized.
        """
        metadata = None if terms is None else terms.facts()

        def verb(work: Work, at: datetime) -> Authorization:
            record = _of_actor(work, id, by)
            product = work.directory.product(record.product_id, lock=True)  # before anything is moved
            if terms is not None and record.status is Status.REQUESTED:
                _hold(terms, record, work.directory.seller(record.seller_id), product, at)
            return approve(work, settle(work, record, at), by, at=at, expires_at=expires_at, metadata=metadata)

        return self._heard(self._do(Action.APPROVE, by, verb, id=id, metadata=metadata, alongside=alongside))

    def reject(self, by: Actor, id: str, reason: str | None, *, alongside: Alongside = _nothing) -> Authorization:
        """The seller may not sell, and may ask again after the cooldown. Raises ReasonRequired."""
        cooldown = self._rules.cooldown
        after, _ = self._decide(
            Action.REJECT,
            by,
            id,
            reason,
            lambda record, at: record.rejected(by, reason, cooldown=cooldown, at=at),
            alongside=alongside,
        )
        return self._heard(after)

    def _heard(self, after: Authorization) -> Authorization:
        if after.decided_at is not None:
            self._answered(after.decided_at - after.requested_at)
        return after

    def revoke(self, by: Actor, id: str, reason: str | None) -> Revocation:
        """The approval ends, for good, and every gate hears of it before this answers. Raises ReasonRequired."""
        after, sequence = self._decide(
            Action.REVOKE, by, id, reason, lambda record, at: record.revoked(by, reason, at=at)
        )
        return Revocation(after, self._propagation.of_change(sequence))

    def clear_cooldown(self, by: Actor, id: str) -> Authorization:
        """The seller may ask again now."""
        return self._decide(Action.CLEAR_COOLDOWN, by, id, None, lambda record, at: record.cooldown_cleared(at=at))[0]

    def _decide(
        self,
        action: Action,
        by: Actor,
        id: str,
        reason: str | None,
        move: Callable[[Authorization, datetime], Authorization],
        *,
        alongside: Alongside = _nothing,
    ) -> tuple[Authorization, int]:
        def verb(work: Work, at: datetime) -> tuple[Authorization, int]:
            before = settle(work, _of_actor(work, id, by), at)
            after = move(before, at)
            return after, make_move(work, before, after, action, by, reason=reason and reason.strip())

        return self._do(action, by, verb, id=id, alongside=alongside)

    def expire_due(self, limit: int = 500) -> int:
        """Expire approvals that have lapsed, each in its own transaction; the answer is how many.

        The gate does not wait for this: it denies from `expires_at` on. Here the record and the notices follow.
        """
        with self._store.view() as view:
            lapsed = view.authorizations.lapsed(self._now(), limit)
        return sum(self._expire(record.id) for record in lapsed)

    def _expire(self, id: str) -> bool:
        def verb(work: Work) -> bool:
            record = work.authorizations.get(id, lock=True)
            if record is None or not record.has_lapsed(at := self._now()):
                return False  # another process was first
            settle(work, record, at)
            return True

        return in_one_transaction(self._store, verb, count=self._count)

    def _do(
        self,
        action: Action,
        by: Actor,
        verb: Callable[[Work, datetime], T],
        *,
        id: str | None = None,
        pair: tuple[str, str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        alongside: Alongside = _nothing,
    ) -> T:
        """One verb: allowed for the role, carried out in one transaction, traced, counted, and noted when refused."""

        def whole(work: Work) -> T:
            alongside(work)
            return verb(work, self._now())

        seller_id, product_id = pair or (None, None)
        about = {"authorization": id, "seller": seller_id, "product": product_id}
        with self._trace(f"authorization.{action}", actor=by.id, role=by.role.value, **about):
            return self._done(action, by, whole, id=id, pair=pair, metadata=metadata)

    def _done(
        self,
        action: Action,
        by: Actor,
        whole: Callable[[Work], T],
        *,
        id: str | None,
        pair: tuple[str, str] | None,
        metadata: Mapping[str, Any] | None,
    ) -> T:
        try:
            if by.role not in ACTORS[action]:
                raise Forbidden(f"A {by.role} cannot {action}.")
            return in_one_transaction(self._store, whole, count=self._count)
        except SellergateError as refusal:
            self._count(action, refusal.code)
            if not isinstance(refusal, NotFound | Forbidden | StoreUnavailable):
                self._note_refusal(action, by, refusal, id=id, pair=pair, metadata=metadata)
            raise

    def _note_refusal(
        self,
        action: Action,
        by: Actor,
        refusal: SellergateError,
        *,
        id: str | None,
        pair: tuple[str, str] | None,
        metadata: Mapping[str, Any] | None,
    ) -> None:
        def verb(work: Work) -> None:
            # Locked, so that the event stands in the trail where the version it names does.
            record = _locked(work, id, pair)
            seller_id, product_id = (record.seller_id, record.product_id) if record else pair or ("", "")
            product = work.directory.product(product_id)
            work.events.append(
                event_of_refusal(
                    record,
                    action,
                    by,
                    code=refusal.code,
                    seller_id=seller_id,
                    product_id=product_id,
                    supplier_id=product.supplier_id if product else None,
                    at=self._now(),
                    metadata=metadata,
                )
            )

        in_one_transaction(self._store, verb)


def _locked(work: Work, id: str | None, pair: tuple[str, str] | None) -> Authorization | None:
    if id:
        return work.authorizations.get(id, lock=True)
    return work.authorizations.find(*pair, lock=True) if pair else None


def _hold(
    terms: ApprovalTerms, record: Authorization, seller: Seller | None, product: Product | None, at: datetime
) -> None:
    if seller is None:
        raise SellerNotFound(record.seller_id)
    if product is None:
        raise ProductNotFound(record.product_id)
    refusal = terms.why_not(record, seller, product, at)
    if refusal is not None:
        raise refusal


def _own_seller(by: Actor) -> SellerId:
    if by.seller_id is None:
        raise Forbidden("Only a seller can do this.")
    return by.seller_id


def _of_actor(view: View, id: str, by: Actor) -> Authorization:
    record = view.authorizations.get(id)
    if record is None or not may_see(record, by):
        raise AuthorizationNotFound
    return record


def may_see(record: Authorization, by: Actor) -> bool:
    """Whether the record is the actor's: its seller's, its supplier's, or an admin's. To all others it does not exist."""
    if by.role is Role.SELLER:
        return record.seller_id == by.seller_id
    if by.role is Role.SUPPLIER:
        return record.supplier_id == by.supplier_id
    return by.role in (Role.ADMIN, Role.SYSTEM)
