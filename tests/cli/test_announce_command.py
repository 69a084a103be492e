"""What is to be announced, at a terminal: looked at, scheduled, sent and remembered."""

import pytest

from servers.mail import MailServer


@pytest.fixture
def mail(terminal):
    with MailServer() as server:
        terminal.set("SELLERGATE_SMTP_URL", server.url)
        terminal.set("SELLERGATE_MAIL_FROM", "no-reply@shop.test")
        terminal.set("SELLERGATE_ANNOUNCE_EMAILS", "support-team=help@shop.test,more@shop.test leadership=b@shop.test")
        terminal.set("SELLERGATE_ANNOUNCE_FAQ", "https://shop.test/faq")
        yield server


def planned(terminal, name):
    return next(one for one in terminal.done("announce", "list") if one["announcement"] == name)


def test_what_has_no_date_is_seen_to_have_none_and_a_date_gives_it_one(terminal, mail):
    assert planned(terminal, "sellers-launch")["state"] == "not_scheduled"
    assert "Nobody has set a date for canary." in terminal("announce", "list").out

    done = terminal.done("announce", "schedule", "full", "2030-05-14T02:00")  # a Tuesday, in the plan's zone
    assert done["beginsAt"] == "2030-05-13T17:00:00.000Z"
    assert planned(terminal, "full-rollout")["dueAt"] == "2030-05-12T17:00:00.000Z"
    assert "2030-05-13 17:00:00" in terminal("announce", "schedule", "full", "2030-05-14T02:00:00+09:00").out
    assert "not scheduled" in terminal("announce", "schedule", "full", "--clear").out
    assert planned(terminal, "full-rollout")["dueAt"] is None


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("schedule", "full"), 2),
        (("schedule", "full", "2030-05-14T02:00", "--clear"), 2),
        (("schedule", "full", "soon"), 2),
        (("schedule", "full", "2030-05-14T12:00"), 2),
        (("schedule", "nowhere", "2030-05-14T02:00"), 2),
        (("preview", "no-such"), 1),
        (("send", "no-such"), 1),
        (("send", "partners-launch"), 1),
        (("send", "rolled-back"), 1),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(terminal, mail, arguments, status):
    result = terminal("announce", *arguments)

    assert (result.status, result.out, result.err.count("\n")) == (status, "", 1)


def test_it_is_looked_at_sent_once_and_remembered(terminal, mail):
    looked = terminal("announce", "preview", "support-faq", "--step", "canary", "--language", "en").out
    assert "To: email:help@shop.test, email:more@shop.test" in looked
    assert "https://shop.test/faq" in looked
    assert (
        terminal.done("announce", "preview", "sellers-launch")["subject"]["en"] == "New authorization system launching"
    )
    assert terminal("announce", "history").out == "Announced: 0\n"

    assert "on its way to 2 recipients" in terminal("announce", "send", "support-faq", "--step", "canary").out
    assert terminal("announce", "send", "support-faq", "--step", "canary").status == 1
    assert terminal.done("announce", "send", "support-faq", "--step", "canary", "--again")["told"] == 2
    history = terminal.done("announce", "history")
    assert [one["told"] for one in history["items"]] == [2, 2]
    assert history["items"][0]["by"].startswith("cli:")
    assert "What people will ask" in terminal("announce", "history", "--text").out
    waiting = terminal.done("notices", "list")["items"]
    assert sorted(one["address"] for one in waiting) == [
        "help@shop.test",
        "help@shop.test",
        "more@shop.test",
        "more@shop.test",
    ]


def test_everybody_in_the_directory_is_told(terminal, mail):
    terminal.fill()
    foretold = {one["announcement"]: one for one in terminal.done("announce", "list", "--promotion")}
    milestone = foretold["leadership-milestones"]
    assert (milestone["step"], milestone["state"], milestone["people"]) == ("canary", "due", 1)
    assert "leadership-milestones" in terminal("announce", "list", "--promotion").out

    assert terminal.done("announce", "send", "sellers-launch")["told"] == 2
    assert terminal.done("announce", "send", "suppliers-launch")["told"] == 1


def test_addresses_that_cannot_be_are_refused_by_their_variable(terminal):
    terminal.set("SELLERGATE_ANNOUNCE_EMAILS", "support-team")

    assert "SELLERGATE_ANNOUNCE_EMAILS" in terminal("announce", "list").err
