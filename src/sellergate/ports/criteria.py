"""Where the states of the plan's criteria come from."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from sellergate.domain.criteria import Criterion, CriterionStatus
from sellergate.domain.rollout import RolloutState


class Criteria(Protocol):
    """Whether criteria are met: automatic ones as they are evaluated, signed ones as they were signed."""

    def states(self, criteria: Iterable[Criterion], rollout: RolloutState) -> Mapping[str, CriterionStatus]:
        """The state of each of them by its name, for the rollout as it is now.

        Never raises: what cannot be known is `not_enough_data` or `unsigned`, with the reason as its detail. One that is
        left out counts as not met.
        """
