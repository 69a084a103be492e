"""How a rollout stands, as far as what is announced rests on it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sellergate.domain.announcements import LOOKS_BACK, Course
from sellergate.domain.rollout import RolloutAction, RolloutChange, RolloutState
from sellergate.ports.queries import PageRequest
from sellergate.ports.stores import Store, View

A_PAGE: Final = 100


def course_of(store: Store, state: RolloutState, now: datetime) -> Course:
    """The rollout in this state, with what was done of late and the dates people have set. Raises StoreUnavailable."""
    with store.view() as view:
        return Course(
            state=state,
            changes=_changes(view, now - LOOKS_BACK),
            rolled_back=view.rollouts.last(RolloutAction.ROLLBACK),
            dates=view.announcements.dates(),
        )


def _changes(view: View, since: datetime) -> Sequence[RolloutChange]:
    """The rollout's changes from then on, newest first."""
    changes: list[RolloutChange] = []
    page: PageRequest | None = PageRequest(A_PAGE, counted=False)
    while page is not None:
        found = view.rollouts.history(page)
        changes += [change for change in found.items if change.at >= since]
        goes_on = found.next is not None and found.items[-1].at >= since
        page = PageRequest(A_PAGE, found.next, counted=False) if goes_on else None
    return changes
