"""From what happens in the marketplace to what arrives: once, in the right words, whatever becomes of the receivers."""

import json
import threading
from collections import Counter
from datetime import timedelta

import pytest
from post import OPERATORS, SECRET, Post
from shop import ACME, ADMIN, ANNA, BEN, OPERATOR, REASON, ZETA, seller_actor

from sellergate.domain.errors import InvalidStatus, MessageNotFound
from sellergate.domain.messages import Channel, MessageState
from sellergate.domain.notices import Audience, Kind
from sellergate.domain.preferences import Digest, Locale, Preferences
from sellergate.domain.webhooks import check_signature
from sellergate.ports.clock import utc_now
from sellergate.ports.queries import PageRequest
from sellergate.services.outbox import Address

WORDS = {"subject": {"ko": "새 절차", "en": "News"}, "text": {"ko": "본문", "en": "Text"}}
AT_ONCE = Preferences()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def post(request, mail, receiver):
    return Post(request.getfixturevalue(f"{request.param}_store"), mail, receiver)


@pytest.fixture
def quick(memory_store, mail, receiver):
    """Over one store, where the store makes no difference."""
    return Post(memory_store, mail, receiver)


def at_once(post, *suppliers):
    for supplier in suppliers or (ACME, ZETA):
        post.shop.notifications.set_preferences(supplier, AT_ONCE)


def an_eventful_day(post):
    """Everything that can happen to authorizations and the rollout; the answer is who must have been mailed what."""
    shop = post.shop
    at_once(post)
    first = shop.workflow.request(ANNA, "a-1")
    shop.workflow.ask_info(ACME, first.id, "How many will you sell?")
    shop.workflow.resubmit(ANNA, "a-1", justification="Many of them, I hope.")
    shop.workflow.approve(ACME, first.id, expires_at=shop.now() + timedelta(days=8))
    second = shop.workflow.request(ANNA, "a-2")
    shop.workflow.reject(ACME, second.id, REASON)
    shop.workflow.clear_cooldown(ADMIN, second.id)
    third = shop.workflow.request(BEN, "z-1")
    shop.workflow.approve(ZETA, third.id)
    shop.workflow.revoke(ZETA, third.id, REASON)
    shop.workflow.request(BEN, "a-3")
    shop.workflow.cancel(BEN, "a-3")
    shop.workflow.request(BEN, "a-4")
    shop.rollouts.promote(OPERATOR, REASON, override=True)
    shop.rollouts.rollback(OPERATOR, REASON)
    post.tell()
    shop.wait(days=4)
    post.reminders.run()
    post.tell()
    shop.wait(days=5)
    shop.workflow.expire_due()
    return Counter(
        {
            "anna@shop.test": 6,  # a question, an approval, a rejection, cooldown over, ends soon, ended
            "ben@shop.test": 2,  # an approval, a revocation
            "acme@shop.test": 8,  # four requests, an answer, a withdrawal, one waits, one ended
            "zeta@shop.test": 1,
            OPERATORS: 2,
        }
    )


def test_every_event_is_told_once_to_each_whom_it_concerns(post):
    expected = an_eventful_day(post)
    for _ in range(3):
        post.tell()

    assert post.mail.by_recipient() == expected
    assert len({mail["Message-ID"] for mail in post.mail.mails}) == expected.total()
    with post.store.view() as view:
        notices = sum(
            view.notices.inbound(audience, id, PageRequest()).total
            for audience, id in (
                (Audience.SELLER, "anna"),
                (Audience.SELLER, "ben"),
                (Audience.SUPPLIER, "acme"),
                (Audience.SUPPLIER, "zeta"),
                (Audience.OPERATOR, "operators"),
            )
        )
        assert view.messages.counts() == {MessageState.PENDING: 0, MessageState.DEAD: 0}
    hooks = post.received("/hook")
    assert len({one.headers["webhook-id"] for one in hooks}) == len(hooks) == notices == expected.total()
    assert {check_signature(one.headers, one.body, SECRET, utc_now()) for one in hooks}
    assert len(post.received("/chat")) == 2
    assert [json.loads(one.body)["title"] for one in post.received("/pager")] == ["Rollout rolled back from canary 0 %"]


def test_people_are_written_to_in_their_language_with_the_names_of_things(post):
    at_once(post)
    record = post.shop.workflow.request(ANNA, "a-1")
    post.shop.workflow.reject(ACME, record.id, REASON)
    post.tell()

    to_acme, to_anna = sorted(post.mail.mails, key=lambda mail: mail["To"])
    assert to_acme["Subject"] == "[판매 요청] Anna - Product a-1"
    assert to_anna["Subject"] == "Your request for Product a-1 was declined"
    text = to_anna.get_body(("plain",)).get_content()
    assert f"> {REASON}" in text
    assert "from 31 March 2026, 21:00 KST" in text


def test_workers_side_by_side_send_each_message_once(post):
    for number in range(20):
        post.add_seller(f"seller-{number}")
    at_once(post)
    for number in range(20):
        post.shop.workflow.request(seller_actor(f"seller-{number}"), "a-1")
    together = threading.Barrier(3)
    failures = []

    def worker():
        try:
            together.wait()
            post.router.run()
            for channel in Channel:
                post.dispatch(channel).run()
        except Exception as error:  # noqa: BLE001 - in a thread nobody would see it
            failures.append(error)

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    post.tell()

    assert failures == []
    assert post.mail.by_recipient() == {"acme@shop.test": 20}
    assert len(post.received("/hook")) == 20


def test_five_hundred_requests_are_one_mail(quick):
    for number in range(500):
        quick.add_seller(f"seller-{number}")
        quick.shop.workflow.request(seller_actor(f"seller-{number}"), "a-1")
        if number % 100 == 0:
            quick.tell()
    quick.tell()
    assert quick.mail.by_recipient()["acme@shop.test"] == 0

    quick.shop.wait(minutes=59, seconds=59)
    quick.tell()
    assert quick.mail.mails == []
    quick.shop.wait(seconds=1)
    quick.tell()

    assert quick.mail.subjects() == ["[요약] 새 알림 500건"]


def test_what_happens_while_a_digest_is_being_sent_is_in_the_next_one(post):
    post.shop.workflow.request(ANNA, "a-1")
    post.tell()
    with post.store.work() as work:  # another process has begun to send it, before its time
        work.messages.take(Channel.EMAIL, post.shop.now() + timedelta(hours=1), post.shop.now() + timedelta(hours=1))
    post.shop.workflow.request(BEN, "a-2")
    post.tell()
    post.shop.wait(hours=2)
    post.tell()

    assert sorted(post.mail.subjects()) == ["[판매 요청] Anna - Product a-1", "[판매 요청] Ben - Product a-2"]


def test_everybody_chooses_what_they_are_mailed_about(quick):
    quick.shop.notifications.set_preferences(
        ANNA, Preferences(muted=frozenset({Kind.APPROVED.value}), locale=Locale.KO, digest=Digest.DAILY)
    )
    quick.shop.notifications.set_preferences(ACME, Preferences(email=False))
    for product in ("a-1", "a-2"):
        quick.shop.approved(ANNA, product)
    record = quick.shop.workflow.request(ANNA, "a-3")
    quick.shop.workflow.reject(ACME, record.id, REASON)
    quick.tell()
    assert quick.mail.mails == []
    quick.shop.wait(days=1)
    quick.tell()

    assert quick.mail.by_recipient() == {"anna@shop.test": 1}
    assert quick.mail.subjects() == ["[거절] Product a-3 판매 요청이 거절되었습니다"]
    assert quick.shop.notifications.inbound(ANNA, PageRequest()).total == 3  # in the app they see everything


def test_the_same_again_is_not_mailed_again_so_soon_but_programs_hear_it(quick):
    at_once(quick)
    record = quick.shop.workflow.request(ANNA, "a-1")
    for _ in range(2):
        quick.shop.workflow.ask_info(ACME, record.id, "How many will you sell?")
        quick.shop.workflow.resubmit(ANNA, "a-1", justification="Many of them, I hope.")
    quick.tell()
    assert quick.mail.by_recipient() == {"acme@shop.test": 2, "anna@shop.test": 1}
    assert len(quick.received("/hook")) == 5

    quick.shop.workflow.cancel(ANNA, "a-1")
    quick.shop.workflow.request(ANNA, "a-1")
    quick.tell()
    assert quick.mail.by_recipient()["acme@shop.test"] == 4


def test_a_receiver_that_fails_is_told_later_under_the_same_id(quick):
    quick.receiver.answers += [500]
    quick.shop.workflow.request(ANNA, "a-1")
    quick.tell()
    quick.tell()  # before the pause is over
    assert len(quick.received("/hook")) == 1

    quick.shop.wait(seconds=5)
    quick.tell()
    quick.shop.wait(hours=2)
    quick.tell()

    first, second = quick.received("/hook")
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_a_mail_server_that_is_silent_about_one_does_not_keep_the_others_waiting(memory_store, mail, receiver):
    post = Post(memory_store, mail, receiver, timeout=timedelta(seconds=1))
    mail.silent_to.add("anna@shop.test")
    for number in range(8):
        post.add_seller(f"seller-{number}")
    for who in (ANNA, *(seller_actor(f"seller-{number}") for number in range(8))):
        post.shop.approved(who)
    post.tell()

    assert mail.silent.is_set()
    assert mail.by_recipient() == {f"seller-{number}@shop.test": 1 for number in range(8)}
    (waiting,) = [one for one in post.outbox.list(MessageState.PENDING, PageRequest()).items if one.attempts]
    assert (waiting.address, waiting.error) == ("anna@shop.test", "The mail server was silent for 1 s.")

    mail.silent_to.clear()
    post.shop.wait(seconds=10)
    post.tell()
    assert mail.by_recipient()["anna@shop.test"] == 1


def test_what_cannot_be_delivered_is_given_up_seen_and_sent_after_all(post):
    post.mail.refusing["anna@shop.test"] = "451 Try again later"
    post.shop.approved()
    for _ in range(5):
        post.tell()
        post.shop.wait(hours=1)

    (dead,) = post.outbox.list(MessageState.DEAD, PageRequest()).items
    assert (dead.attempts, dead.recipient) == (3, "seller:anna")
    assert "451 Try again later" in dead.error
    assert post.outbox.count() == {MessageState.PENDING: 0, MessageState.DEAD: 1}

    post.mail.refusing.clear()
    post.outbox.retry(dead.id)
    post.tell()
    assert post.mail.by_recipient()["anna@shop.test"] == 1
    with pytest.raises(InvalidStatus):
        post.outbox.retry(dead.id)
    with pytest.raises(MessageNotFound):
        post.outbox.retry(dead.id + 1000)


def test_all_that_was_given_up_can_be_sent_after_all_at_once(quick):
    for address in ("anna@shop.test", "ben@shop.test"):
        quick.mail.refusing[address] = "550 No such user"
    quick.shop.approved(ANNA)
    quick.shop.approved(BEN)
    quick.tell()
    assert quick.outbox.count()[MessageState.DEAD] == 2  # at once: for good is for good

    quick.mail.refusing.clear()
    assert quick.outbox.retry_all() == 2
    assert quick.outbox.retry_all() == 0
    quick.tell()
    assert quick.mail.by_recipient() == {"anna@shop.test": 1, "ben@shop.test": 1}


def test_those_of_one_channel_or_some_that_are_named_are_sent_after_all_and_the_others_stay(quick):
    for address in ("anna@shop.test", "ben@shop.test"):
        quick.mail.refusing[address] = "550 No such user"
    quick.shop.approved(ANNA)
    quick.shop.approved(BEN)
    quick.tell()
    second, first = quick.outbox.list(MessageState.DEAD, PageRequest()).items
    assert [item.kind for item in quick.outbox.told([first])[first.id]] == ["request.approved"]

    assert quick.outbox.retry_all(Channel.CHAT) == 0
    assert quick.outbox.dead() == 2
    assert quick.outbox.retry_these([first.id, first.id, first.id + 1000]) == 1
    assert quick.outbox.retry_these([first.id]) == 0  # it waits already
    assert quick.outbox.list(MessageState.DEAD, PageRequest()).items == [second]
    assert quick.outbox.retry_all(Channel.EMAIL) == 1
    assert quick.outbox.dead() == 0


def test_a_message_that_kills_whoever_sends_it_is_given_up_in_the_end(quick):
    quick.shop.approved()
    quick.router.run()
    lease = timedelta(minutes=10)
    for _ in range(3):
        with quick.store.work() as work:  # taken, and never heard of again
            assert work.messages.take(Channel.EMAIL, quick.shop.now(), quick.shop.now() + lease)
        quick.shop.wait(minutes=10)
    quick.tell()

    assert quick.mail.mails == []
    (dead,) = quick.outbox.list(MessageState.DEAD, PageRequest()).items
    assert dead.error == "Whoever was sending it has died, each time."


def test_a_courier_with_a_defect_loses_nothing_and_stops_nobody(quick, monkeypatch, caplog):
    real = quick.couriers[Channel.EMAIL].deliver
    for who in (ANNA, BEN):
        quick.shop.approved(who)

    def broken(letter):
        if letter.address == "anna@shop.test":
            raise ZeroDivisionError
        real(letter)

    monkeypatch.setattr(quick.couriers[Channel.EMAIL], "deliver", broken)
    quick.tell()

    assert quick.mail.by_recipient() == {"ben@shop.test": 1}
    assert "ZeroDivisionError" in caplog.text
    assert quick.outbox.list(MessageState.PENDING, PageRequest()).items[0].attempts <= 1
    monkeypatch.undo()
    quick.shop.wait(seconds=5)
    quick.tell()
    assert quick.mail.by_recipient()["anna@shop.test"] == 1


def test_the_seller_is_told_when_the_last_slot_is_taken(memory_store, mail, receiver):
    post = Post(memory_store, mail, receiver, limit=2)
    post.shop.workflow.request(ANNA, "a-1")
    post.tell()
    assert mail.by_recipient()["anna@shop.test"] == 0

    post.shop.workflow.request(ANNA, "a-2")
    post.shop.workflow.cancel(ANNA, "a-2")
    post.shop.workflow.request(ANNA, "a-2")
    post.tell()

    assert [mail["Subject"] for mail in mail.mails] == ["All your product slots are in use (2)"]


def test_somebody_without_an_address_is_told_in_the_app_alone(quick):
    quick.add_seller("cleo", email=None)
    quick.shop.approved(seller_actor("cleo"))
    quick.tell()

    assert quick.mail.mails == []
    assert quick.shop.notifications.inbound(seller_actor("cleo"), PageRequest()).total == 1


def test_what_is_announced_under_one_key_reaches_each_once(post):
    def announce():
        with post.store.work() as work:
            return post.outbox.announce(work, "launch", Audience.SELLER, ["anna", "ben"], WORDS)

    def write():
        to = [
            Address(channel=Channel.EMAIL, address="team@shop.test", locale=Locale.KO, zone="Asia/Seoul"),
            Address(channel=Channel.CHAT, address="ops", locale=Locale.EN, zone="Asia/Seoul"),
        ]
        with post.store.work() as work:
            return post.outbox.post(
                work, "launch", to, Kind.ANNOUNCEMENT, WORDS, due_at=post.shop.now() + timedelta(hours=1)
            )

    assert (announce(), announce(), write(), write()) == (2, 0, 2, 0)
    post.tell()
    assert post.mail.by_recipient() == {"anna@shop.test": 1, "ben@shop.test": 1}
    post.shop.wait(hours=1)
    post.tell()
    assert post.mail.by_recipient()["team@shop.test"] == 1
    assert post.mail.mails[-1]["Subject"] == "새 절차"
    assert [json.loads(one.body)["title"] for one in post.received("/chat")] == ["News"]
    assert post.shop.notifications.inbound(ANNA, PageRequest()).items[0].notice.kind == "announcement"


def test_what_is_over_is_forgotten_and_what_was_given_up_stays_longer(quick):
    quick.mail.refusing["ben@shop.test"] = "550 No such user"
    quick.shop.approved(ANNA)
    quick.shop.approved(BEN)
    quick.tell()
    quick.shop.wait(days=31)
    quick.tell()  # the suppliers' digest
    assert quick.outbox.forget() > 0
    assert quick.outbox.list(MessageState.DEAD, PageRequest()).total == 1
    quick.shop.wait(days=366)
    quick.outbox.forget()
    assert quick.outbox.list(MessageState.DEAD, PageRequest()).total == 0
    assert quick.shop.notifications.inbound(ANNA, PageRequest()).total == 0
