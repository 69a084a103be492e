"""Verdicts of the past: what was judged and when, and the same judgement once more."""

from dataclasses import dataclass

from sellergate.domain.errors import InvalidInput, VerdictNotFound
from sellergate.domain.evidence import EvidenceNotUnderstood, canonical, judgement_json, replay
from sellergate.ports.control import StoredVerdict
from sellergate.ports.queries import Page, PageRequest
from sellergate.ports.stores import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A stored verdict judged again: the sentence it gives, and whether all of it is the same to the last bit."""

    stored: StoredVerdict
    sentence: str
    is_same: bool


class Verdicts:
    """Reads stored verdicts, and judges them again from their evidence."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self, page: PageRequest) -> Page[StoredVerdict]:
        """A page of them, newest first."""
        with self._store.view() as view:
            return view.verdicts.list(page)

    def get(self, id: int) -> StoredVerdict:
        """The verdict of this id. Raises VerdictNotFound."""
        with self._store.view() as view:
            found = view.verdicts.get(id)
        if found is None:
            raise VerdictNotFound
        return found

    def replay(self, id: int) -> Replay:
        """Judge it again. Raises VerdictNotFound, and InvalidInput where another version of this program has judged it."""
        stored = self.get(id)
        try:
            again = judgement_json(replay(dict(stored.evidence)))
        except EvidenceNotUnderstood as error:
            raise InvalidInput(str(error), field="id") from error
        return Replay(
            stored=stored,
            sentence=str(again["sentence"]),
            is_same=canonical(again) == canonical(stored.judgement),
        )
