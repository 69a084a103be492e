"""A worker process as the supervisor sees it, and the supervisor as its worker sees it: a line that each holds one end of."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Final

from sellergate.server.fleet import State

STARTS_WITHIN: Final = 60.0
HEARD_WITHIN: Final = 60.0
"""Seconds after which a worker that says nothing is not believed to serve any more."""
ENDS_WITHIN: Final = 10.0
"""Seconds a worker may take to end beyond the grace it gives its callers."""

SERVING: Final = b"."


class Child:
    """One worker. It says that it serves, again and again; its line ends when it does, whatever ended it."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        listener: socket.socket,
        generation: int,
        grace: float,
    ) -> None:
        self.generation = generation
        self.state = State.STARTING
        self.line, theirs = socket.socketpair()
        with theirs:
            inherited = (listener.fileno(), theirs.fileno())
            self._process = subprocess.Popen(  # noqa: S603 - this program, by its own interpreter
                [*command, *map(str, inherited)], env=dict(environ), pass_fds=inherited
            )
        self.line.setblocking(False)
        self._grace = grace
        self._deadline = time.monotonic() + STARTS_WITHIN

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def is_late(self) -> bool:
        """Whether it has not done in time what it was to do: serve, say so again, or end."""
        return time.monotonic() > self._deadline

    def hear(self) -> bool:
        """Read what it has said. False when it has ended."""
        try:
            said = self.line.recv(4096)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if said and self.state is not State.DRAINING:
            self.state = State.READY
            self._deadline = time.monotonic() + HEARD_WITHIN
        return bool(said)

    def drain(self) -> None:
        """Tell it to answer what is under way and to end."""
        self.state = State.DRAINING
        self._deadline = time.monotonic() + self._grace + ENDS_WITHIN
        self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once; its line tells when it has."""
        self._process.kill()

    def bury(self) -> int:
        """Its exit status, once its line has ended."""
        self.line.close()
        try:
            return self._process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


class Line:
    """The worker's end. The process is told to end, as by a signal, when there is nobody at the other end any more."""

    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=fd)
        self._socket.set_inheritable(False)
        threading.Thread(target=self._watch, name="sellergate-supervisor", daemon=True).start()

    async def say_serving(self) -> None:
        """Say it to the supervisor, without waiting until it listens."""
        with contextlib.suppress(OSError):
            self._socket.send(SERVING, socket.MSG_DONTWAIT)

    def _watch(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.recv(1)  # nothing is ever said here: it returns when the line ends
        os.kill(os.getpid(), signal.SIGTERM)
