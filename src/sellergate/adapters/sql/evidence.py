"""Evidence in SQL."""

from typing import Final

from sqlalchemy import select

from sellergate.adapters.sql.rows import as_row_of
from sellergate.adapters.sql.session import Session
from sellergate.adapters.sql.tables import rollout_evidence
from sellergate.domain.evidence import Evidence, EvidenceKind

_c = rollout_evidence.c
_evidence_row = as_row_of(Evidence, "id")
_NEWEST_FIRST: Final = (_c.at.desc(), _c.id.desc())


class SqlEvidence:
    """What was tried."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, evidence: Evidence) -> int:
        """Store it; the answer is its id."""
        row = {**_evidence_row(evidence), "summary": dict(evidence.summary)}
        (id,) = self._session.insert(rollout_evidence, row)
        return int(id)

    def latest(self, kind: EvidenceKind) -> Evidence | None:
        """The last of this kind, or None."""
        of_kind = select(rollout_evidence).where(_c.kind == kind).order_by(*_NEWEST_FIRST).limit(1)
        row = self._session.execute(of_kind).mappings().one_or_none()
        return None if row is None else Evidence(**row)
