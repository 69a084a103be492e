"""A server with OTEL_* variables, and a receiver of OTLP that is not ours: spans arrive, those of the end as well."""

import contextlib
import gzip
import os
import re
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from sellergate.faces.tokens import issue_token

SECRET = "a-secret-for-tests-of-32-bytes-or-more"
A_WHILE = 60


class Receiver(HTTPServer):
    """Takes POST /v1/traces and keeps the spans."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.spans = []
        self.services = set()
        self.bodies = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.bodies.append(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.server.services |= {
                pair.value.string_value for pair in resource.resource.attributes if pair.key == "service.name"
            }
            self.server.spans += [span for scope in resource.scope_spans for span in scope.spans]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def server(tmp_path, receiver):
    """A real server; its address, its process, and what it has said."""
    log = tmp_path / "log"
    environ = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}",
        "SELLERGATE_JWT_SECRET": SECRET, "SELLERGATE_PORT": "0", "SELLERGATE_LOG_FORMAT": "json",
        "SELLERGATE_WARM_AT_START": "0", "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
    }  # fmt: skip
    with log.open("wb") as err:
        process = subprocess.Popen([sys.executable, "-m", "sellergate", "serve"], env=environ, stderr=err, cwd=tmp_path)
    try:
        yield process, log
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(A_WHILE)


def url_in(log, process):
    """The address, once the server has said that it serves."""
    until = time.monotonic() + A_WHILE
    with httpx.Client() as client:
        while time.monotonic() < until and process.poll() is None:
            found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
            with contextlib.suppress(httpx.TransportError):
                if found and client.get(found[0] + "/health/ready").status_code == 200:
                    return found[0]
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
    raise AssertionError(log.read_text())


def test_spans_of_a_real_server_arrive(server, receiver):
    process, log = server
    url = url_in(log, process)
    token = issue_token(SECRET, subject="root", roles=["admin"])
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"Authorization": f"Bearer {token}", "traceparent": f"00-{trace}-b7ad6b7169203331-01"}

    answer = httpx.post(
        f"{url}/api/v1/ds/supplier/authorizations/bulk", headers=headers, json={"action": "approve", "ids": ["nothing"]}
    )
    assert answer.status_code in (200, 501), answer.text
    answer = httpx.post(
        f"{url}/api/admin/dropshipping/authorizations/nothing/revoke",
        headers=headers,
        json={"reason": "It is not there at all."},
    )
    assert answer.status_code == 404
    process.terminate()
    assert process.wait(A_WHILE) == 0

    mine = {span.name: span for span in receiver.spans if span.trace_id.hex() == trace}
    assert {"POST", "authorization.revoke"} <= set(mine)
    assert receiver.services == {"sellergate"}
    (line,) = [line for line in log.read_text().splitlines() if "/nothing/revoke" in line]
    assert trace in line
    assert token.encode() not in b"".join(receiver.bodies)
    assert token not in log.read_text()
