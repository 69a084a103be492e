"""Every store keeps the audit trail complete and in order."""

from dataclasses import replace

import pytest
from walking import all_at_once

from builders import HOUR, NOON, TICK, an_event
from sellergate.domain.directory import SellerStatus
from sellergate.domain.errors import ConcurrentChange, InvalidInput
from sellergate.ports.queries import EventQuery
from sellergate.ports.stores import Decisions


def append(store, *events):
    with store.work() as work:
        return [work.events.append(event) for event in events]


def found(store, **query):
    with store.view() as view:
        return [event.sequence for event in view.events.search(EventQuery(**query)).items]


def test_an_event_comes_back_as_it_was_stored(store):
    event = an_event(
        authorization="auth-1",
        reason="사유 'quoted'",
        refused="ERR_VALIDATION",
        metadata={"orders": 3, "value": "12.50", "nested": {"b": [1, 2.5, None], "a": True}},
        record={"id": "auth-1", "expires_at": None, "product_snapshot": {"name": "선풍기"}},
        at=NOON + TICK,
        version=2,
    )
    [sequence] = append(store, event)

    with store.view() as view:
        [stored] = view.events.after(0, 10)
    assert stored.event == replace(event, sequence=sequence)
    assert stored.content_hash == event.content_hash() == stored.event.content_hash()
    assert stored.seal is None


def test_an_event_of_a_seller_as_such_comes_back_as_it_was_stored(store):
    event = an_event("suspend", product=None, supplier_id=None)
    [sequence] = append(store, event)

    with store.view() as view:
        assert view.events.search(EventQuery()).items == [replace(event, sequence=sequence)]


def test_sequence_numbers_rise(store):
    sequences = append(store, *[an_event() for _ in range(3)]) + append(store, an_event())

    assert sequences == sorted(set(sequences))
    assert sequences[0] > 0


def test_events_appended_by_many_threads_are_all_there_in_order(store):
    assert all_at_once(8, lambda index: [append(store, an_event(version=index)) for _ in range(5)])

    with store.view() as view:
        sequences = [stored.event.sequence for stored in view.events.after(0, 100)]
    assert len(sequences) == 40
    assert sequences == sorted(set(sequences))


def test_all_events_of_one_authorization_come_oldest_first(store):
    one, _, two = append(
        store,
        an_event(authorization="auth-1"),
        an_event(authorization="auth-2"),
        an_event("approve", authorization="auth-1", refused="ERR_VALIDATION"),
    )

    with store.view() as view:
        assert [event.sequence for event in view.events.of_authorization("auth-1")] == [one, two]
        assert view.events.of_authorization("auth-3") == []


def test_events_are_searched_by_any_of_their_facts(store):
    first, second, third = append(
        store,
        an_event(authorization="auth-1", at=NOON),
        an_event("approve", seller="ben", product="p-2", supplier_id="zeta", actor_id="user-2", at=NOON + HOUR),
        an_event("reject", refused="ERR_REASON_REQUIRED", at=NOON + 2 * HOUR),
    )

    assert found(store) == [third, second, first]
    assert found(store, authorization_id="auth-1") == [first]
    assert found(store, seller_id="ben") == [second]
    assert found(store, supplier_id="zeta") == [second]
    assert found(store, product_id="p-1") == [third, first]
    assert found(store, actor_id="user-2") == [second]
    assert found(store, action="reject") == [third]
    assert found(store, refused=True) == [third]
    assert found(store, refused=False) == [second, first]
    assert found(store, seller_id="anna", refused=False) == [first]


def test_a_search_includes_its_beginning_and_not_its_end(store):
    before, at, after = append(store, an_event(at=NOON - TICK), an_event(at=NOON), an_event(at=NOON + TICK))

    assert found(store, since=NOON) == [after, at]
    assert found(store, until=NOON) == [before]
    assert found(store, since=NOON, until=NOON + TICK) == [at]


def test_the_record_at_a_time_is_what_the_last_event_by_then_left(store):
    append(
        store,
        an_event(at=NOON, record={"version": 1}),
        an_event("approve", at=NOON + HOUR, record={"version": 2}),
        an_event("revoke", at=NOON + HOUR + TICK, refused="ERR_REASON_REQUIRED"),
        an_event(product="p-2", at=NOON + HOUR, record={"version": 9}),
        an_event("suspend", product=None, at=NOON + HOUR),
    )

    def record_at(moment):
        with store.view() as view:
            event = view.events.record_at("anna", "p-1", moment)
            return event and event.record

    assert record_at(NOON - TICK) is None
    assert record_at(NOON) == {"version": 1}
    assert record_at(NOON + HOUR - TICK) == {"version": 1}
    assert record_at(NOON + HOUR) == {"version": 2}
    assert record_at(NOON + 2 * HOUR) == {"version": 2}


def test_the_sellers_status_at_a_time_is_what_the_last_event_by_then_left(store):
    append(
        store,
        an_event("approve-role", product=None, to_status="ACTIVE", at=NOON),
        an_event("suspend", product=None, to_status="SUSPENDED", at=NOON + HOUR),
        an_event("request", at=NOON + HOUR),
        an_event("suspend", seller="ben", product=None, to_status="REVOKED", at=NOON),
    )

    with store.view() as view:
        assert view.events.seller_status_at("anna", NOON - TICK) is None
        assert view.events.seller_status_at("anna", NOON + HOUR - TICK) is SellerStatus.ACTIVE
        assert view.events.seller_status_at("anna", NOON + HOUR) is SellerStatus.SUSPENDED
        assert view.events.seller_status_at("cleo", NOON) is None


def test_the_last_event_of_each_authorization_leaves_out_refused_ones(store):
    _, last, other, _ = append(
        store,
        an_event(authorization="auth-1"),
        an_event("approve", authorization="auth-1"),
        an_event(authorization="auth-2"),
        an_event("revoke", authorization="auth-1", refused="ERR_REASON_REQUIRED"),
    )

    with store.view() as view:
        events = view.events.last_of(["auth-1", "auth-2", "auth-3", "auth-1"])
        assert {id: event.sequence for id, event in events.items()} == {"auth-1": last, "auth-2": other}
        assert view.events.last_of([]) == {}


def test_all_events_can_be_walked_over_by_sequence(store):
    sequences = append(store, *[an_event() for _ in range(7)])

    walked, last = [], 0
    with store.view() as view:
        while batch := view.events.after(last, 3):
            walked += [stored.event.sequence for stored in batch]
            last = walked[-1]

    assert walked == sequences


def test_seals_are_kept_beside_the_events(store):
    first, second, third = append(store, an_event(), an_event(), an_event())
    with store.view() as view:
        assert view.events.last_seal() is None

    with store.work() as work:
        work.events.add_seals([(first, "a" * 64), (second, "b" * 64)])
        work.events.add_seals([])

    with store.view() as view:
        assert view.events.last_seal() == (second, "b" * 64)
        sealed = {stored.event.sequence: stored.seal for stored in view.events.after(0, 10)}
        assert sealed == {first: "a" * 64, second: "b" * 64, third: None}


def test_an_event_is_sealed_once(store):
    first, second = append(store, an_event(), an_event())
    with store.work() as work:
        work.events.add_seals([(first, "a" * 64)])

    with pytest.raises(ConcurrentChange), store.work() as work:
        work.events.add_seals([(second, "b" * 64), (first, "c" * 64)])

    with store.view() as view:
        assert view.events.last_seal() == (first, "a" * 64)


def test_done_events_are_counted_by_action(store):
    append(
        store,
        an_event(at=NOON - TICK),
        an_event(at=NOON),
        an_event(at=NOON + HOUR),
        an_event("approve", at=NOON),
        an_event("approve", at=NOON, refused="ERR_PRODUCT_CAPACITY_REACHED"),
    )

    with store.view() as view:
        assert view.events.count_by_action(NOON) == {"request": 2, "approve": 1}
        assert view.events.count_by_action(NOON + 2 * HOUR) == {}
        assert view.events.count_by_action(NOON, NOON) == {}


def test_decisions_are_counted_by_supplier_those_who_decide_the_most_first(store):
    append(
        store,
        an_event("approve", supplier_id="zeta", at=NOON - TICK),
        an_event("approve", supplier_id="zeta"),
        an_event("reject", supplier_id="acme"),
        an_event("reject", supplier_id="acme", refused="ERR_INVALID_STATUS"),
        an_event("revoke", supplier_id="acme"),
        an_event("approve", supplier_id="beta"),
        an_event("reject", supplier_id="beta"),
        an_event("approve", supplier_id=None),
    )

    with store.view() as view:
        assert view.events.decisions(NOON, 3) == [
            Decisions("beta", 1, 1),
            Decisions("acme", 0, 1),
            Decisions("zeta", 1, 0),
        ]
        assert view.events.decisions(NOON, 1) == [Decisions("beta", 1, 1)]
        assert view.events.decisions(NOON + HOUR, 3) == []


def test_an_event_at_a_time_without_a_zone_is_refused(store):
    with pytest.raises(InvalidInput):
        append(store, an_event(at=NOON.replace(tzinfo=None)))


def test_the_busiest_sellers_have_the_most_of_the_newest_events(store):
    append(
        store, *[an_event(seller=seller) for seller in ("anna", "anna", "anna", "ben", "cleo", "cleo", "dana", "dana")]
    )

    with store.view() as view:
        assert view.events.busiest_sellers(10, among=100) == ["anna", "cleo", "dana", "ben"]
        assert view.events.busiest_sellers(2, among=100) == ["anna", "cleo"]
        assert view.events.busiest_sellers(10, among=5) == ["cleo", "dana", "ben"]
        assert view.events.busiest_sellers(10, among=0) == []


def test_nobody_is_busy_where_nothing_has_happened(store):
    with store.view() as view:
        assert view.events.busiest_sellers(10, among=100) == []
