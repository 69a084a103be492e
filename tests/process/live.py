"""A real server process on a free port, and a small marketplace in it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from sellergate.faces.tokens import issue_token

SECRET = "a-secret-for-tests-of-32-bytes-or-more"
STARTS_WITHIN = 60
"""Seconds; also for single answers: the machine may be busy."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def bearer(role, **claims):
    return {"Authorization": f"Bearer {issue_token(SECRET, roles=[role], subject=f'{role}-1', **claims)}"}


ADMIN = bearer("admin")
SERVICE = bearer("service")


def until(condition, within=STARTS_WITHIN):
    """How long it took until the condition held."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within
        time.sleep(0.01)
    return time.monotonic() - began


class LiveServer:
    """`sellergate serve` as users run it."""

    def __init__(self, folder, database_url=None, **environ):
        self.database_url = database_url or f"sqlite:///{folder / 'shop.db'}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self.environ = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": self.database_url,
            "SELLERGATE_JWT_SECRET": SECRET,
            "SELLERGATE_PORT": str(self.port),
            "ENABLE_SELLER_AUTHORIZATION": "true",
            "PHASE9_ROLLOUT_PERCENTAGE": "100",
            "SELLERGATE_WRITES_PER_MINUTE": "1000000",
            "SELLERGATE_REQUESTS_PER_DAY": "1000000",
            **environ,
        }
        self.process = None

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sellergate", "serve"],
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that all its processes can be killed at once
            )
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/health/ready", timeout=STARTS_WITHIN).status_code == 200:
                    return self
            time.sleep(0.02)
        raise AssertionError(f"not ready in {STARTS_WITHIN} s:\n{self.log.read_text()}")

    def said(self, event):
        """How often the log has had this event."""
        return self.log.read_text().count(f" {event} ")

    def reload(self):
        """Tell it to read its settings again."""
        self.process.send_signal(signal.SIGHUP)

    def stop(self, with_signal=signal.SIGTERM):
        self.process.send_signal(with_signal)
        return self.process.wait(STARTS_WITHIN)

    def kill(self):
        """As a power cut would: every process at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        return self.process.wait(STARTS_WITHIN)

    def workers(self):
        """The ids of the processes that serve, or are about to."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        if self.process.poll() is None:
            try:
                self.stop()
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(STARTS_WITHIN)

    def put(self, path, **body):
        answer = httpx.put(f"{self.url}/api/admin/dropshipping/{path}", json=body, headers=ADMIN, timeout=STARTS_WITHIN)
        assert answer.status_code in (200, 201), answer.text

    def fill(self, *, sellers, products):
        self.put("suppliers/acme", id="acme", name="Acme")
        for id, rows in (("sellers", sellers), ("products", products)):
            lines = "\n".join(
                f'{{"id": "{id[:-1]}-{number}", "name": "N", {extra}}}'
                for number in range(rows)
                for extra in ('"tier": "PLATINUM"' if id == "sellers" else '"supplierId": "acme"',)
            )
            answer = httpx.post(
                f"{self.url}/api/admin/dropshipping/{id}/import", content=lines, headers=ADMIN, timeout=STARTS_WITHIN
            )
            assert answer.json()["created"] == rows, answer.text
