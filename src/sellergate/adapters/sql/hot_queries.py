"""The queries that must stay fast however large the database is, and the index by which each finds its rows.

Declared once: a test reads their plans on a large database, and `sellergate doctor` reads them on yours. Each is asked of the
stores themselves, so what is explained is what they ask.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sellergate.adapters.positions import time_as_text
from sellergate.adapters.sql.hot_query import Asked, HotQuery, Sample
from sellergate.adapters.sql.hot_report_queries import REPORT_QUERIES
from sellergate.adapters.sql.hot_rollout_queries import ROLLOUT_QUERIES
from sellergate.domain.authorization import Status
from sellergate.domain.directory import Tier
from sellergate.domain.messages import Channel, MessageState
from sellergate.domain.notices import Audience
from sellergate.ports.queries import (
    AuthorizationQuery,
    EventQuery,
    PageRequest,
    Position,
    ProductQuery,
    Sort,
)
from sellergate.ports.stores import View

_WAITING: Final = frozenset({Status.REQUESTED})
_BY_SUPPLIER: Final = "ix_authorizations_supplier_id_status_requested_at_id"
_ONE_PENDING: Final = "ix_scheduled_decisions_due|ix_scheduled_decisions_one_pending"
_TALLY: Final = "ix_authorization_tallies_supplier_id_status_number"


def _authorizations(**asked: object) -> Asked:
    """A page of authorizations: given facts, and those of the sample where the value is the name of one."""

    def ask(view: View, sample: Sample) -> object:
        query = AuthorizationQuery(**{name: _of(sample, value) for name, value in asked.items()})  # type: ignore[arg-type]
        return view.authorizations.search(query)

    return ask


def _inbox(**asked: object) -> Asked:
    return _authorizations(supplier_id=_SUPPLIER, statuses=_WAITING, **asked)


def _events(**asked: object) -> Asked:
    def ask(view: View, sample: Sample) -> object:
        query = EventQuery(**{name: _of(sample, value) for name, value in asked.items()})  # type: ignore[arg-type]
        return view.events.search(replace(query, page=PageRequest()))

    return ask


@dataclass(frozen=True, slots=True)
class _Fact:
    of: Callable[[Sample], object]


def _of(sample: Sample, value: object) -> object:
    return value.of(sample) if isinstance(value, _Fact) else value


def _later(sample: Sample) -> Position:
    return time_as_text(sample.now - timedelta(days=30)), sample.authorization_id


_SELLER: Final = _Fact(lambda sample: sample.seller_id)
_SUPPLIER: Final = _Fact(lambda sample: sample.supplier_id)
_PRODUCT: Final = _Fact(lambda sample: sample.product_id)
_RECORD: Final = _Fact(lambda sample: sample.authorization_id)
_NEXT: Final = _Fact(lambda sample: PageRequest(20, _later(sample)))
_DAYS_AGO: Final = _Fact(lambda sample: sample.now - timedelta(days=3))

HOT_QUERIES: Final = (
    HotQuery(
        "record of a pair",
        lambda view, sample: view.authorizations.find(sample.seller_id, sample.product_id),
        ("uq_authorizations_seller_id_product_id",),
    ),
    HotQuery(
        "slots in use",
        lambda view, sample: view.authorizations.slots_in_use(sample.seller_id, sample.now),
        ("ix_authorizations_seller_id_status",),
    ),
    HotQuery(
        "slots in use of some sellers",
        lambda view, sample: view.authorizations.slots_by_seller([sample.seller_id], sample.now),
        ("ix_authorizations_seller_id_status",),
    ),
    HotQuery(
        "approved sellers of a product",
        lambda view, sample: view.authorizations.approved_sellers(sample.product_id, sample.now),
        ("ix_authorizations_product_id_status",),
    ),
    HotQuery(
        "a seller's records",
        lambda view, sample: view.authorizations.of_seller(sample.seller_id),
        ("uq_authorizations_seller_id_product_id|ix_authorizations_seller_id_status",),
    ),
    HotQuery("inbox", _inbox(), (_BY_SUPPLIER, _TALLY)),
    HotQuery("inbox of what nobody has decided", _inbox(undecided=True), (_BY_SUPPLIER, _TALLY, _ONE_PENDING)),
    HotQuery("inbox, later page", _inbox(page=_NEXT), (_BY_SUPPLIER, _TALLY)),
    HotQuery("inbox, newest first", _inbox(sort=Sort.NEWEST), (_BY_SUPPLIER, _TALLY)),
    HotQuery("inbox of a tier", _inbox(tier=Tier.GOLD), (_BY_SUPPLIER,)),
    HotQuery("inbox of a product", _inbox(product_id=_PRODUCT), ("ix_authorizations_product_id_status",)),
    HotQuery(
        "a supplier's approvals",
        _authorizations(supplier_id=_SUPPLIER, statuses=frozenset({Status.APPROVED})),
        (_BY_SUPPLIER, _TALLY),
    ),
    HotQuery(
        "a supplier's records",
        _authorizations(supplier_id=_SUPPLIER),
        ("ix_authorizations_supplier_id_requested_at_id", _TALLY),
    ),
    HotQuery(
        "a seller's list",
        _authorizations(seller_id=_SELLER, sort=Sort.NEWEST),
        ("ix_authorizations_seller_id_requested_at_id|ix_authorizations_seller_id_status",),
    ),
    HotQuery("all records", _authorizations(), ("ix_authorizations_requested_at_id",)),
    HotQuery(
        "all requests that wait", _authorizations(statuses=_WAITING), ("ix_authorizations_status_requested_at_id",)
    ),
    HotQuery(
        "requests that wait for long",
        _authorizations(statuses=_WAITING, requested_before=_DAYS_AGO, page=PageRequest(100, counted=False)),
        ("ix_authorizations_status_requested_at_id",),
    ),
    HotQuery(
        "approvals that have lapsed",
        lambda view, sample: view.authorizations.lapsed(sample.now, 500),
        ("ix_authorizations_lapsing",),
    ),
    HotQuery("records by status", lambda view, _: view.authorizations.count_by_status(), ()),
    HotQuery(
        "walk over all records",
        lambda view, sample: view.authorizations.all_after(sample.authorization_id, 1000),
        ("pk_authorizations",),
    ),
    HotQuery(
        "seller of a user",
        lambda view, sample: view.directory.seller_of_user(sample.seller_id),
        ("uq_sellers_user_id",),
    ),
    HotQuery(
        "a page of the catalog",
        lambda view, _: view.directory.products(ProductQuery(active_only=True)),
        ("pk_products",),
    ),
    HotQuery(
        "a page of the catalog with a seller's standing",
        lambda view, sample: view.directory.products(
            ProductQuery(active_only=True, seller_id=sample.seller_id, authorization=Status.APPROVED)
        ),
        ("uq_authorizations_seller_id_product_id|ix_authorizations_seller_id_status",),
    ),
    HotQuery(
        "events of a record",
        lambda view, sample: view.events.of_authorization(sample.authorization_id),
        ("ix_authorization_events_authorization_id_sequence",),
    ),
    HotQuery(
        "a pair as of a moment",
        lambda view, sample: view.events.record_at(sample.seller_id, sample.product_id, sample.now),
        ("ix_authorization_events_seller_id_product_id_sequence",),
    ),
    HotQuery(
        "a seller as of a moment",
        lambda view, sample: view.events.seller_status_at(sample.seller_id, sample.now),
        ("ix_authorization_events_seller_id_product_id_sequence",),
    ),
    HotQuery(
        "last events of records",
        lambda view, sample: view.events.last_of([sample.authorization_id]),
        ("ix_authorization_events_authorization_id_sequence",),
    ),
    HotQuery(
        "events to seal",
        lambda view, sample: view.events.after(sample.sequence, 1000),
        ("pk_authorization_events", "pk_event_seals"),
    ),
    HotQuery("last seal", lambda view, _: view.events.last_seal(), ("pk_event_seals",)),
    HotQuery("audit", _events(), ("pk_authorization_events",), counts="authorization_events"),
    HotQuery(
        "audit of a record",
        _events(authorization_id=_RECORD),
        ("ix_authorization_events_authorization_id_sequence",),
    ),
    HotQuery(
        "audit of a seller",
        _events(seller_id=_SELLER),
        ("ix_authorization_events_seller_id_sequence|ix_authorization_events_seller_id_product_id_sequence",),
    ),
    HotQuery("audit of a supplier", _events(supplier_id=_SUPPLIER), ("ix_authorization_events_supplier_id_sequence",)),
    HotQuery("audit of a product", _events(product_id=_PRODUCT), ("ix_authorization_events_product_id_sequence",)),
    HotQuery("audit of a person", _events(actor_id="user-1"), ("ix_authorization_events_actor_id_sequence",)),
    HotQuery("audit of an action", _events(action="revoke"), ("ix_authorization_events_action_sequence",)),
    HotQuery("audit of refusals", _events(refused=True), ("ix_authorization_events_refused",)),
    HotQuery(
        "actions lately",
        lambda view, sample: view.events.count_by_action(sample.now - timedelta(days=1)),
        ("ix_authorization_events_at",),
    ),
    HotQuery(
        "decisions lately",
        lambda view, sample: view.events.decisions(sample.now - timedelta(days=1), 500),
        ("ix_authorization_events_at|ix_authorization_events_action_sequence",),
    ),
    HotQuery(
        "busiest sellers",
        lambda view, _: view.events.busiest_sellers(100, among=10_000),
        ("pk_authorization_events",),
        rows_sorted=10_000,
    ),
    HotQuery(
        "notifications",
        lambda view, sample: view.notices.inbound(Audience.SELLER, sample.seller_id, PageRequest()),
        ("ix_notifications_audience_recipient_id_id",),
    ),
    HotQuery("notices to route", lambda view, _: view.notices.waits(), ("pk_outbox",)),
    HotQuery(
        "notices to forget",
        lambda view, sample: view.notices.forget(sample.now - timedelta(days=365)),
        ("ix_notifications_at",),
    ),
    HotQuery(
        "decisions that are due",
        lambda view, sample: view.scheduled.due(sample.now, 100),
        ("ix_scheduled_decisions_due",),
    ),
    HotQuery(
        "decisions made together",
        lambda view, sample: view.scheduled.of_batch(sample.supplier_id, "batch"),
        ("ix_scheduled_decisions_supplier_id_batch_id",),
    ),
    HotQuery(
        "decisions that were refused",
        lambda view, sample: view.scheduled.refused(sample.supplier_id, sample.now),
        ("ix_scheduled_decisions_supplier_id_state_done_at|ix_scheduled_decisions_done_at",),
    ),
    HotQuery(
        "decisions to forget",
        lambda view, sample: view.scheduled.forget(sample.now - timedelta(days=365)),
        ("ix_scheduled_decisions_done_at",),
    ),
    HotQuery("bulk jobs that are due", lambda view, sample: view.jobs.due(sample.now), ("ix_bulk_jobs_due",)),
    HotQuery(
        "messages to send",
        lambda view, sample: view.messages.is_due(Channel.EMAIL, sample.now),
        ("ix_messages_due",),
    ),
    HotQuery(
        "messages given up",
        lambda view, _: view.messages.list(MessageState.DEAD, PageRequest()),
        ("ix_messages_state_id",),
    ),
    HotQuery(
        "messages to forget",
        lambda view, sample: view.messages.forget(sample.now - timedelta(days=365), sample.now - timedelta(days=365)),
        ("ix_messages_state_done_at", "ix_message_items_message_id"),
    ),
    HotQuery(
        "approvals that end soon",
        lambda view, sample: view.occasions.expiring(sample.now, sample.now + timedelta(days=7), 100),
        ("ix_authorizations_lapsing",),
    ),
    HotQuery(
        "requests nobody answers",
        lambda view, sample: view.occasions.unanswered(sample.now - timedelta(days=3), 100),
        ("ix_authorizations_status_requested_at_id",),
    ),
    HotQuery(
        "unread notifications",
        lambda view, sample: view.notices.unread(Audience.SELLER, sample.seller_id),
        ("ix_notifications_unread",),
    ),
    HotQuery(
        "idempotency keys to forget",
        lambda view, sample: view.idempotency.forget(sample.now - timedelta(days=365)),
        ("ix_idempotency_keys_reserved_at",),
    ),
    *ROLLOUT_QUERIES,
    *REPORT_QUERIES,
)

OWN_QUERIES: Final = tuple(
    HotQuery(name, lambda _view, _sample: None, indexes)
    for name, indexes in (
        ("gate, one product", ("pk_products", "pk_sellers", "uq_authorizations_seller_id_product_id")),
        ("gate, many products", ("pk_products", "pk_sellers", "uq_authorizations_seller_id_product_id")),
        ("look at the feed", ("ix_changes_xid",)),
        ("recent changes", ("ix_changes_at",)),
    )
)
"""What an engine asks by itself, past the stores, under these names; not every engine does all of it."""
