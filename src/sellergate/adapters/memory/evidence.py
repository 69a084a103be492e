"""Evidence in dictionaries."""

from dataclasses import replace

from sellergate.adapters.memory.tables import Tables, check_times
from sellergate.domain.evidence import Evidence, EvidenceKind


class MemoryEvidence:
    """What was tried, numbered from 1."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, evidence: Evidence) -> int:
        """Store it; the answer is its id."""
        check_times(evidence.at)
        id = len(self._tables.evidence) + 1
        self._tables.evidence.put(id, replace(evidence, id=id))
        return id

    def latest(self, kind: EvidenceKind) -> Evidence | None:
        """The last of this kind, or None."""
        of_kind = (evidence for evidence in self._tables.evidence if evidence.kind is kind)
        return max(of_kind, key=lambda evidence: (evidence.at, evidence.id), default=None)
