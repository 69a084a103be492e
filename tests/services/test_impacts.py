"""What a revocation would end, as far as it is on record; and what is not known is not said to be 0."""

from datetime import timedelta
from decimal import Decimal

import pytest
from shop import ACME, ADMIN, ANNA, BEN, NOON, ZETA, Shop

from sellergate.domain.denials import DenialCount, DenialKey
from sellergate.domain.errors import AuthorizationNotFound, InvalidInput
from sellergate.domain.gate import Stage
from sellergate.domain.impact import Known
from sellergate.domain.shadow import ShadowCount, ShadowKey
from sellergate.domain.simulation import Usage
from sellergate.ports.decision_log import Recorded
from sellergate.services.impacts import Impacts

DAY = timedelta(days=1)


class History:
    def __init__(self, recorded):
        self.recorded = recorded
        self.asked = None

    def of_pair(self, *asked):
        self.asked = asked
        return self.recorded


@pytest.fixture
def shop(store):
    shop = Shop(store)
    shop.record = shop.approved(ANNA, "a-1")
    seen = [
        ("order", NOON - DAY, "a-1", 2),
        ("order", NOON - 31 * DAY, "a-1", 4),
        ("cart", NOON - DAY, "a-2", 8),
    ]
    with store.work() as work:
        for stage, at, product, number in seen:
            key = DenialKey(at, "anna", product, stage, "ERR_SELLER_NOT_AUTHORIZED")
            facts = {"count": number, "first_seen": at, "last_seen": at, "value": Decimal(number)}
            work.denials.add([DenialCount(key=key, **facts)])
            work.shadow.add([ShadowCount(key=ShadowKey(*key[1:]), **facts)])
    return shop


def impact(shop, recorded=None, *, by=ACME, history=True, **options):
    impacts = Impacts(shop.store, History(recorded) if history else None, now=shop.now)
    return impacts.of(by, shop.record.id, **options)


def test_denials_are_told_by_stage_whether_or_not_checks_are_logged(shop):
    found = impact(shop, history=False)

    assert [stage.stage for stage in found.stages] == list(Stage)
    cart, order, settlement = found.stages
    assert order.denied == Usage(2, Decimal(2))
    assert cart.denied == cart.would_deny == settlement.denied == Usage()
    assert order.would_deny == Usage(6, Decimal(6))  # one count of the pair, seen twice, the last time in the span
    assert (found.known, found.known_since, order.allowed) == (Known.NOT_RECORDED, None, None)


def test_allowed_checks_come_from_the_log(shop):
    recorded = Recorded(NOON - 30 * DAY, {Stage.ORDER: Usage(5, Decimal("99.5"))})

    found = impact(shop, recorded)

    cart, order, _ = found.stages
    assert (order.allowed, cart.allowed) == (Usage(5, Decimal("99.5")), Usage())
    assert found.known is Known.WHOLE


def test_a_log_that_is_younger_says_since_when_it_knows(shop):
    found = impact(shop, Recorded(NOON - DAY, {}))

    assert (found.known, found.known_since) == (Known.PART, NOON - DAY)


def test_a_pair_that_is_not_logged_is_not_one_that_sells_nothing(shop):
    found = impact(shop)

    assert found.known is Known.NOT_THIS_PAIR
    assert {stage.allowed for stage in found.stages} == {None}


def test_only_the_span_is_looked_at(shop):
    longer = impact(shop, history=False, span=40 * DAY)

    assert longer.stages[1].denied.checks == 6
    for span in (timedelta(0), 366 * DAY):
        with pytest.raises(InvalidInput):
            impact(shop, span=span)


def test_only_those_whose_record_it_is_may_look(shop):
    assert impact(shop, by=ADMIN).authorization_id == shop.record.id
    for by in (ZETA, BEN):
        with pytest.raises(AuthorizationNotFound):
            impact(shop, by=by)
