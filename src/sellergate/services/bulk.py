"""Many decisions in one call; each stands or falls by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sellergate.domain.authorization import Action
from sellergate.domain.errors import InvalidInput, SellergateError
from sellergate.domain.identifiers import Actor
from sellergate.services.workflow import Workflow

BULK_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one item; `error` is the refusal it met, if any."""

    id: str
    error: SellergateError | None = None

    @property
    def ok(self) -> bool:
        """Whether the item was done."""
        return self.error is None


class BulkDecisions:
    """Approves or rejects up to 500 records through the single verbs."""

    def __init__(self, workflow: Workflow) -> None:
        self._workflow = workflow

    def decide(self, by: Actor, action: Action, ids: Sequence[str], reason: str | None = None) -> list[ItemResult]:
        """One result per id, in order. Raises InvalidInput for other actions, no ids, or more than 500."""
        if not 1 <= len(ids) <= BULK_MAX:
            raise InvalidInput(f"ids must hold 1 to {BULK_MAX} authorizations.", field="ids")
        verbs: dict[Action, Callable[[str], object]] = {
            Action.APPROVE: lambda id: self._workflow.approve(by, id),
            Action.REJECT: lambda id: self._workflow.reject(by, id, reason),
        }
        if action not in verbs:
            raise InvalidInput("action must be approve or reject.", field="action")
        return each_by_itself(ids, verbs[action])


def each_by_itself(ids: Sequence[str], verb: Callable[[str], object]) -> list[ItemResult]:
    """Do it to each; what one is refused stays its own."""
    return [_result(id, verb) for id in ids]


def _result(id: str, verb: Callable[[str], object]) -> ItemResult:
    try:
        verb(id)
    except SellergateError as refusal:
        return ItemResult(id, refusal)
    return ItemResult(id)
