"""Every store lets a request with an Idempotency-Key be carried out once."""

from walking import all_at_once

from builders import HOUR, NOON, TICK
from sellergate.ports.stores import StoredReply


def reserve(store, key="key-1", *, subject="user-1", fingerprint="abc", now=NOON, abandoned=NOON - HOUR):
    with store.work() as work:
        return work.idempotency.reserve(subject, key, fingerprint, now, abandoned)


def complete(store, key="key-1"):
    with store.work() as work:
        work.idempotency.complete("user-1", key, 201, b'{"name":"\xec\x84\xa0"}')


def test_the_first_call_reserves_the_key(store):
    assert reserve(store) is None
    assert reserve(store, fingerprint="other") == StoredReply(fingerprint="abc", reserved_at=NOON)


def test_keys_are_their_subjects_own(store):
    assert reserve(store) is None
    assert reserve(store, subject="user-2") is None
    assert reserve(store, "key-2") is None


def test_the_answer_is_kept_byte_for_byte(store):
    reserve(store)
    complete(store)

    assert reserve(store) == StoredReply(
        fingerprint="abc", reserved_at=NOON, status=201, body=b'{"name":"\xec\x84\xa0"}'
    )


def test_a_reservation_that_is_given_back_can_be_made_again(store):
    reserve(store)
    with store.work() as work:
        work.idempotency.release("user-1", "key-1")
        work.idempotency.release("user-1", "key-2")

    assert reserve(store) is None


def test_an_abandoned_reservation_is_taken_over(store):
    reserve(store)

    assert reserve(store, now=NOON + HOUR, abandoned=NOON) is not None
    assert reserve(store, fingerprint="new", now=NOON + HOUR, abandoned=NOON + TICK) is None
    assert reserve(store, now=NOON + HOUR, abandoned=NOON + TICK) == StoredReply(
        fingerprint="new", reserved_at=NOON + HOUR
    )


def test_an_answered_request_is_not_abandoned(store):
    reserve(store)
    complete(store)

    assert reserve(store, now=NOON + HOUR, abandoned=NOON + HOUR).status == 201


def test_an_answer_to_what_nobody_reserved_is_not_kept(store):
    complete(store)

    assert reserve(store) is None


def test_one_of_sixteen_threads_reserves_the_key(store):
    results = all_at_once(16, lambda index: reserve(store, fingerprint=str(index)))

    assert results.count(None) == 1
    winner = StoredReply(fingerprint=str(results.index(None)), reserved_at=NOON)
    assert [result for result in results if result is not None] == [winner] * 15


def test_one_of_sixteen_threads_takes_an_abandoned_key_over(store):
    reserve(store)

    results = all_at_once(16, lambda _: reserve(store, now=NOON + HOUR, abandoned=NOON + TICK))

    assert results.count(None) == 1


def test_old_keys_are_forgotten(store):
    reserve(store, "old", now=NOON - TICK)
    reserve(store, "kept", now=NOON)
    complete(store, "old")

    with store.work() as work:
        assert work.idempotency.forget(NOON) == 1
        assert work.idempotency.forget(NOON) == 0

    assert reserve(store, "old") is None
    assert reserve(store, "kept") is not None
