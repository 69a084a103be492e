"""Every store adds enforced denials up by the minute, and sums them up exactly."""

from datetime import timedelta
from decimal import Decimal

import pytest
from walking import all_at_once

from builders import HOUR, NOON, TICK
from sellergate.domain.denials import DenialCount, DenialFacet, DenialKey, DenialSum, DenialTotals

MINUTE = timedelta(minutes=1)
CODE = "ERR_SELLER_NOT_AUTHORIZED"
NO_SUM = DenialSum(of=None, denials=0, value=Decimal(0), first_seen=None, last_seen=None)


def a_count(number=1, *, at=NOON, seller="anna", product="p-1", stage="cart", code=CODE, **facts):
    key = DenialKey(at.replace(second=0, microsecond=0), seller, product, stage, code)
    return DenialCount(key=key, count=number, **{"first_seen": at, "last_seen": at, **facts})


def add(store, *counts):
    with store.work() as work:
        work.denials.add(counts)


def totals(store, since=NOON, until=NOON + HOUR):
    with store.view() as view:
        return view.denials.totals(since, until)


def top(store, facet=DenialFacet.SELLER, *, since=NOON, until=NOON + HOUR, limit=10):
    with store.view() as view:
        return [(each.of, each.denials) for each in view.denials.top(since, until, facet, limit)]


def test_nothing_denied_is_nothing(store):
    add(store)

    assert totals(store) == DenialTotals(all=NO_SUM, pairs=0, sellers=0, products=0)
    assert top(store) == []


def test_the_same_denial_is_one_row_a_minute_and_sums_are_exact(store):
    great, small = Decimal(10) ** 20, Decimal("0.0000001")
    add(store, a_count(2, at=NOON + TICK, value=great), a_count(3, at=NOON + MINUTE, value=small))
    add(store, a_count(4, value=small), a_count(5, seller="ben"))

    assert totals(store) == DenialTotals(
        all=DenialSum(
            of=None,
            denials=14,
            value=Decimal("100000000000000000000.0000002"),
            first_seen=NOON,
            last_seen=NOON + MINUTE,
        ),
        pairs=2,
        sellers=2,
        products=1,
    )
    with store.work() as work:
        assert work.denials.forget(NOON + HOUR) == 3


@pytest.mark.parametrize("facet", DenialFacet)
def test_denials_are_summed_up_by_each_facet_most_first_then_by_name(store, facet):
    names = {
        DenialFacet.SELLER: ("seller", ["anna", "ben", "cy"]),
        DenialFacet.PRODUCT: ("product", ["p-1", "p-2", "p-3"]),
        DenialFacet.STAGE: ("stage", ["cart", "order", "settlement"]),
        DenialFacet.ERROR_CODE: ("code", ["ERR_A", "ERR_B", "ERR_C"]),
    }
    argument, (first, second, third) = names[facet]
    add(store, a_count(2, **{argument: second}), a_count(2, **{argument: first}), a_count(1, **{argument: third}))
    add(store, a_count(7, at=NOON + MINUTE, **{argument: third}))

    assert top(store, facet) == [(third, 8), (first, 2), (second, 2)]
    assert top(store, facet, limit=1) == [(third, 8)]


def test_a_sum_says_what_it_is_of_and_when_and_how_much(store):
    add(store, a_count(2, value=Decimal("0.10")), a_count(1, at=NOON + MINUTE, product="p-2", value=Decimal("0.20")))
    with store.view() as view:
        found = view.denials.top(NOON, NOON + HOUR, DenialFacet.SELLER, 1)

    assert found == [DenialSum(of="anna", denials=3, value=Decimal("0.30"), first_seen=NOON, last_seen=NOON + MINUTE)]


def test_a_span_takes_in_what_was_seen_in_it(store):
    add(store, a_count(1, at=NOON + timedelta(seconds=10), last_seen=NOON + timedelta(seconds=30)))

    def seen(since, until):
        return totals(store, NOON + timedelta(seconds=since), NOON + timedelta(seconds=until)).all.denials

    assert [seen(0, 10), seen(0, 11), seen(30, 90), seen(31, 90)] == [0, 1, 1, 0]


def test_counts_of_many_threads_are_all_added(store):
    assert all_at_once(8, lambda _: add(store, a_count(2, value=Decimal("0.10")))) == [None] * 8

    assert (totals(store).all.denials, totals(store).all.value) == (16, Decimal("0.80"))


def test_old_minutes_are_forgotten(store):
    add(store, a_count(at=NOON - TICK), a_count(2))
    with store.work() as work:
        assert work.denials.forget(NOON) == 1

    assert totals(store, since=NOON - HOUR).all.denials == 2


def test_denials_of_a_pair_are_summed_up_by_stage(store):
    add(
        store,
        a_count(2, stage="order", value=Decimal("1.5")),
        a_count(3, stage="order", at=NOON + MINUTE, value=Decimal(2), code="ERR_AUTHORIZATION_REVOKED"),
        a_count(4),
        a_count(5, at=NOON + HOUR),
        a_count(6, at=NOON - TICK),
        a_count(7, seller="ben"),
        a_count(8, product="p-2"),
    )

    with store.view() as view:
        cart, order = view.denials.of_pair("anna", "p-1", NOON, NOON + HOUR)
        assert view.denials.of_pair("anna", "p-3", NOON, NOON + HOUR) == []

    assert (cart.of, cart.denials, cart.first_seen) == ("cart", 4, NOON)
    assert order == DenialSum(of="order", denials=5, value=Decimal("3.5"), first_seen=NOON, last_seen=NOON + MINUTE)
