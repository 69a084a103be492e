"""How many workers to start and which to let go, so that there are never too few. Pure."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import Protocol, TypeVar


class State(Enum):
    """STARTING: not serving yet. READY: serving. DRAINING: told to end."""

    STARTING = auto()
    READY = auto()
    DRAINING = auto()


class Member(Protocol):
    """What is asked of a worker; a higher generation has newer settings."""

    generation: int
    state: State


M = TypeVar("M", bound=Member)


def missing(workers: Sequence[Member], *, generation: int, wanted: int) -> int:
    """How many to start now: those that lack; with all there, one beyond them while some are of an older generation.

    The one beyond them waits until all others are ready and nobody is ending: a restart never takes more room than that.
    """
    alive = [worker for worker in workers if worker.state is not State.DRAINING]
    if len(alive) < wanted:
        return wanted - len(alive)
    settled = all(worker.state is State.READY for worker in workers)
    outdated = sum(worker.generation == generation for worker in alive) < wanted
    return 1 if settled and outdated else 0


def surplus(workers: Sequence[M], *, wanted: int) -> list[M]:
    """Which to let go: of those that are ready the oldest, down to the number wanted."""
    ready = sorted((worker for worker in workers if worker.state is State.READY), key=lambda worker: worker.generation)
    return ready[: max(0, len(ready) - wanted)]
