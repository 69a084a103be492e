"""Trying an auto-approval rule on the requests of the past, before it decides about any."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from sellergate.domain.audit import Event
from sellergate.domain.authorization import Action
from sellergate.domain.backtest import BackTest, PastRequest, approved_meanwhile, past_request
from sellergate.domain.errors import Forbidden, InvalidInput, SupplierNotFound
from sellergate.domain.identifiers import Actor, ProductId, Role
from sellergate.domain.policy import SupplierPolicy
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import EventQuery, PageRequest
from sellergate.ports.stores import Store, View

MOST_REQUESTS: Final = 5_000
READ_AT_ONCE: Final = 100


class BackTests:
    """Reads what a supplier has been asked; changes nothing."""

    def __init__(self, store: Store, *, now: Clock = utc_now) -> None:
        self._store = store
        self._now = now

    def run(
        self,
        by: Actor,
        policy: SupplierPolicy | None = None,
        *,
        supplier_id: str | None = None,
        requests: int = 200,
        span: timedelta | None = None,
        revoked_within: timedelta = timedelta(days=90),
    ) -> BackTest:
        """What the policy, or without one the policy in force, would have done to the supplier's last requests, with a `span` those of that time.

        The rule is the one requests are approved by, on sellers as they are today: nobody knows any more what tier each had. A product
        has the seats it has today but for those the requests themselves have taken. Raises Forbidden, SupplierNotFound, and
        InvalidInput unless `requests` is 1 to 5,000.
        """
        its = _supplier(by, supplier_id)
        if not 1 <= requests <= MOST_REQUESTS:
            raise InvalidInput(f"requests must be 1 to {MOST_REQUESTS}.", field="requests")
        with self._store.view() as view:
            if view.directory.supplier(its) is None:
                raise SupplierNotFound(its)
            rule = view.directory.policy(its) if policy is None else policy
            events = _last_requests(view, its, requests, None if span is None else self._now() - span)
            return self._tried(view, rule, _turned_out(view, events, revoked_within))

    def _tried(self, view: View, rule: SupplierPolicy, past: list[PastRequest]) -> BackTest:
        sellers = view.directory.sellers_of({request.seller_id for request in past})
        now, test = self._now(), BackTest()
        seats = _Seats(view, past, now)
        for request in past:
            seller, product_id = sellers.get(request.seller_id), ProductId(request.product_id)
            approves = seller is not None and rule.admits(
                seller, product_id, approved_sellers=partial(seats.taken, product_id)
            )
            if approves:
                seats.take(product_id)
            until = request.answered_at or now
            denials = view.denials.of_pair(request.seller_id, request.product_id, request.requested_at, until)
            denied, value = sum(one.denials for one in denials), sum((one.value for one in denials), Decimal(0))
            test.add(request, approves=approves, denied=denied, value=value)
        return test


def _supplier(by: Actor, asked: str | None) -> str:
    if by.role is Role.ADMIN:
        if asked is None:
            raise InvalidInput("Say whose requests: supplierId.", field="supplierId")
        return asked
    if by.supplier_id is None or asked not in (None, by.supplier_id):
        raise Forbidden("A supplier can try a rule on their own requests only.")
    return by.supplier_id


def _last_requests(view: View, supplier_id: str, number: int, since: datetime | None) -> list[Event]:
    found: list[Event] = []
    asked = EventQuery(supplier_id=supplier_id, action=Action.REQUEST.value, refused=False, since=since)
    page = PageRequest(READ_AT_ONCE, counted=False)
    while len(found) < number:
        answer = view.events.search(replace(asked, page=page))
        found += answer.items
        if answer.next is None:
            break
        page = PageRequest(READ_AT_ONCE, answer.next, counted=False)
    return found[:number]


def _turned_out(view: View, requests: list[Event], revoked_within: timedelta) -> list[PastRequest]:
    histories: dict[str, list[Event]] = {}
    past = []
    for request in reversed(requests):  # oldest first, as they would have been approved
        id = request.authorization_id or ""
        if id not in histories:
            histories[id] = view.events.of_authorization(id)
        past.append(past_request(request, histories[id], revoked_within=revoked_within))
    return past


class _Seats:
    """How many approved sellers each product would have had, while the rule is only tried."""

    def __init__(self, view: View, past: list[PastRequest], now: datetime) -> None:
        self._view = view
        self._now = now
        self._own = approved_meanwhile(past)
        self._taken: Counter[str] = Counter()
        self._others: dict[str, int] = {}

    def taken(self, product_id: ProductId) -> int:
        """Those of others, and those the rule has given away so far."""
        if product_id not in self._others:
            today = self._view.authorizations.approved_sellers(product_id, self._now)
            self._others[product_id] = max(0, today - self._own[product_id])
        return self._others[product_id] + self._taken[product_id]

    def take(self, product_id: ProductId) -> None:
        """One more."""
        self._taken[product_id] += 1
