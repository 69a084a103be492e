"""Keeping so many workers serving: started, replaced when they die, and replaced one by one when the settings are new."""

import contextlib
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from sellergate.server import fleet, systemd
from sellergate.server.child import Child
from sellergate.server.fleet import State

log = structlog.get_logger()

LOOKS_EVERY: Final = 0.5
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 10.0


class StartFailedError(Exception):
    """The first workers did not come to serve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """How many workers, in which environment, and how many seconds each may take to answer what is under way."""

    environ: Mapping[str, str]
    workers: int
    grace: float


class Supervisor:
    """Runs until SIGTERM or SIGINT. On SIGHUP it asks for new orders and replaces the workers, a new one first each time.

    Orders whose first worker does not come to serve are taken back. Those that once have been served by are kept to: when a
    worker fails to start then, it is tried again, less and less often. `renewed` gives new orders, or None to keep the old;
    `buried` is told the id of every process that has ended.
    """

    def __init__(
        self,
        command: Sequence[str],
        listener: socket.socket,
        orders: Orders,
        *,
        renewed: Callable[[], Orders | None],
        buried: Callable[[int], None],
    ) -> None:
        self._command = command
        self._listener = listener
        self._orders = {1: orders}
        self._generation = self._newest = 1
        self._proven = 0
        self._renewed = renewed
        self._buried = buried
        self._children: list[Child] = []
        self._signals: list[int] = []
        self._selector = selectors.DefaultSelector()
        self._stopping = False
        self._failed = False
        self._pause = FIRST_PAUSE
        self._start_at = 0.0
        self._announced = 0

    def run(self) -> None:
        """Keep the workers serving. Raises StartFailedError when none of the first ever does."""
        with self._selector, self._hearing_signals():
            while not (self._stopping and not self._children):
                self._step()
                for key, _ in self._selector.select(LOOKS_EVERY):
                    if isinstance(key.data, Child):
                        self._hear(key.data)
                    else:
                        key.fileobj.recv(4096)  # type: ignore[union-attr]
                self._obey()
        if self._failed:
            raise StartFailedError("The workers did not start; the log says why.")

    @contextlib.contextmanager
    def _hearing_signals(self) -> Iterator[None]:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.setblocking(False)
        numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        before = {number: signal.signal(number, lambda number, _: self._signals.append(number)) for number in numbers}
        wakes_before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        self._selector.register(ours, selectors.EVENT_READ)
        try:
            with ours, theirs:
                yield
        finally:
            signal.set_wakeup_fd(wakes_before)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _obey(self) -> None:
        while self._signals:
            if self._signals.pop(0) != signal.SIGHUP:
                self._stop()
            elif not self._stopping:
                self._renew()

    def _renew(self) -> None:
        while signal.SIGHUP in self._signals:  # one reading is as good for all that have come by now
            self._signals.remove(signal.SIGHUP)
        orders = self._renewed()
        if orders is None:
            return
        self._newest += 1
        self._generation = self._newest
        self._orders[self._generation] = orders
        self._start_at = 0.0
        log.info("server.reloading", workers=orders.workers)

    def _stop(self) -> None:
        if not self._stopping:
            systemd.notify(systemd.STOPPING)
        self._stopping = True
        for child in self._children:
            if child.state is not State.DRAINING:
                child.drain()

    def _step(self) -> None:
        for child in self._children:
            if child.is_late:
                log.error("worker.late", pid=child.pid, state=child.state.name.lower())
                child.kill()
        if self._stopping:
            return
        wanted = self._orders[self._generation].workers
        for child in fleet.surplus(self._children, wanted=wanted):
            child.drain()
        if time.monotonic() >= self._start_at:
            try:
                for _ in range(fleet.missing(self._children, generation=self._generation, wanted=wanted)):
                    self._start()
            except OSError as error:  # no memory, too many files: the others serve
                log.error("worker.not-started", reason=str(error))  # noqa: TRY400
                self._not_started(self._generation)

    def _start(self) -> None:
        orders = self._orders[self._generation]
        child = Child(
            self._command,
            environ=orders.environ,
            listener=self._listener,
            generation=self._generation,
            grace=orders.grace,
        )
        self._children.append(child)
        self._selector.register(child.line, selectors.EVENT_READ, child)

    def _hear(self, child: Child) -> None:
        was = child.state
        if not child.hear():
            self._bury(child)
        elif was is not child.state:
            log.info("worker.ready", pid=child.pid)
            self._pause = FIRST_PAUSE
            self._prove(child.generation)
            self._announce()

    def _prove(self, generation: int) -> None:
        self._proven = max(self._proven, generation)
        for older in [number for number in self._orders if number < self._proven]:
            del self._orders[older]

    def _announce(self) -> None:
        ready = sum(child.state is State.READY and child.generation == self._generation for child in self._children)
        if self._announced < self._generation and ready >= self._orders[self._generation].workers:
            log.info("server.reloaded" if self._announced else "server.ready", workers=ready)
            self._announced = self._generation
            systemd.notify(systemd.READY)

    def _bury(self, child: Child) -> None:
        self._selector.unregister(child.line)
        self._children.remove(child)
        status = child.bury()
        self._buried(child.pid)
        if child.state is State.DRAINING:
            log.info("worker.ended", pid=child.pid, status=status)
            return
        log.error("worker.died", pid=child.pid, status=status, ready=child.state is State.READY)
        if child.state is State.STARTING:
            self._not_started(child.generation)

    def _not_started(self, generation: int) -> None:
        if not self._proven:
            self._failed = True
            self._stop()
        elif generation > self._proven:
            if generation == self._generation:
                log.error("server.reload-failed", reason="the first worker with the new settings did not start")
                self._generation = self._proven
        else:
            self._start_at = time.monotonic() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
