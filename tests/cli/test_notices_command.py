"""Messages that were given up, reminders, and trying a channel, at a terminal."""

import pytest

from builders import NOON, a_message, an_item
from sellergate.domain.identifiers import Actor, Role
from sellergate.domain.messages import Backoff
from sellergate.settings import load_settings
from sellergate.wiring import assemble
from servers.mail import MailServer
from servers.program import free_port


@pytest.fixture
def given_up(terminal):
    """The ids of two messages that were given up."""
    terminal.fill()
    with assemble(load_settings(), following=False) as assembly, assembly.store.work() as work:
        ids = [work.messages.put(a_message(f"m-{number}"), [an_item()]) for number in range(2)]
        for message in map(work.messages.get, ids):
            work.messages.save(message, message.failed(NOON, "550 No such user", Backoff(), final=True, dice=0))
    return ids


def test_what_was_given_up_is_shown_and_sent_after_all(terminal, given_up):
    shown = terminal("notices", "dead")
    assert shown.out.startswith("Messages dead: 2")
    assert "550 No such user" in shown.out
    assert [one["id"] for one in terminal.done("notices", "dead")["items"]] == given_up[::-1]

    assert terminal.done("notices", "retry", given_up[0]) == {"retried": 1}
    assert terminal("notices", "retry", given_up[0]).status == 1
    assert terminal.done("notices", "dead", "--channel", "chat")["total"] == 0
    assert terminal.done("notices", "retry", "--all", "--channel", "chat") == {"retried": 0}
    assert terminal.done("notices", "retry", "--all") == {"retried": 1}
    assert terminal.done("notices", "dead")["total"] == 0
    assert terminal.done("notices", "list")["total"] == 2


@pytest.mark.parametrize("arguments", [(), ("1", "--all"), ("many",)])
def test_what_to_retry_has_to_be_said(terminal, given_up, arguments):
    assert terminal("notices", "retry", *arguments).status == 2


def test_a_channel_is_tried(terminal):
    with MailServer() as mail:
        terminal.set("SELLERGATE_SMTP_URL", mail.url)
        terminal.set("SELLERGATE_MAIL_FROM", "no-reply@shop.test")
        tried = terminal("notices", "test", "email", "anna@shop.test")

    assert (tried.status, tried.out) == (0, "anna@shop.test was sent a message by email.\n")
    assert mail.subjects() == ["sellergate에서 보낸 메시지"]


def test_a_channel_that_does_not_work_says_why(terminal):
    terminal.set("SELLERGATE_SMTP_URL", f"smtp+plain://127.0.0.1:{free_port()}")
    terminal.set("SELLERGATE_MAIL_FROM", "no-reply@shop.test")
    tried = terminal("notices", "test", "email", "anna@shop.test")
    assert (tried.status, "cannot be used" in tried.err) == (1, True)

    missing = terminal("notices", "test", "webhook", "shop")
    assert (missing.status, "SELLERGATE_WEBHOOK_URLS" in missing.err) == (2, True)


def test_suppliers_are_reminded_of_what_waits(terminal):
    terminal.fill()
    assert terminal("inbox", "remind").out == "Suppliers reminded: 0\n"
    with assemble(load_settings(), following=False) as assembly:
        assembly.workflow.request(Actor("anna", Role.SELLER, seller_id="anna"), "mug")

    assert terminal.done("inbox", "remind", "--days", 1) == []
    assert terminal.done("inbox", "remind") == [{"supplierId": "acme", "pending": 1}]
    assert "acme" in terminal("inbox", "remind", "--supplier", "acme").out
    assert terminal("inbox", "remind", "--supplier", "nobody").status == 1
