"""Those who are told: an HTTP server in the place of Slack and PagerDuty, and a mail server. They keep what they get."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller

from servers.program import free_port


class Receivers:
    """A context manager: both servers listen while it is entered. `got` are the JSON bodies by path."""

    def __init__(self):
        self.got = {"/slack": [], "/pagerduty": []}
        self.mail = Mailbox()
        # Named, or it asks the network's name servers what it is called.
        self._smtp = Controller(self.mail, hostname="127.0.0.1", port=free_port(), server_hostname="mail.test")
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self.smarthost = f"127.0.0.1:{self._smtp.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    def _handler(self):
        got = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                got[self.path].append(json.loads(body))
                self.send_response(202 if self.path == "/pagerduty" else 200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        return Handler

    def paged(self):
        """What PagerDuty was told, in short."""
        return [event["payload"]["summary"] for event in self.got["/pagerduty"] if event["event_action"] == "trigger"]

    def slacked(self):
        """The titles of Slack's messages."""
        return [attachment["title"] for message in self.got["/slack"] for attachment in message["attachments"]]

    def __enter__(self):
        self._thread.start()
        self._smtp.start()
        return self

    def __exit__(self, *_):
        self._smtp.stop()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


class Mailbox:
    """Keeps every message with whom it is for."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        self.messages.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 kept"
