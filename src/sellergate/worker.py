"""The jobs beside the server: each on its own beat, and none able to stop another."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """Something done every so often; and what is done, if anything, when the worker stops: so that nothing is lost or left held."""

    name: str
    every: timedelta
    run: Callable[[], object]
    at_exit: Callable[[], object] | None = None


class Worker:
    """Runs jobs in threads of their own until it is stopped. A job that fails is logged and tried again on its next beat."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin all jobs; the first run of each is one beat from now."""
        for job in self._jobs:
            thread = threading.Thread(target=self._repeat, args=(job,), name=f"sellergate-{job.name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Let running jobs finish, then do what must be done at exit."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        for job in self._jobs:
            if job.at_exit is not None:
                _attempt(job.name, job.at_exit)

    def _repeat(self, job: Job) -> None:
        while not self._stopping.wait(job.every.total_seconds()):
            _attempt(job.name, job.run)


def _attempt(name: str, run: Callable[[], object]) -> None:
    try:
        run()
    except Exception:
        log.exception("job.failed", job=name)
