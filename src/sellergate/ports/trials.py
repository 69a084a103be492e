"""Where trials are kept."""

from typing import Protocol

from sellergate.domain.trials import Trial, TrialKind
from sellergate.ports.queries import Page, PageRequest


class TrialRecords(Protocol):
    """What was tried. Nothing is ever changed: a later trial of the same kind takes the place of an earlier one."""

    def add(self, trial: Trial) -> int:
        """Store it, whatever its `id`; the answer is the id it has now."""

    def latest(self, kind: TrialKind) -> Trial | None:
        """The last of this kind by its time, of one moment the one stored last; None without any."""

    def list(self, page: PageRequest) -> Page[Trial]:
        """A page of them, those stored last first."""
