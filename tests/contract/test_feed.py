"""Every store tells what was committed: to its own process at once, to others by sequence."""

import threading
from itertools import chain

from walking import A_WHILE, all_at_once, fail_after

from builders import a_change, a_product, a_seller, stock
from sellergate.ports.feed import ChangeKind


def announce(store, *changes):
    with store.work() as work:
        return [work.announce(change) for change in changes]


def test_an_empty_feed(store):
    assert store.latest() == 0
    assert store.since(0) == []


def test_changes_come_back_in_order_with_their_sequence(store):
    changes = [
        a_change(version=3),
        a_change(ChangeKind.SELLER, product=None),
        a_change(ChangeKind.PRODUCT, seller=None),
        a_change(ChangeKind.ROLLOUT, seller=None, product=None),
    ]
    sequences = announce(store, *changes[:2]) + announce(store, *changes[2:])

    fed = store.since(0)

    assert [change.sequence for change in fed] == sequences == sorted(set(sequences))
    assert [(change.kind, change.version, change.seller_id, change.product_id) for change in fed] == [
        (change.kind, change.version, change.seller_id, change.product_id) for change in changes
    ]
    assert store.latest() == sequences[-1]
    assert store.since(sequences[1]) == fed[2:]
    assert store.since(sequences[-1]) == []


def test_listeners_hear_a_works_changes_once_it_is_committed(store):
    heard = []

    def listen(changes):
        with store.view() as view:
            heard.append((list(changes), view.directory.seller("anna"), store.latest()))

    store.subscribe(listen)
    with store.work() as work:
        work.directory.put_seller(a_seller())
        first = work.announce(a_change())
        second = work.announce(a_change(version=2))
        assert heard == []

    [(changes, seller, latest)] = heard
    assert changes == store.since(0)
    assert [change.sequence for change in changes] == [first, second]
    assert seller == a_seller()
    assert latest == second


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
    assert store.since(0) == []


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
    assert [change.sequence for change in store.since(0)][1:] == others
    go_on.set()
    slow_one.join(A_WHILE)

    assert sorted(heard) == [change.sequence for change in store.since(0)]


def test_changes_of_many_threads_are_all_fed_and_heard(store):
    heard = []
    store.subscribe(lambda changes: heard.extend(change.sequence for change in changes))

    made = all_at_once(8, lambda _: [announce(store, a_change())[0] for _ in range(5)])

    sequences = sorted(chain(*made))
    assert len(set(sequences)) == 40
    assert [change.sequence for change in store.since(0)] == sequences == sorted(heard)


def test_a_reader_that_follows_the_feed_misses_nothing(store):
    """However the reader's looks fall among the commits, following by sequence meets every change once, in order."""
    writing = threading.Event()

    def run(index):
        if index:
            return [announce(store, a_change())[0] for _ in range(20)]
        followed = []
        while not (writing.is_set() and followed[-1:] == [store.latest()]):
            followed += [change.sequence for change in store.since(followed[-1] if followed else 0)]
            if len(followed) >= 60:
                writing.set()
        return followed

    followed, *made = all_at_once(4, run)

    assert followed == sorted(chain(*made))


def test_the_first_guess_is_that_something_may_have_changed(store):
    assert store.may_have_changed()
    assert not store.may_have_changed()


def test_every_commit_is_noticed_once(store):
    store.may_have_changed()

    for number in range(3):
        with store.work() as work:
            work.directory.put_product(a_product(f"p-{number}", supplier_id=None))
        assert store.may_have_changed()
        assert not store.may_have_changed()


def test_reading_and_failing_change_nothing(store):
    store.may_have_changed()

    with store.view() as view:
        view.directory.seller("anna")
    fail_after(store, lambda work: work.directory.put_seller(a_seller()))

    assert not store.may_have_changed()
