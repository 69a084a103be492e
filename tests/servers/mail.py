"""A real mail server on a free port, and what people found in their mailboxes."""

import asyncio
import threading
from collections import Counter
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from servers.program import free_port


class MailServer:
    """Accepts mail, but for what it was told to do otherwise: refuse, keep silent, or tell somebody first.

    A context manager. `mails` are the letters accepted, oldest first; `delivered` is set at each of them.
    """

    def __init__(self, *, user=None, password=None, tls=None, implicit_tls=None):
        self.mails = []
        self.delivered = threading.Condition()
        self.refusing = {}
        self.silent_to = set()
        self.silent = threading.Event()
        self.before_accepting = lambda _mail: None
        self.port = free_port()
        options = {}
        if user is not None:
            options = {
                "auth_required": True,
                "auth_require_tls": tls is not None,
                "authenticator": lambda *args: AuthResult(
                    success=(args[4].login, args[4].password) == (user.encode(), password.encode()), handled=False
                ),
            }
        if tls is not None:
            options |= {"tls_context": tls, "require_starttls": True}
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            ssl_context=implicit_tls,
            enable_SMTPUTF8=True,
            server_hostname="mail.test",
            **options,
        )

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_):
        self.silent_to.clear()
        self._controller.stop()

    @property
    def url(self):
        return f"smtp+plain://127.0.0.1:{self.port}"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.silent_to:
            self.silent.set()
            while address in self.silent_to:  # noqa: ASYNC110 - a test in another thread says when
                await asyncio.sleep(0.01)
        if address in self.refusing:
            return self.refusing[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.before_accepting(mail)
        with self.delivered:
            self.mails.append(mail)
            self.delivered.notify_all()
        return "250 Accepted"

    def wait_for(self, number, within=60):
        """The letters, once there are so many."""
        with self.delivered:
            assert self.delivered.wait_for(lambda: len(self.mails) >= number, within), self.subjects()
        return self.mails

    def subjects(self):
        return [mail["Subject"] for mail in self.mails]

    def by_recipient(self):
        return Counter(mail["To"] for mail in self.mails)
