"""A socket that listens already, and a service manager that wants to be told."""

import os
import socket
import subprocess
import sys

import httpx
import pytest

from sellergate.server.listening import handed_over, listen, url_of
from sellergate.settings import ConfigurationError, ServerSettings

SECRET = "a-secret-for-tests-of-32-bytes-or-more"


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        yield listener


def test_as_a_service_it_serves_on_the_socket_of_the_manager_and_tells_it(tmp_path, listener):
    """As systemd starts it: the socket is descriptor 3, and the process's own id is in the environment."""
    script = f'exec 3<&{listener.fileno()}; LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" -m sellergate serve'
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(60)
        environ = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}",
            "SELLERGATE_JWT_SECRET": SECRET,
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
        }
        with subprocess.Popen(
            ["/bin/bash", "-c", script, sys.executable], env=environ, pass_fds=[listener.fileno()]
        ) as service:
            try:
                assert manager.recv(100) == b"READY=1"
                assert httpx.get(f"{url_of(listener)}/health/ready").json() == {"status": "ready"}
                service.terminate()
                assert manager.recv(100) == b"STOPPING=1"
                assert service.wait(30) == 0
            finally:
                service.kill()

    with socket.create_connection(listener.getsockname()):  # it is the manager's, and still listens
        listener.accept()[0].close()


def test_what_was_handed_to_another_process_is_not_ours():
    own, other = {"LISTEN_PID": str(os.getpid())}, {"LISTEN_PID": "1", "LISTEN_FDS": "1"}

    assert handed_over({}) is None
    assert handed_over(other) is None
    assert handed_over({**own, "LISTEN_FDS": "1"}) == 3
    with pytest.raises(ConfigurationError, match=r"^LISTEN_FDS=2: allowed is one socket$"):
        handed_over({**own, "LISTEN_FDS": "2"})


def test_what_does_not_listen_is_refused(tmp_path):
    with (tmp_path / "file").open("w") as file, pytest.raises(ConfigurationError, match="not a socket"):
        listen(ServerSettings(), file.fileno()).__enter__()
    with socket.socket() as quiet, pytest.raises(ConfigurationError, match="does not listen"):
        listen(ServerSettings(), os.dup(quiet.fileno())).__enter__()


def test_a_socket_of_the_file_system_has_a_name_as_well(tmp_path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "own"))

        assert url_of(listener) == f"unix:{tmp_path / 'own'}"
