"""The jobs beside the server: each on its own beat, and none able to stop another."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """Something done every so often; with `at_exit` once more when the worker stops, so that nothing is lost."""

    name: str
    every: timedelta
    run: Callable[[], object]
    at_exit: bool = False


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
            if job.at_exit:
                _attempt(job)

    def _repeat(self, job: Job) -> None:
        while not self._stopping.wait(job.every.total_seconds()):
            _attempt(job)


def _attempt(job: Job) -> None:
    try:
        job.run()
    except Exception:
        log.exception("job.failed", job=job.name)
