"""Webhooks and chats handed over to real receivers."""

import json
from datetime import timedelta

import pytest

from builders import NOON, a_message, an_item
from sellergate.adapters.couriers.chat import ChatCourier
from sellergate.adapters.couriers.webhook import WebhookCourier, receivers
from sellergate.adapters.letters import Letters
from sellergate.domain.errors import InvalidInput
from sellergate.domain.messages import Channel
from sellergate.domain.webhooks import check_signature
from sellergate.ports.couriers import Undelivered
from servers.program import free_port

NEW, OLD = b"n" * 32, b"o" * 32
SECOND = timedelta(seconds=1)


def a_letter(address="shop", item=None, **facts):
    return Letters().write(a_message(address=address, channel=Channel.WEBHOOK, **facts), [item or an_item()])


def webhooks(url, *secrets, timeout=SECOND * 10):
    told = receivers({"shop": url}, {"shop": secrets or (NEW,)}, allow_http=True)
    return WebhookCourier(told, timeout=timeout, now=lambda: NOON)


def test_a_webhook_is_signed_by_both_secrets_and_has_a_lasting_id(receiver):
    letter = a_letter()
    courier = webhooks(f"{receiver.url}/hooks?for=us", NEW, OLD)
    courier.deliver(letter)
    courier.deliver(letter)

    first, second = receiver.received
    assert first.path == "/hooks?for=us"
    assert first.headers["content-type"] == "application/json"
    assert check_signature(first.headers, first.body, NEW, NOON) == f"msg_{letter.uid}"
    assert check_signature(second.headers, second.body, OLD, NOON) == f"msg_{letter.uid}"
    assert json.loads(first.body) == {
        "type": "request.approved",
        "timestamp": "2026-03-01T12:00:00.000Z",
        "data": {**an_item().facts, "audience": "seller"},
    }


@pytest.mark.parametrize(("status", "final"), [(500, False), (404, False), (429, False), (410, True)])
def test_only_a_success_accepts_it_and_only_gone_is_final(receiver, status, final):
    receiver.answers.append(status)

    with pytest.raises(Undelivered, match=str(status)) as refused:
        webhooks(receiver.url).deliver(a_letter())

    assert refused.value.final is final


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_never_followed(receiver, status):
    receiver.answers.append(status)
    receiver.headers["Location"] = f"{receiver.url}/elsewhere"

    with pytest.raises(Undelivered, match=str(status)):
        webhooks(receiver.url).deliver(a_letter())

    assert [one.path for one in receiver.received] == ["/"]


def test_a_receiver_that_is_silent_or_away_does_not_keep_us(receiver):
    receiver.silent.set()
    with pytest.raises(Undelivered, match="ReadTimeout"):
        webhooks(receiver.url, timeout=SECOND / 5).deliver(a_letter())
    with pytest.raises(Undelivered, match="ConnectError"):
        webhooks(f"http://127.0.0.1:{free_port()}").deliver(a_letter())


def test_a_name_the_settings_no_longer_have_may_come_back(receiver):
    with pytest.raises(Undelivered, match="no webhook another") as refused:
        webhooks(receiver.url).deliver(a_letter("another"))

    assert not refused.value.final


@pytest.mark.parametrize(
    ("urls", "secrets", "why"),
    [
        ({"shop": "http://shop.test/s3cret"}, {"shop": [NEW]}, "ALLOW_HTTP"),
        ({"shop": "ftp://shop.test/s3cret"}, {"shop": [NEW]}, "https"),
        ({"shop": "https://user:s3cret@shop.test"}, {"shop": [NEW]}, "no user"),
        ({"shop": "https://shop.test:s3cret"}, {"shop": [NEW]}, "no URL"),
        ({"shop": "https://shop.test/s3cret"}, {}, "has no secret"),
        ({}, {"shop": [NEW]}, "no webhook shop"),
    ],
)
def test_receivers_that_cannot_be_used_are_refused_without_repeating_them(urls, secrets, why):
    with pytest.raises(InvalidInput, match=why) as refused:
        receivers(urls, secrets, allow_http=False)

    assert "s3cret" not in str(refused.value)


def chats(url):
    return ChatCourier({"ops": url}, timeout=SECOND * 5)


def test_a_chat_is_told_and_a_pager_is_told_that_it_failed(receiver):
    courier = chats(f"json://127.0.0.1:{receiver.port}/alerts")
    courier.deliver(a_letter("ops"))
    severe = an_item("inbox.backlog", facts={"supplierName": "Acme", "pending": 501, "limit": 500}, audience="operator")
    courier.deliver(a_letter("ops", severe))

    told = [json.loads(one.body) for one in receiver.received]
    assert [(one["title"], one["type"]) for one in told] == [
        ("You may sell Mug", "info"),
        ("More than 500 requests are waiting for Acme", "failure"),
    ]
    assert told[0]["message"].startswith("Acme has approved your request.")


def test_a_chat_that_refuses_may_accept_later(receiver, caplog):
    receiver.answers.append(500)

    with pytest.raises(Undelivered, match="JSON") as refused:
        chats(f"json://127.0.0.1:{receiver.port}/s3cret").deliver(a_letter("ops"))

    assert not refused.value.final
    assert "s3cret" not in str(refused.value) + caplog.text
    with pytest.raises(Undelivered, match="no place another"):
        chats(f"json://127.0.0.1:{receiver.port}").deliver(a_letter("another"))


@pytest.mark.parametrize("url", ["slack://s3cret", "nonsense://s3cret", "pagerduty://s3cret"])
def test_an_address_apprise_does_not_know_is_refused_without_repeating_it(url, caplog):
    with pytest.raises(InvalidInput, match="ops") as refused:
        chats(url)

    assert "s3cret" not in str(refused.value) + caplog.text
