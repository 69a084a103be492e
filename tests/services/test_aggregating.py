"""What is said of the whole installation: seen now and then, kept for a while, and not longer."""

from datetime import timedelta

import pytest
from shop import ACME, ANNA, BEN, NOON, OPERATOR, REASON, ZETA, Shop

from sellergate.domain.errors import StoreUnavailable
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.ports.aggregates import DECIDED_WITHIN, Aggregates
from sellergate.ports.stores import Decisions, Inbox
from sellergate.services.aggregating import DECISIONS_EVERY, SHOWN_FOR, Aggregating


@pytest.fixture
def shop(memory_store):
    return Shop(memory_store, environment=RolloutState(phase=Phase.FULL))


@pytest.fixture
def aggregating(shop):
    return Aggregating(shop.store, now=shop.now)


def ask(shop, seller, product):
    return shop.workflow.request(seller, product).id


def test_before_the_first_look_nothing_is_said(aggregating):
    assert aggregating.current() is None
    aggregating.look()
    assert aggregating.current() == Aggregates(inboxes=[], decisions=[])


def test_inboxes_decisions_and_the_last_rollback(shop, aggregating):
    ids = [ask(shop, ANNA, "a-1"), ask(shop, ANNA, "a-2"), ask(shop, BEN, "a-1"), ask(shop, BEN, "z-1")]
    shop.workflow.approve(ACME, ids[0])
    shop.workflow.reject(ZETA, ids[3], REASON)
    shop.rollouts.rollback(OPERATOR, REASON)
    aggregating.look()

    seen = aggregating.current()
    assert seen.inboxes == [Inbox("acme", 2)]
    assert seen.decisions == [Decisions("acme", 1, 0), Decisions("zeta", 0, 1)]
    assert seen.rolled_back_at == NOON


def test_decisions_are_counted_less_often_and_only_those_of_a_week(shop, aggregating):
    aggregating.look()
    shop.workflow.approve(ACME, ask(shop, ANNA, "a-1"))
    shop.time += DECISIONS_EVERY - timedelta(seconds=1)
    aggregating.look()
    assert aggregating.current().decisions == []

    shop.time += timedelta(seconds=1)
    aggregating.look()
    assert aggregating.current().decisions == [Decisions("acme", 1, 0)]

    shop.time += DECIDED_WITHIN
    aggregating.look()
    assert aggregating.current().decisions == []


def test_inboxes_are_known_where_decisions_cannot_be_counted(shop, aggregating, monkeypatch):
    shop.workflow.approve(ACME, ask(shop, ANNA, "a-1"))
    aggregating.look()
    ask(shop, ANNA, "a-2")

    def takes_too_long(_):
        raise StoreUnavailable

    monkeypatch.setattr(shop.store, "read_aside", takes_too_long)
    shop.time += DECISIONS_EVERY
    aggregating.look()

    assert aggregating.current().inboxes == [Inbox("acme", 1)]
    assert aggregating.current().decisions == [Decisions("acme", 1, 0)]


def test_what_was_seen_is_said_over_a_short_outage_and_not_over_a_long_one(shop, aggregating, monkeypatch):
    ask(shop, ANNA, "a-1")
    aggregating.look()

    def gone():
        raise StoreUnavailable

    monkeypatch.setattr(shop.store, "view", gone)
    shop.time += SHOWN_FOR
    aggregating.look()
    assert aggregating.current().inboxes == [Inbox("acme", 1)]

    shop.time += timedelta(microseconds=1)
    aggregating.look()
    assert aggregating.current() is None
