"""Every store keeps each recipient's list apart, and the outbox in step with it."""

from builders import HOUR, NOON, a_notice
from sellergate.domain.notices import Audience
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
