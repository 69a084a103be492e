"""Every store tells what was committed: to its own process at once, to others by sequence."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import chain

import pytest
from walking import A_WHILE, all_at_once, fail_after

from builders import a_change, a_product, a_seller, all_changes, stock
from sellergate.ports.feed import BEGINNING, ChangeKind

A_DAY = timedelta(days=1)


@pytest.fixture(params=["sqlite", "postgres", "postgres15"])
def concurrent_store(request):
    """A store in memory lets nobody look while a work is under way."""
    return request.getfixturevalue(f"{request.param}_store")


@pytest.fixture(params=["memory", "sqlite"])
def guessing_store(request):
    """PostgreSQL is always in doubt: there, a look costs no more than a guess."""
    return request.getfixturevalue(f"{request.param}_store")


def in_another_thread(job):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(job).result(A_WHILE)


def announce(store, *changes):
    with store.work() as work:
        return [work.announce(change) for change in changes]


def test_an_empty_feed(store):
    assert all_changes(store) == []
    assert store.recent(A_DAY) == []


def test_a_look_without_a_position_says_only_where_the_feed_stands(store):
    announce(store, a_change())
    look = store.look(None)

    assert list(look.changes) == []
    assert list(store.look(look.position).changes) == []


def test_changes_come_back_in_order_with_their_numbers(store):
    changes = [
        a_change(version=3),
        a_change(ChangeKind.SELLER, product=None),
        a_change(ChangeKind.PRODUCT, seller=None),
        a_change(ChangeKind.ROLLOUT, seller=None, product=None),
    ]
    first = announce(store, *changes[:2])
    between = store.look(None).position
    second = announce(store, *changes[2:])

    fed = all_changes(store)

    assert [change.sequence for change in fed] == first + second == sorted(first + second)
    assert [replace(change, sequence=0) for change in fed] == changes
    assert store.look(between).changes == fed[2:]
    assert store.recent(A_DAY) == fed


def test_a_position_covers_what_was_followed_and_nothing_that_comes_later(store):
    [before] = announce(store, a_change())
    position = store.look(BEGINNING).position
    [after] = announce(store, a_change(version=2))

    assert position.covers(before)
    assert not position.covers(after)
    assert store.look(position).position.covers(after)


def test_a_work_under_way_is_not_covered_and_its_changes_come_when_it_is_done(concurrent_store):
    with concurrent_store.work() as work:
        number = work.announce(a_change())
        look = in_another_thread(lambda: concurrent_store.look(BEGINNING))

    assert list(look.changes) == []
    assert not look.position.covers(number)
    assert [change.sequence for change in concurrent_store.look(look.position).changes] == [number]


def test_a_feed_that_has_less_than_was_seen_before_does_not_continue(store):
    announce(store, a_change())
    position = store.look(None).position
    look = store.look(replace(position, upto=position.upto + 1000))

    assert (look.continues, list(look.changes)) == (False, [])
    assert store.look(look.position).continues


def test_old_changes_are_forgotten_and_their_numbers_are_not_given_again(store):
    numbers = announce(store, a_change()) + announce(store, a_change(version=2))
    position = store.look(None).position

    assert store.forget_changes(A_DAY) == 0
    assert len(all_changes(store)) == 2
    assert store.forget_changes(timedelta(seconds=-60)) == 2

    assert all_changes(store) == store.recent(A_DAY) == []
    assert store.look(position).continues
    [number] = announce(store, a_change(version=3))
    assert number > max(numbers)
    assert [change.sequence for change in store.look(position).changes] == [number]


def test_waiting_ends_in_time(store):
    began = time.monotonic()
    store.wait(0.05)

    assert time.monotonic() - began < 1


def test_listeners_hear_a_works_changes_once_it_is_committed(store):
    heard = []

    def listen(changes):
        with store.view() as view:
            heard.append((list(changes), view.directory.seller("anna"), all_changes(store)))

    store.subscribe(listen)
    with store.work() as work:
        work.directory.put_seller(a_seller())
        first = work.announce(a_change())
        second = work.announce(a_change(version=2))
        assert heard == []

    [(changes, seller, fed)] = heard
    assert changes == fed
    assert [change.sequence for change in changes] == [first, second]
    assert seller == a_seller()


def test_every_listener_hears_in_the_committing_thread(store):
    heard = []
    for name in ("first", "second"):
        store.subscribe(lambda _, name=name: heard.append((name, threading.get_ident())))

    announce(store, a_change())

    assert heard == [("first", threading.get_ident()), ("second", threading.get_ident())]


def test_listeners_hear_nothing_of_a_work_that_failed(store):
    heard = []
    store.subscribe(heard.append)

    fail_after(store, lambda work: work.announce(a_change()))

    assert heard == []
    assert all_changes(store) == []


def test_listeners_hear_nothing_of_a_work_without_changes(store):
    heard = []
    store.subscribe(heard.append)

    stock(store)

    assert heard == []


def test_a_listener_may_write(store):
    """As the one that reports how far this process has come."""
    store.subscribe(lambda _: stock(store))

    announce(store, a_change())

    with store.view() as view:
        assert view.directory.seller("anna") is not None


def test_nothing_is_lost_while_a_listener_is_slow(store):
    slow, go_on = threading.Event(), threading.Event()
    heard = []

    def listen(changes):
        if threading.current_thread() is slow_one:
            slow.set()
            assert go_on.wait(A_WHILE)
        heard.extend(change.sequence for change in changes)

    store.subscribe(listen)
    slow_one = threading.Thread(target=announce, args=(store, a_change()))
    slow_one.start()
    assert slow.wait(A_WHILE)
    others = announce(store, a_change(), a_change()) + announce(store, a_change())
    assert [change.sequence for change in all_changes(store)][1:] == others
    go_on.set()
    slow_one.join(A_WHILE)

    assert sorted(heard) == [change.sequence for change in all_changes(store)]


def test_changes_of_many_threads_are_all_fed_and_heard(store):
    heard = []
    store.subscribe(lambda changes: heard.extend(change.sequence for change in changes))

    made = all_at_once(8, lambda _: [announce(store, a_change())[0] for _ in range(5)])

    numbers = sorted(chain(*made))
    assert len(set(numbers)) == 40
    assert sorted(change.sequence for change in all_changes(store)) == numbers == sorted(heard)


def test_a_reader_that_follows_the_feed_meets_every_change_once(store):
    """However the reader's looks fall among the commits, and in whatever order the works end."""
    writing = [True, True, True]

    def write(index):
        made = []
        for _ in range(20):
            with store.work() as work:
                made += [work.announce(a_change()), work.announce(a_change(version=2))]
        writing[index - 1] = False
        return made

    def follow():
        followed, position, last = [], BEGINNING, False
        while not last:
            last = not any(writing)
            look = store.look(position)
            followed += [change.sequence for change in look.changes]
            assert all(look.position.covers(number) for number in followed)
            position = look.position
        return followed

    followed, *made = all_at_once(4, lambda index: write(index) if index else follow())

    assert sorted(followed) == sorted(chain(*made))


def test_the_first_guess_is_that_something_may_have_changed(guessing_store):
    assert guessing_store.may_have_changed()
    assert not guessing_store.may_have_changed()


def test_every_commit_is_noticed_once(guessing_store):
    guessing_store.may_have_changed()

    for number in range(3):
        with guessing_store.work() as work:
            work.directory.put_product(a_product(f"p-{number}", supplier_id=None))
        assert guessing_store.may_have_changed()
        assert not guessing_store.may_have_changed()


def test_reading_and_failing_change_nothing(guessing_store):
    guessing_store.may_have_changed()

    with guessing_store.view() as view:
        view.directory.seller("anna")
    fail_after(guessing_store, lambda work: work.directory.put_seller(a_seller()))

    assert not guessing_store.may_have_changed()


def test_a_commit_is_never_overlooked_by_a_guess(store):
    for number in range(3):
        with store.work() as work:
            work.directory.put_product(a_product(f"p-{number}", supplier_id=None))
        assert store.may_have_changed()
