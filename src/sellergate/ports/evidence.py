"""Where evidence is kept."""

from typing import Protocol

from sellergate.domain.evidence import Evidence, EvidenceKind


class EvidenceRecords(Protocol):
    """What was tried. Nothing is ever changed: a later trial of the same kind takes the place of an earlier one."""

    def add(self, evidence: Evidence) -> int:
        """Store it, whatever its `id`; the answer is the id it has now."""

    def latest(self, kind: EvidenceKind) -> Evidence | None:
        """The last of this kind by its time, of one moment the one stored last; None without any."""
