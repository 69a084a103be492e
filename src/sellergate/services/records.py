"""Reading authorizations: lists, one with its history, numbers, and the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sellergate.domain.audit import Event
from sellergate.domain.authorization import Action, Authorization, Status
from sellergate.domain.directory import Product, Seller, Supplier
from sellergate.domain.errors import AuthorizationNotFound, Forbidden
from sellergate.domain.identifiers import Actor, Role
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import AuthorizationQuery, EventQuery, Page
from sellergate.ports.stores import Store, View
from sellergate.services.workflow import may_see


@dataclass(frozen=True, slots=True)
class Row:
    """An authorization with the people and goods it is about; `status` is the one to show now."""

    authorization: Authorization
    status: Status
    seller: Seller | None
    product: Product | None
    supplier: Supplier | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event with the people and goods it is about."""

    event: Event
    seller: Seller | None
    product: Product | None


@dataclass(frozen=True, slots=True)
class Stats:
    """Numbers of a period that began at `since`: moves by action, and how records stand now.

    `approval_rate` is approvals / (approvals + rejections) of the period; None when nothing was decided.
    """

    since: datetime
    by_status: Mapping[Status, int]
    by_action: Mapping[str, int]

    @property
    def approval_rate(self) -> float | None:
        """The share of decisions that were approvals."""
        approved = self.by_action.get(Action.APPROVE, 0)
        decided = approved + self.by_action.get(Action.REJECT, 0)
        return approved / decided if decided else None


class Records:
    """What may be read of authorizations; everybody sees only their own, and an admin all."""

    def __init__(self, store: Store, *, now: Clock = utc_now) -> None:
        self._store = store
        self._now = now

    def search(self, by: Actor, query: AuthorizationQuery) -> Page[Row]:
        """The actor's records that match. Raises Forbidden for an actor who is nobody's seller, supplier or admin."""
        own = self._only_own(by, query)

        def read(view: View) -> Page[Row]:
            page = view.authorizations.search(own)
            return Page(self._rows(view, page.items), page.next, page.total)

        return self._store.read_aside(read)

    @staticmethod
    def _only_own(by: Actor, query: AuthorizationQuery) -> AuthorizationQuery:
        if by.role is Role.SELLER and by.seller_id:
            return replace(query, seller_id=by.seller_id)
        if by.role is Role.SUPPLIER and by.supplier_id:
            return replace(query, supplier_id=by.supplier_id)
        if by.role is Role.ADMIN:
            return query
        raise Forbidden("The token names no seller or supplier.")

    def one(self, by: Actor, id: str) -> tuple[Row, list[Event]]:
        """One record of the actor's with its events, oldest first. Raises AuthorizationNotFound."""
        with self._store.view() as view:
            record = view.authorizations.get(id)
            if record is None or not may_see(record, by):
                raise AuthorizationNotFound
            return self._rows(view, [record])[0], view.events.of_authorization(id)

    def _rows(self, view: View, records: list[Authorization]) -> list[Row]:
        now = self._now()
        sellers = view.directory.sellers_of({record.seller_id for record in records})
        products = view.directory.products_of({record.product_id for record in records})
        suppliers = view.directory.suppliers_of({record.supplier_id for record in records})
        return [
            Row(
                authorization=record,
                status=record.status_at(now),
                seller=sellers.get(record.seller_id),
                product=products.get(record.product_id),
                supplier=suppliers.get(record.supplier_id),
            )
            for record in records
        ]

    def stats(self, period: timedelta) -> Stats:
        """Numbers of the last `period`."""
        since = self._now() - period
        return self._store.read_aside(
            lambda view: Stats(since, view.authorizations.count_by_status(), view.events.count_by_action(since))
        )

    def history(self, by: Actor, query: EventQuery) -> Page[EventRow]:
        """What was done about the actor's goods, newest first. Raises Forbidden for anybody but a supplier."""
        if by.role is not Role.SUPPLIER or by.supplier_id is None:
            raise Forbidden("Only a supplier can do this.")
        own = replace(query, supplier_id=by.supplier_id)

        def read(view: View) -> Page[EventRow]:
            page = view.events.search(own)
            sellers = view.directory.sellers_of({event.seller_id for event in page.items})
            products = view.directory.products_of({event.product_id for event in page.items if event.product_id})
            rows = [
                EventRow(event, sellers.get(event.seller_id), products.get(event.product_id or ""))
                for event in page.items
            ]
            return Page(rows, page.next, page.total)

        return self._store.read_aside(read)

    def audit(self, query: EventQuery) -> Page[Event]:
        """Audit events that match, newest first."""
        return self._store.read_aside(lambda view: view.events.search(query))
