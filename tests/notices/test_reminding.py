"""What time brings about is told once, by whichever process finds it."""

import threading
from datetime import timedelta

import pytest
from post import OPERATORS, Post
from shop import ACME, ANNA, BEN, seller_actor

from builders import TICK
from sellergate.domain.errors import SupplierNotFound
from sellergate.ports.queries import PageRequest
from sellergate.ports.stores import Inbox
from sellergate.services.reminding import ReminderRules, Reminders


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def post(request, mail, receiver):
    return Post(request.getfixturevalue(f"{request.param}_store"), mail, receiver)


def kinds(post, who):
    return [one.notice.kind for one in post.shop.notifications.inbound(who, PageRequest(100)).items]


def test_a_seller_is_told_seven_days_before_an_approval_ends_once(post):
    post.shop.approved(expires_at=post.shop.now() + timedelta(days=8))
    post.shop.wait(days=1, microseconds=-1)
    assert post.reminders.run() == 0
    post.shop.time += TICK
    assert post.reminders.run() == 1
    assert post.reminders.run() == 0
    assert kinds(post, ANNA)[0] == "authorization.expiring"


def test_an_approval_that_is_given_for_a_week_has_said_when_it_ends(post):
    post.shop.approved(ANNA, "a-1", expires_at=post.shop.now() + timedelta(days=7))
    post.shop.approved(ANNA, "a-2", expires_at=post.shop.now() + timedelta(days=7) + TICK)
    post.shop.wait(days=1)

    assert post.reminders.run() == 1
    assert post.shop.notifications.inbound(ANNA, PageRequest()).items[0].notice.facts["productId"] == "a-2"


def test_a_supplier_is_reminded_after_three_days_once_for_each_time_it_waits(post):
    record = post.shop.workflow.request(ANNA, "a-1")
    post.shop.wait(days=3, microseconds=-1)
    assert post.reminders.run() == 0
    post.shop.time += TICK
    assert (post.reminders.run(), post.reminders.run()) == (1, 0)

    post.shop.workflow.ask_info(ACME, record.id, "How many will you sell?")
    post.shop.wait(days=30)
    assert post.reminders.run() == 0  # it is the seller who keeps it waiting
    post.shop.workflow.resubmit(ANNA, "a-1", justification="Many of them, I hope.")
    assert post.reminders.run() == 0
    post.shop.wait(days=3)
    assert post.reminders.run() == 1
    assert kinds(post, ACME).count("request.unanswered") == 2


def test_processes_that_look_at_once_tell_once(post):
    for who in (ANNA, BEN):
        for number in range(1, 6):
            post.shop.workflow.request(who, f"a-{number}")
    post.shop.wait(days=3)
    together, told = threading.Barrier(3), []

    def look():
        together.wait()
        told.append(post.reminders.run())

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(told) == 10
    assert kinds(post, ACME).count("request.unanswered") == 10


def test_a_backlog_is_told_once_until_it_was_over(memory_store, mail, receiver):
    post = Post(memory_store, mail, receiver)

    def ask(numbers):
        for number in numbers:
            post.add_seller(f"seller-{number}")
            post.shop.workflow.request(seller_actor(f"seller-{number}"), "a-1")

    def answer(number):
        waiting = memory_store.read_aside(
            lambda view: [one.id for one in view.authorizations.all_after("", 1000) if one.status == "REQUESTED"]
        )
        for id in waiting[:number]:
            post.shop.workflow.approve(ACME, id)

    ask(range(100))
    assert post.reminders.run() == 0
    ask(range(100, 101))
    assert (post.reminders.run(), post.reminders.run()) == (2, 0)  # the supplier and the operators
    answer(21)
    assert post.reminders.run() == 0
    ask(range(101, 122))
    assert post.reminders.run() == 0  # it was at 80 in between: it never was over
    answer(22)
    assert post.reminders.run() == 0
    ask(range(122, 145))
    assert post.reminders.run() == 2
    post.tell()
    assert mail.by_recipient() == {"acme@shop.test": 2, OPERATORS: 2} | {
        address: 1 for address in mail.by_recipient() if address.startswith("seller")
    }
    assert post.received("/pager") == []


def test_what_is_switched_off_is_not_told(memory_store, mail, receiver):
    post = Post(memory_store, mail, receiver)
    post.shop.workflow.request(ANNA, "a-1")
    post.shop.approved(BEN, expires_at=post.shop.now() + timedelta(days=9))
    post.shop.wait(days=4)

    assert Reminders(memory_store, ReminderRules(expiring=None, unanswered=None), now=post.shop.now).run() == 0
    assert post.reminders.run() == 2


def test_suppliers_can_be_reminded_now(post):
    post.shop.workflow.request(ANNA, "a-1")
    post.shop.wait(days=1)
    post.shop.workflow.request(BEN, "a-2")
    post.shop.workflow.request(BEN, "z-1")

    assert post.reminders.remind(waited=timedelta(days=1)) == [Inbox("acme", 2)]
    assert post.reminders.remind("zeta") == [Inbox("zeta", 1)]
    with pytest.raises(SupplierNotFound):
        post.reminders.remind("nobody")
    post.tell()
    assert post.mail.by_recipient() == {"acme@shop.test": 1, "zeta@shop.test": 1}
    assert sorted(post.mail.subjects()) == [
        "1 request is waiting for your answer",
        "[답변 요청] 2건의 판매 요청이 답변을 기다리고 있습니다",
    ]
