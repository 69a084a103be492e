"""The states of criteria where nothing is evaluated and nothing can be signed."""

from collections.abc import Iterable, Mapping

from sellergate.domain.criteria import Criterion, CriterionStatus, unknown
from sellergate.domain.rollout import RolloutState


class NothingKnown:
    """Knows of no criterion that it is met: each of them waits for a person's override."""

    def states(
        self,
        criteria: Iterable[Criterion],
        rollout: RolloutState,  # noqa: ARG002
    ) -> Mapping[str, CriterionStatus]:
        """Not enough data for the automatic ones, unsigned for the others."""
        return {criterion.name: unknown(criterion) for criterion in criteria}
