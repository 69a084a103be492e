"""E-mail by SMTP: text and HTML, one connection a letter, and never a longer silence than the timeout."""

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from sellergate.domain.errors import InvalidInput
from sellergate.ports.couriers import Letter, Undelivered


class Security(StrEnum):
    """How the connection is protected: the scheme of the URL."""

    STARTTLS = "smtp"
    TLS = "smtps"
    NONE = "smtp+plain"


PORTS: Final = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed over. `ca_file` holds the certificate its own is checked by, where the system's do not do."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = None
    ca_file: str | None = None


def mail_server(url: str) -> MailServer:
    """The server a URL names. Raises InvalidInput, which never repeats the URL: there may be a password in it."""
    try:
        parts = urlsplit(url)
        security, port = Security(parts.scheme), parts.port
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise InvalidInput("allowed is a URL like smtp://USER:PASSWORD@HOST:587") from error
    if not parts.hostname or parts.path not in ("", "/") or set(options) - {"ca"}:
        raise InvalidInput(
            "allowed is a URL like smtp://USER:PASSWORD@HOST:587, with ?ca=FILE for a certificate of your own"
        )
    if parts.username is not None and security is Security.NONE:
        raise InvalidInput("a password is not sent over a connection that is not protected: use smtp or smtps")
    server = MailServer(
        host=parts.hostname,
        port=port or PORTS[security],
        security=security,
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        ca_file=options.get("ca"),
    )
    _context(server)  # a file that cannot be read is found out now
    return server


def _context(server: MailServer) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=server.ca_file)
    except OSError as error:
        raise InvalidInput(f"the certificate file cannot be read: {error.strerror or error}") from error


class SmtpCourier:
    """See ports.couriers.Courier. A letter is delivered once the server has accepted all of it."""

    def __init__(self, server: MailServer, *, sender: str, timeout: timedelta) -> None:
        self._server = server
        self._sender = sender
        self._timeout = timeout.total_seconds()
        self._context = _context(server)

    def deliver(self, letter: Letter) -> None:
        """Hand it over. A recipient or a content refused for good is final; everything else may be tried again."""
        mail = self._mail(letter)
        try:
            with self._connected() as smtp:
                smtp.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = error.recipients[letter.address]
            raise Undelivered(_said("refused the recipient", code, said), final=code >= 500) from error
        except smtplib.SMTPDataError as error:
            final = error.smtp_code >= 500
            raise Undelivered(_said("refused the message", error.smtp_code, error.smtp_error), final=final) from error
        except smtplib.SMTPResponseException as error:
            raise Undelivered(_said("answered", error.smtp_code, error.smtp_error)) from error
        except (OSError, smtplib.SMTPException) as error:
            if isinstance(error, TimeoutError) or isinstance(
                error.__context__, TimeoutError
            ):  # smtplib wraps some of them
                raise Undelivered(f"The mail server was silent for {self._timeout:g} s.") from error
            raise Undelivered(f"The mail server cannot be used: {error}") from error

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server, name = self._server, socket.gethostname()
        if server.security is Security.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=self._timeout, context=self._context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, name, timeout=self._timeout)
        try:
            if server.security is Security.STARTTLS:
                smtp.starttls(context=self._context)
            if server.user is not None:
                smtp.login(server.user, server.password or "")
            yield smtp
            # The letter is accepted: whatever happens while the connection ends does not change that.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.quit()
        finally:
            smtp.close()

    def _mail(self, letter: Letter) -> EmailMessage:
        mail = EmailMessage()
        domain = parseaddr(self._sender)[1].rpartition("@")[2]
        try:
            mail["Subject"] = letter.subject
            mail["From"] = self._sender
            mail["To"] = letter.address
        except ValueError as error:  # a line end in an address
            raise Undelivered("The address cannot be written to.", final=True) from error
        mail["Date"] = format_datetime(letter.at)
        mail["Message-ID"] = f"<{letter.uid}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = letter.locale.value
        mail.set_content(letter.text)
        mail.add_alternative(letter.html, subtype="html")
        return mail


def _said(did: str, code: int, answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"The mail server {did}: {code} {text}"
