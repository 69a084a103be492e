"""Every store keeps messages once, lets one sender at a time have each, and loses none."""

import threading
from dataclasses import replace
from datetime import timedelta

from builders import HOUR, NOON, TICK, a_message, an_item
from sellergate.domain.messages import Backoff, Channel, MessageState
from sellergate.domain.preferences import Locale
from sellergate.ports.queries import PageRequest

LEASE = timedelta(minutes=1)


def put(store, *messages, items=None):
    with store.work() as work:
        return [work.messages.put(message, items or [an_item()]) for message in messages]


def take(store, now=NOON, channel=Channel.EMAIL):
    with store.work() as work:
        return work.messages.take(channel, now, now + LEASE)


def save(store, before, after):
    with store.work() as work:
        return work.messages.save(before, after)


def dead(message, at=NOON):
    return message.failed(at, "no", Backoff(), final=True, dice=0)


def test_a_message_comes_back_as_it_was_stored(store):
    message = a_message(locale=Locale.KO, zone="UTC", error="왜", attempts=2, lease=3, done_at=NOON + TICK)
    item = an_item(facts={"reason": "사유", "nested": {"a": [1, None]}})
    [id] = put(store, message, items=[item])

    with store.view() as view:
        assert view.messages.get(id) == replace(message, id=id)
        assert view.messages.items(id) == [item]
        assert view.messages.get(id + 1) is None


def test_there_is_one_message_of_a_key(store):
    first, second = put(store, a_message("m-1"), a_message("m-1", address="ben@shop.test"))

    assert second is None
    with store.view() as view:
        assert view.messages.get(first).address == "anna@shop.test"
        assert len(view.messages.items(first)) == 1


def test_the_message_that_has_been_due_for_longest_is_taken_first(store):
    put(
        store,
        a_message("later", due_at=NOON),
        a_message("first", due_at=NOON - HOUR),
        a_message("not yet", due_at=NOON + TICK),
        a_message("elsewhere", channel=Channel.CHAT, due_at=NOON - 2 * HOUR),
    )

    assert [message.key for message in iter(lambda: take(store), None)] == ["first", "later"]
    assert take(store, NOON + TICK).key == "not yet"
    assert take(store, channel=Channel.CHAT).key == "elsewhere"


def test_a_taken_message_is_nobody_elses_until_its_lease_ends(store):
    put(store, a_message())
    mine = take(store)

    assert (mine.attempts, mine.lease, mine.due_at) == (1, 1, NOON + LEASE)
    assert take(store, NOON + LEASE - TICK) is None
    theirs = take(store, NOON + LEASE)
    assert (theirs.attempts, theirs.lease) == (2, 2)
    assert not save(store, mine, mine.sent(NOON + LEASE))
    assert save(store, theirs, theirs.sent(NOON + LEASE))
    with store.view() as view:
        assert view.messages.get(mine.id).state is MessageState.SENT


def test_whether_something_is_due_is_known_without_taking_it(store):
    put(store, a_message(due_at=NOON))
    with store.view() as view:
        assert view.messages.is_due(Channel.EMAIL, NOON)
        assert not view.messages.is_due(Channel.EMAIL, NOON - TICK)
        assert not view.messages.is_due(Channel.WEBHOOK, NOON)


def test_senders_at_the_same_time_each_get_messages_of_their_own(store):
    number, lanes = 24, 4
    put(store, *(a_message(f"m-{one}") for one in range(number)))
    together = threading.Barrier(lanes)
    taken = []

    def lane():
        together.wait()
        while (message := take(store)) is not None:
            taken.append(message.id)

    threads = [threading.Thread(target=lane) for _ in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == len(set(taken)) == number


def test_a_digest_takes_things_in_until_somebody_begins_to_send_it(store):
    [id] = put(store, a_message("digest"), items=[an_item(at=NOON + TICK)])

    def join():
        with store.work() as work:
            return work.messages.join("digest", [an_item("request.rejected", at=NOON)])

    assert join()
    with store.view() as view:
        assert [item.kind for item in view.messages.items(id)] == ["request.rejected", "request.approved"]
    take(store)
    assert not join()
    with store.work() as work:
        assert not work.messages.join("another", [an_item()])
    with store.view() as view:
        assert len(view.messages.items(id)) == 2


def test_messages_are_listed_and_counted_by_how_they_stand(store):
    ids = put(store, *(a_message(f"m-{number}") for number in range(4)))
    first, second = take(store), take(store)
    save(store, first, first.sent(NOON))
    save(store, second, dead(second))

    with store.view() as view:
        assert view.messages.counts() == {MessageState.PENDING: 2, MessageState.DEAD: 1}
        page = view.messages.list(MessageState.PENDING, PageRequest(1))
        assert ([message.id for message in page.items], page.total) == ([ids[3]], 2)
        following = view.messages.list(MessageState.PENDING, PageRequest(1, page.next))
        assert [message.id for message in following.items] == [ids[2]]
        assert [message.error for message in view.messages.list(MessageState.DEAD, PageRequest()).items] == ["no"]


def test_messages_are_listed_by_channel_and_what_they_tell_is_found_for_many_at_once(store):
    chat = a_message("chat", channel=Channel.CHAT)
    [first, second] = put(store, a_message("first"), a_message("second"), items=[an_item(at=NOON + TICK)])
    [third] = put(store, chat, items=[an_item("request.rejected", at=NOON + TICK), an_item(at=NOON)])

    with store.view() as view:
        mails = view.messages.list(MessageState.PENDING, PageRequest(1), Channel.EMAIL)
        assert ([one.id for one in mails.items], mails.total) == ([second], 2)
        following = view.messages.list(MessageState.PENDING, PageRequest(1, mails.next), Channel.EMAIL)
        assert [one.id for one in following.items] == [first]
        assert view.messages.list(MessageState.PENDING, PageRequest(), Channel.WEBHOOK).total == 0
        told = view.messages.items_of([third, first, third + 100])
        assert {id: [item.kind for item in items] for id, items in told.items()} == {
            third: ["request.approved", "request.rejected"],
            first: ["request.approved"],
        }
        assert view.messages.items_of([]) == {}


def test_what_is_over_is_forgotten_in_its_time_and_what_waits_never(store):
    put(store, *(a_message(f"m-{number}") for number in range(3)))
    sent, given_up = take(store), take(store)
    save(store, sent, sent.sent(NOON))
    save(store, given_up, dead(given_up))

    def forget(sent_before, dead_before):
        with store.work() as work:
            return work.messages.forget(sent_before, dead_before)

    assert forget(NOON, NOON) == 0
    assert forget(NOON + TICK, NOON) == 1
    assert forget(NOON + HOUR, NOON + HOUR) == 1
    with store.view() as view:
        assert [view.messages.get(id) is None for id in (sent.id, given_up.id)] == [True, True]
        assert view.messages.items(sent.id) == []
        assert view.messages.counts()[MessageState.PENDING] == 1
    assert put(store, a_message(sent.key)) != [None]
