"""The listening socket: made here, or handed over by systemd or by whoever started this program."""

import contextlib
import os
import socket
from collections.abc import Iterator, Mapping
from typing import Final

from sellergate.settings import ConfigurationError, ServerSettings

BACKLOG: Final = 2048
FIRST_HANDED_OVER: Final = 3
"""The descriptor systemd hands over first (sd_listen_fds)."""


@contextlib.contextmanager
def listen(server: ServerSettings, fd: int | None = None) -> Iterator[socket.socket]:
    """The listening socket; `fd` is one that listens already. Raises ConfigurationError when it cannot be had."""
    with _made(server) if fd is None else _taken_over(fd) as listener:
        yield listener


def handed_over(environ: Mapping[str, str]) -> int | None:
    """The descriptor systemd has opened for this process, or None. Raises ConfigurationError when there are several."""
    if environ.get("LISTEN_PID") != str(os.getpid()):
        return None
    if environ.get("LISTEN_FDS") != "1":
        raise ConfigurationError("LISTEN_FDS", environ.get("LISTEN_FDS", ""), "allowed is one socket")
    return FIRST_HANDED_OVER


def _made(server: ServerSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    try:
        return socket.create_server((server.host, server.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigurationError(
            "SELLERGATE_PORT", f"{server.host}:{server.port}", f"cannot listen: {error.strerror}"
        ) from error


def _taken_over(fd: int) -> socket.socket:
    try:
        listener = socket.socket(fileno=fd)
        listening = listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as error:
        raise ConfigurationError("--fd", str(fd), f"not a socket: {error.strerror}") from error
    if not listening:
        listener.close()
        raise ConfigurationError("--fd", str(fd), "the socket does not listen")
    return listener


def url_of(listener: socket.socket) -> str:
    """The address people can open."""
    name = listener.getsockname()
    if not isinstance(name, tuple):
        return f"unix:{name}"
    host, port = name[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
