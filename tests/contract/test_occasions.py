"""Every store finds what time has brought about, and lets it be told once."""

import threading
from datetime import timedelta

import pytest

from builders import HOUR, NOON, TICK, an_authorization, keep, stock
from sellergate.domain.authorization import Status
from sellergate.ports.notices import Mark

DAY = timedelta(days=1)


@pytest.fixture
def shop(store):
    stock(store, sellers=("anna", "ben"), products=("p-1", "p-2", "p-3", "p-4"), suppliers=("acme", "zeta"))
    return store


def settle(store, *mark):
    with store.work() as work:
        return work.occasions.settle(Mark(*mark), NOON)


def test_a_mark_is_made_once_and_can_be_taken_back(store):
    assert settle(store, "inbox.backlog", "acme", 100)
    assert not settle(store, "inbox.backlog", "acme", 100)
    assert settle(store, "inbox.backlog", "acme", 500)
    with store.work() as work:
        assert work.occasions.unsettle(Mark("inbox.backlog", "acme", 100))
        assert not work.occasions.unsettle(Mark("inbox.backlog", "acme", 100))
    assert settle(store, "inbox.backlog", "acme", 100)
    with store.view() as view:
        assert view.occasions.settled("inbox.backlog") == [
            Mark("inbox.backlog", "acme", 100),
            Mark("inbox.backlog", "acme", 500),
        ]
        assert view.occasions.settled("another") == []


def test_of_those_who_settle_at_once_one_tells(store):
    together, told = threading.Barrier(4), []

    def tell():
        together.wait()
        told.append(settle(store, "authorization.expiring", "a-1", 1))

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == [False, False, False, True]


def test_what_was_not_committed_was_not_told(store):
    with pytest.raises(ZeroDivisionError), store.work() as work:  # noqa: PT012
        work.occasions.settle(Mark("kind", "subject", 1), NOON)
        raise ZeroDivisionError

    assert settle(store, "kind", "subject", 1)


def test_approvals_that_end_in_the_span_are_found_until_they_were_told(shop):
    ends = {"p-1": NOON, "p-2": NOON + TICK, "p-3": NOON + DAY, "p-4": NOON + DAY + TICK}
    for product, at in ends.items():
        keep(shop, an_authorization(Status.APPROVED, product=product, expires_at=at))
    keep(shop, an_authorization(Status.REVOKED, seller="ben", expires_at=NOON + HOUR))

    def found(limit=10):
        with shop.view() as view:
            return view.occasions.expiring(NOON, NOON + DAY, limit)

    assert [record.product_id for record in found()] == ["p-2", "p-3"]
    assert [record.product_id for record in found(1)] == ["p-2"]
    settle(shop, "authorization.expiring", found()[0].id, found()[0].version + 1)  # of another version
    assert len(found()) == 2
    settle(shop, "authorization.expiring", found()[0].id, found()[0].version)
    assert [record.product_id for record in found()] == ["p-3"]


def test_requests_that_have_waited_are_found_until_they_were_told(shop):
    keep(
        shop,
        an_authorization(product="p-1", requested_at=NOON - DAY, updated_at=NOON - DAY),
        an_authorization(product="p-2", requested_at=NOON, updated_at=NOON),
        an_authorization(product="p-3", requested_at=NOON - 9 * DAY, updated_at=NOON + TICK),  # resubmitted just now
        an_authorization(Status.INFO_REQUESTED, product="p-4", requested_at=NOON - DAY, updated_at=NOON - DAY),
    )

    def found():
        with shop.view() as view:
            return view.occasions.unanswered(NOON, 10)

    assert [record.product_id for record in found()] == ["p-1", "p-2"]
    settle(shop, "request.unanswered", found()[0].id, found()[0].version)
    assert [record.product_id for record in found()] == ["p-2"]


def test_marks_are_forgotten_in_their_time(store):
    settle(store, "kind", "subject", 1)
    with store.work() as work:
        assert work.occasions.forget(NOON) == 0
        assert work.occasions.forget(NOON + TICK) == 1
    assert settle(store, "kind", "subject", 1)
