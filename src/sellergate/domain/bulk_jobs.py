"""A decision about more requests than one waits for: what is wanted, how far it has got, and what was left."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from sellergate.domain.authorization import Action
from sellergate.domain.identifiers import Actor

AT_ONCE: Final = 100
"""As many are scheduled one by one; more are a job."""


class JobState(StrEnum):
    """OPEN until everything was looked at, or somebody has stopped it."""

    OPEN = "open"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkJob:
    """One decision about everything that matched `wanted` at `as_of`. `id` is given by the store.

    `position` is the place of the request looked at last, `done` and `refused` (by error code) what became of those up to
    there. `step` grows with every change of the job, so that of two who go on with it from the same place one gives way.
    """

    id: int = 0
    supplier_id: str
    key: str
    action: Action
    by: Actor
    reason: str | None = None
    wanted: Mapping[str, str]
    as_of: datetime
    made_at: datetime
    due_at: datetime
    total: int
    state: JobState = JobState.OPEN
    done: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    position: tuple[str | int, ...] | None = None
    step: int = 0
    ended_at: datetime | None = None

    @property
    def left(self) -> int:
        """How many were looked at and left as they were."""
        return sum(self.refused.values())

    @property
    def seen(self) -> int:
        """How many were looked at so far."""
        return self.done + self.left

    def advanced(self, position: tuple[str | int, ...], error: str | None = None) -> "BulkJob":
        """One more is done, or was refused with this code."""
        further = replace(self, position=position, step=self.step + 1)
        if error is None:
            return replace(further, done=self.done + 1)
        return replace(further, refused={**self.refused, error: self.refused.get(error, 0) + 1})

    def ended(self, state: JobState, at: datetime) -> "BulkJob":
        """It goes no further."""
        return replace(self, state=state, step=self.step + 1, ended_at=at)
