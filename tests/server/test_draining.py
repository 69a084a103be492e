"""What a server that ends does with those who are still connected."""

import http.client
import socket
import threading

import httpx
import pytest

from sellergate.server import draining
from sellergate.serving import Server
from sellergate.settings import load_settings

SECRET = "a-secret-for-tests-of-32-bytes-or-more"


@pytest.fixture
def server(tmp_path):
    """A server in this process; `end` makes it begin to end, and returns the thread in which it does."""
    settings = load_settings(
        {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}",
            "SELLERGATE_JWT_SECRET": SECRET,
            "SELLERGATE_PORT": "0",
        }
    )
    server = Server(settings).__enter__()
    ending = threading.Thread(target=server.__exit__)
    server.end = ending.start
    server.has_ended = lambda: ending.join(30) or not ending.is_alive()
    yield server
    if not ending.ident:
        ending.start()
    ending.join()


@pytest.fixture
def connected():
    """Makes connections that are used again and again; closed after the test."""
    made = []

    def connect(server):
        url = httpx.URL(server.url)
        made.append(http.client.HTTPConnection(url.host, url.port, timeout=30))
        return made[-1]

    yield connect
    for connection in made:
        connection.close()


def asked(connection):
    connection.request("GET", "/health")
    answer = connection.getresponse()
    answer.read()
    return answer


def refuses(server):
    url = httpx.URL(server.url)
    try:
        socket.create_connection((url.host, url.port)).close()
    except ConnectionRefusedError:
        return True
    return False


def test_who_is_connected_is_answered_and_told_that_it_ends(server, connected, monkeypatch):
    monkeypatch.setattr(draining, "QUIET_SECONDS", 60)
    old, fresh = connected(server), connected(server)
    assert asked(old).headers["connection"] is None
    fresh.connect()

    server.end()
    while not refuses(server):
        pass

    for connection in (old, fresh):
        answer = asked(connection)
        assert (answer.status, answer.headers["connection"]) == (200, "close")
    assert server.has_ended()


def test_who_has_not_asked_for_a_while_is_let_go(server, connected, monkeypatch):
    monkeypatch.setattr(draining, "QUIET_SECONDS", 0)
    old, fresh = connected(server), connected(server)
    asked(old)
    fresh.connect()

    server.end()

    assert server.has_ended()
    assert [connection.sock.recv(1) for connection in (old, fresh)] == [b"", b""]


def test_half_a_question_is_waited_for(server, connected, monkeypatch):
    monkeypatch.setattr(draining, "QUIET_SECONDS", 0)
    old, fresh = connected(server), connected(server)
    asked(old)
    fresh.connect()
    for connection in (old, fresh):
        connection.sock.sendall(b"GET /health HTT")
    assert asked(connected(server)).status == 200  # by then the halves have been read

    server.end()
    while not refuses(server):
        pass
    for connection in (old, fresh):
        connection.sock.sendall(b"P/1.1\r\nHost: x\r\n\r\n")
        assert connection.sock.recv(15) == b"HTTP/1.1 200 OK"
    assert server.has_ended()
