"""Every store keeps each recipient's list apart, and the outbox in step with it."""

import pytest

from builders import HOUR, NOON, a_notice
from sellergate.domain.notices import Audience
from sellergate.domain.preferences import Digest, Locale, Preferences, Said
from sellergate.ports.queries import PageRequest


def put(store, *notices):
    with store.work() as work:
        for notice in notices:
            work.notices.put(notice)


def inbound(store, recipient="anna", audience=Audience.SELLER):
    with store.view() as view:
        return view.notices.inbound(audience, recipient, PageRequest()).items


def test_a_notice_comes_back_as_it_was_stored(store):
    notice = a_notice(facts={"reason": "사유", "cooldownUntil": None, "nested": {"a": [1]}})
    put(store, notice)

    [received] = inbound(store)

    assert received.notice == notice
    assert received.read_at is None


def test_a_list_is_its_recipients_own(store):
    put(store, a_notice("anna"), a_notice("ben"), a_notice("anna", Audience.SUPPLIER))

    assert [row.notice.audience for row in inbound(store)] == [Audience.SELLER]
    assert [row.notice.audience for row in inbound(store, audience=Audience.SUPPLIER)] == [Audience.SUPPLIER]
    assert inbound(store, "cleo") == []


def test_every_notice_waits_in_the_outbox(store):
    put(store, a_notice("anna"), a_notice("ben"))

    with store.view() as view:
        assert view.notices.outbox_size() == 2


def test_a_notice_is_marked_read_once(store):
    put(store, a_notice())
    [row] = inbound(store)

    with store.work() as work:
        first = work.notices.mark_read(row.id, Audience.SELLER, "anna", NOON)
    with store.work() as work:
        second = work.notices.mark_read(row.id, Audience.SELLER, "anna", NOON + HOUR)

    assert first == second == inbound(store)[0]
    assert first.read_at == NOON


def test_what_has_not_been_read_is_counted(store):
    put(store, a_notice("anna"), a_notice("anna"), a_notice("ben"), a_notice("anna", Audience.SUPPLIER))
    first, *_ = inbound(store)
    with store.work() as work:
        work.notices.mark_read(first.id, Audience.SELLER, "anna", NOON)

    with store.view() as view:
        assert view.notices.unread(Audience.SELLER, "anna") == 1
        assert view.notices.unread(Audience.SUPPLIER, "anna") == 1
        assert view.notices.unread(Audience.SELLER, "cleo") == 0


def test_nobody_marks_anothers_notice(store):
    put(store, a_notice())
    [row] = inbound(store)

    with store.work() as work:
        assert work.notices.mark_read(row.id, Audience.SELLER, "ben", NOON) is None
        assert work.notices.mark_read(row.id, Audience.SUPPLIER, "anna", NOON) is None
        assert work.notices.mark_read(row.id + 1, Audience.SELLER, "anna", NOON) is None

    assert inbound(store)[0].read_at is None


def test_notices_leave_the_outbox_oldest_first_and_stay_in_the_app(store):
    put(store, *(a_notice(f"seller-{number}") for number in range(3)))

    with store.work() as work:
        first = work.notices.take(2)
    with store.view() as view:
        assert view.notices.waits()
    with store.work() as work:
        rest = work.notices.take(2)

    assert [row.notice.recipient_id for row in [*first, *rest]] == ["seller-0", "seller-1", "seller-2"]
    assert inbound(store, "seller-0")[0].id == first[0].id
    with store.view() as view:
        assert (view.notices.waits(), view.notices.outbox_size()) == (False, 0)


def test_what_is_taken_by_a_work_that_fails_is_in_the_outbox_again(store):
    put(store, a_notice())
    with pytest.raises(ZeroDivisionError), store.work() as work:  # noqa: PT012
        assert len(work.notices.take(10)) == 1
        raise ZeroDivisionError

    with store.view() as view:
        assert view.notices.outbox_size() == 1


def test_what_was_said_last_is_remembered(store):
    with store.work() as work:
        assert work.notices.said("seller:anna:a-1") is None
        work.notices.say("seller:anna:a-1", Said("one", NOON))
        work.notices.say("seller:anna:a-1", Said("two", NOON + HOUR))
        work.notices.say("seller:ben:a-1", Said("three", NOON))

    with store.view() as view:
        assert view.notices.said("seller:anna:a-1") == Said("two", NOON + HOUR)


def test_preferences_are_the_recipients_own_and_set_whole(store):
    chosen = Preferences(
        email=False, digest=Digest.DAILY, muted=frozenset({"request.approved"}), locale=Locale.KO, zone="UTC"
    )
    with store.work() as work:
        work.notices.put_preferences(Audience.SELLER, "anna", chosen)
        work.notices.put_preferences(Audience.SUPPLIER, "anna", Preferences(muted=frozenset({"inbox.backlog"})))
        work.notices.put_preferences(Audience.SUPPLIER, "anna", Preferences())

    with store.view() as view:
        assert view.notices.preferences(Audience.SELLER, "anna") == chosen
        assert view.notices.preferences(Audience.SUPPLIER, "anna") == Preferences()
        assert view.notices.preferences(Audience.SELLER, "ben") is None


def test_operators_are_told_as_well(store):
    put(store, a_notice("operators", Audience.OPERATOR))

    assert len(inbound(store, "operators", Audience.OPERATOR)) == 1


def test_notices_are_forgotten_in_their_time_unless_they_still_wait(store):
    put(store, a_notice("anna"), a_notice("ben"), a_notice("cleo", at=NOON + HOUR))
    with store.work() as work:
        work.notices.take(1)
        work.notices.say("thread", Said("one", NOON))

    with store.work() as work:
        assert work.notices.forget(NOON + HOUR) == 1

    assert [len(inbound(store, recipient)) for recipient in ("anna", "ben", "cleo")] == [0, 1, 1]
    with store.view() as view:
        assert view.notices.said("thread") is None
    put(store, a_notice("anna"))
    assert len(inbound(store, "anna")) == 1
