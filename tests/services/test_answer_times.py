"""How soon a supplier has answered lately."""

from datetime import timedelta

import pytest
from shop import ACME, ANNA, BEN, REASON, ZETA, Shop

from builders import TICK
from sellergate.domain.errors import Forbidden
from sellergate.services.answer_times import HELD_FOR, LATELY, AnswerTimes


@pytest.fixture
def shop(store):
    shop = Shop(store)
    first = shop.workflow.request(ANNA, "a-1")
    shop.time += timedelta(days=3)
    shop.workflow.approve(ACME, first.id)
    second = shop.workflow.request(BEN, "a-1")
    shop.time += timedelta(days=3) + TICK
    shop.workflow.reject(ACME, second.id, REASON)
    return shop


@pytest.fixture
def times(shop):
    return AnswerTimes(shop.store, now=shop.now)


def test_the_third_day_is_in_time_and_the_moment_after_is_not(shop, times):
    response = times.of(ACME)

    assert (response.answers, response.in_time, response.median) == (2, 0.5, timedelta(days=3))
    assert times.of(ZETA) is None


def test_what_is_older_than_a_month_does_not_count(shop, times):
    shop.time += LATELY - timedelta(days=3) - TICK
    assert times.of(ACME).answers == 2
    shop.time += HELD_FOR

    assert times.of(ACME).answers == 1


def test_it_is_held_for_five_minutes(shop, times):
    times.of(ACME)
    shop.workflow.approve(ACME, shop.workflow.request(ANNA, "a-2").id)
    shop.time += HELD_FOR - TICK
    assert times.of(ACME).answers == 2

    shop.time += TICK
    assert times.of(ACME).answers == 3


def test_only_suppliers_answer(times):
    with pytest.raises(Forbidden):
        times.of(ANNA)
