"""Every store sums the audit trail up alike."""

from datetime import timedelta
from functools import partial

import pytest

from builders import HOUR, NOON, TICK, a_seller, an_authorization, an_event, keep, stock
from sellergate.domain.authorization import Status
from sellergate.domain.directory import Tier
from sellergate.domain.reports import Activity, Answer, Rejection, TierRequests

DAY = timedelta(days=1)
END = NOON + DAY
LIMIT = "ERR_PRODUCT_LIMIT_REACHED"


def append(store, *events):
    with store.work() as work:
        for event in events:
            work.events.append(event)


def read(store, name, *asked):
    with store.view() as view:
        found = getattr(view.reports, name)(*asked)
        return dict(found) if name == "standing" else found if isinstance(found, int) else list(found)


def decided(action, at=NOON, *, requested=NOON - HOUR, until=None, role="supplier", **facts):
    to = {"approve": "APPROVED", "reject": "REJECTED"}[action]
    record = {"requested_at": requested.isoformat(), "cooldown_until": until and until.isoformat()}
    return an_event(
        action,
        **{
            "from_status": "REQUESTED",
            "to_status": to,
            "actor_role": role,
            "at": at,
            "record": record,
            "authorization": "a-1",
            **facts,
        },
    )


def revoked(at=NOON, **facts):
    return an_event("revoke", from_status="APPROVED", to_status="REVOKED", actor_role="supplier", at=at, **facts)


def test_without_events_there_is_nothing(store):
    for name in ("activity", "answers", "requests_by_tier", "rejections"):
        assert read(store, name, NOON, END) == []
    assert read(store, "standing", NOON) == {}
    assert read(store, "refusals", NOON, END, LIMIT) == 0


def test_activity_counts_what_was_done_for_each_supplier(store):
    append(
        store,
        an_event(),
        an_event(refused=LIMIT),
        an_event("ask-info", to_status="INFO_REQUESTED"),
        decided("approve"),
        decided("approve", role="system"),
        decided("reject"),
        decided("reject", refused="ERR_INVALID_STATUS", record=None),
        revoked(),
        an_event(supplier_id="zeta"),
        an_event("suspend", product=None, supplier_id=None, from_status="ACTIVE", to_status="SUSPENDED"),
    )

    acme = Activity(supplier_id="acme", requested=1, approved=2, automatic=1, rejected=1, revoked=1)
    assert read(store, "activity", NOON, END) == [acme, Activity(supplier_id="zeta", requested=1)]


@pytest.mark.parametrize(("at", "counts"), [(NOON - TICK, 0), (NOON, 1), (END - TICK, 1), (END, 0)])
def test_a_span_has_its_beginning_and_not_its_end(store, at, counts):
    append(store, an_event(at=at), an_event(at=at, refused=LIMIT), decided("approve", at=at))
    with store.work() as work:
        work.directory.put_seller(a_seller())

    assert sum(each.requested for each in read(store, "activity", NOON, END)) == counts
    assert len(read(store, "answers", NOON, END)) == counts
    assert sum(tier.asked for tier in read(store, "requests_by_tier", NOON, END)) == 2 * counts
    assert read(store, "refusals", NOON, END, LIMIT) == counts


def test_standing_approvals_are_those_that_came_and_did_not_go(store):
    append(
        store,
        decided("approve", at=NOON),
        decided("approve", at=NOON, refused="ERR_INVALID_STATUS", record=None),
        decided("approve", at=NOON + HOUR),
        decided("approve", at=NOON, supplier_id="zeta"),
        revoked(at=NOON + HOUR, supplier_id="zeta"),
        decided("approve", at=NOON, supplier_id="gone"),
        an_event("expire", from_status="APPROVED", to_status="EXPIRED", supplier_id="gone"),
    )

    stock(store, products=("p-1", "p-2"))
    for product in ("p-1", "p-2"):  # as things stand now
        keep(store, an_authorization(Status.APPROVED, product=product))

    assert read(store, "standing", NOON) == {}
    assert read(store, "standing", NOON + TICK) == {"acme": 1, "zeta": 1}
    assert read(store, "standing", NOON + HOUR + TICK) == {"acme": 2}


def test_answers_are_peoples_decisions_with_the_time_of_the_request(store):
    append(store, decided("reject", requested=NOON - DAY), decided("approve", role="system"), an_event())

    assert read(store, "answers", NOON, END) == [Answer(supplier_id="acme", requested_at=NOON - DAY, at=NOON)]


def test_the_answers_of_one_supplier_are_those_among_their_newest_events(store):
    append(
        store,
        decided("approve", requested=NOON - DAY, at=NOON - TICK),
        decided("reject", requested=NOON - DAY),
        decided("approve", role="system"),
        decided("approve", requested=NOON - DAY, supplier_id="zeta"),
        an_event(),
        decided("approve", requested=NOON - HOUR, at=NOON + HOUR),
    )
    late = Answer(supplier_id="acme", requested_at=NOON - HOUR, at=NOON + HOUR)
    early = Answer(supplier_id="acme", requested_at=NOON - DAY, at=NOON)

    with store.view() as view:
        of = partial(view.reports.answers_of, "acme", NOON)
        assert of(among=100) == of(among=4) == [early, late]
        assert of(among=3) == [late]
        assert view.reports.answers_of("acme", NOON - TICK, among=5)[0].at == NOON - TICK
        assert view.reports.answers_of("gone", NOON, among=100) == []


def test_requests_are_counted_by_the_tier_the_seller_has_today(store):
    with store.work() as work:
        for id, tier in (("anna", Tier.GOLD), ("ben", Tier.BRONZE), ("cleo", Tier.GOLD)):
            work.directory.put_seller(a_seller(id, tier=tier))
    append(
        store,
        an_event(),
        an_event(refused=LIMIT),
        an_event(refused=LIMIT),
        an_event(seller="cleo", refused="ERR_COOLDOWN_ACTIVE"),
        an_event(seller="ben"),
        an_event(seller="stranger"),
        decided("approve"),
    )

    bronze = TierRequests(tier=Tier.BRONZE, asked=1, limited=0, sellers=0)
    assert read(store, "requests_by_tier", NOON, END) == [
        bronze,
        TierRequests(tier=Tier.GOLD, asked=4, limited=2, sellers=1),
    ]


def test_rejections_are_those_whose_cooldown_ends_in_the_span_with_what_came_after(store):
    append(
        store,
        decided("reject", at=NOON - DAY, until=NOON - TICK, authorization="early"),
        decided("reject", at=NOON - DAY, until=NOON, authorization="a-1"),
        an_event(authorization="a-1", at=NOON + HOUR),
        an_event(authorization="a-1", at=NOON + HOUR, refused=LIMIT),
        decided("reject", at=NOON + 2 * HOUR, until=END, authorization="a-1"),
        decided("reject", at=NOON - DAY, until=END - TICK, authorization="a-2"),
    )

    assert read(store, "rejections", NOON, END) == [
        Rejection(cooldown_until=NOON, later=["request", "reject"]),
        Rejection(cooldown_until=END - TICK, later=[]),
    ]


def test_a_cooldown_that_ends_at_any_time_of_a_day_is_in_that_days_span(store):
    """To the microsecond, also where texts are compared."""
    ends = [NOON - TICK, NOON, NOON + TICK, NOON.replace(hour=23, minute=59, second=59), END - TICK, END]
    append(
        store, *(decided("reject", at=NOON - 2 * DAY, until=end, authorization=f"a-{n}") for n, end in enumerate(ends))
    )

    assert [each.cooldown_until for each in read(store, "rejections", NOON, END)] == ends[1:-1]


def test_what_a_product_has_taken_along_counts_where_it_is(store):
    """An approval from before the span, whose product has another supplier now, is revoked there."""
    stock(store, suppliers=("acme", "zeta"))
    keep(store, an_authorization(Status.APPROVED, supplier_id="zeta"))
    append(store, decided("approve", at=NOON - DAY, supplier_id="acme"))

    assert read(store, "standing", NOON) == {"zeta": 1}

    append(store, decided("approve", at=NOON + HOUR, supplier_id="gone"))
    assert read(store, "standing", NOON) == {"zeta": 1}
