"""E-mail handed over to a real mail server: whole, protected, and never waited for without end."""

import ssl
from datetime import timedelta

import pytest

from builders import NOON, a_message, an_item
from sellergate.adapters.couriers.smtp import PORTS, Security, SmtpCourier, mail_server
from sellergate.adapters.letters import Letters
from sellergate.domain.errors import InvalidInput
from sellergate.domain.preferences import Locale
from sellergate.ports.couriers import Undelivered
from servers.mail import MailServer
from servers.papers import Papers
from servers.program import free_port

SENDER = "멋진 상점 <no-reply@shop.test>"
SECOND = timedelta(seconds=1)


def a_letter(address="anna@shop.test", **facts):
    return Letters().write(a_message(address=address, locale=Locale.KO, **facts), [an_item()])


def courier(url, timeout=SECOND * 10):
    return SmtpCourier(mail_server(url), sender=SENDER, timeout=timeout)


def test_a_letter_arrives_as_text_and_html_under_a_lasting_id(mail):
    letter = a_letter()
    courier(mail.url).deliver(letter)
    courier(mail.url).deliver(letter)

    first, second = mail.mails
    assert first["Message-ID"] == second["Message-ID"] == f"<{letter.uid}@shop.test>"
    assert (first["From"], first["To"], first["Subject"]) == (SENDER, "anna@shop.test", letter.subject)
    assert first["Date"].datetime == NOON
    assert first["Auto-Submitted"] == "auto-generated"
    assert first.get_body(("plain",)).get_content().splitlines() == letter.text.splitlines()
    assert first.get_body(("html",)).get_content().splitlines() == letter.html.splitlines()


@pytest.mark.parametrize(
    ("answer", "final"), [("550 No such user", True), ("451 Greylisted, try later", False), ("452 Full", False)]
)
def test_a_recipient_refused_for_good_is_final_and_one_refused_for_now_is_not(mail, answer, final):
    mail.refusing["anna@shop.test"] = answer

    with pytest.raises(Undelivered, match=answer[4:]) as refused:
        courier(mail.url).deliver(a_letter())

    assert refused.value.final is final


def test_a_server_that_says_nothing_is_not_waited_for_longer_than_the_timeout(mail):
    mail.silent_to.add("anna@shop.test")

    with pytest.raises(Undelivered, match=r"silent for 0\.2 s") as refused:
        courier(mail.url, timeout=SECOND / 5).deliver(a_letter())

    assert not refused.value.final


def test_a_server_that_is_not_there_may_be_there_later():
    with pytest.raises(Undelivered, match="cannot be used") as refused:
        courier(f"smtp+plain://127.0.0.1:{free_port()}").deliver(a_letter())

    assert not refused.value.final


@pytest.mark.parametrize("address", ["anna@shop.test\r\nBcc: ben@shop.test", "anna\n@shop.test"])
def test_an_address_cannot_bring_others_along(mail, address):
    with pytest.raises(Undelivered) as refused:
        courier(mail.url).deliver(a_letter(address))

    assert refused.value.final
    assert mail.mails == []


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    return Papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def tls(papers):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers.folder / "server.crt", papers.folder / "server.key")
    return context


def test_a_password_is_sent_over_tls_only(tls, papers):
    with MailServer(user="shop", password="p@ss:word", tls=tls) as mail:
        url = f"smtp://shop:p%40ss%3Aword@127.0.0.1:{mail.port}?ca={papers.ca}"
        courier(url).deliver(a_letter())

        with pytest.raises(Undelivered, match="535") as refused:
            courier(url.replace("p%40ss", "pass")).deliver(a_letter())

    assert not refused.value.final  # somebody may put the settings right
    assert "pass" not in str(refused.value)
    assert len(mail.mails) == 1


def test_tls_from_the_first_byte_works_as_well(tls, papers):
    with MailServer(implicit_tls=tls) as mail:
        courier(f"smtps://127.0.0.1:{mail.port}?ca={papers.ca}").deliver(a_letter())

    assert len(mail.mails) == 1


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_is_not_who_it_should_be_gets_nothing(tls, papers, scheme):
    with (
        MailServer(**{"tls" if scheme == "smtp" else "implicit_tls": tls}) as mail,
        pytest.raises(Undelivered, match="certificate"),
    ):
        courier(f"{scheme}://127.0.0.1:{mail.port}?ca={papers.other_ca}").deliver(a_letter())

    assert mail.mails == []


def test_a_server_without_tls_gets_nothing_where_tls_was_asked_for(mail):
    with pytest.raises(Undelivered, match="STARTTLS"):
        courier(f"smtp://127.0.0.1:{mail.port}").deliver(a_letter())

    assert mail.mails == []


@pytest.mark.parametrize("security", Security)
def test_a_url_names_the_server(security):
    server = mail_server(f"{security.value}://mail.shop.test")

    assert (server.host, server.port, server.security) == ("mail.shop.test", PORTS[security], security)


@pytest.mark.parametrize(
    "url",
    [
        "http://secret@mail.shop.test",
        "smtp://",
        "smtp://secret@mail.shop.test:99999",
        "smtp://secret@mail.shop.test/inbox",
        "smtp://secret@mail.shop.test?tls=none",
        "smtp+plain://shop:secret@mail.shop.test",
        "smtp://mail.shop.test?ca=/no/such/secret.pem",
        "secret",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_repeating_it(url):
    with pytest.raises(InvalidInput) as refused:
        mail_server(url)

    assert "secret" not in str(refused.value)
