"""Whose word counts: the environment's, an operator's, or the kill switch's."""

import pytest

from sellergate.domain.rollout import Phase, RolloutState, Source, effective

ENVIRONMENT = RolloutState(phase=Phase.CANARY)
MANAGED = RolloutState(phase=Phase.FULL, percentage=100, version=3, source=Source.MANAGED)
NOBODY_YET = RolloutState(phase=Phase.OFF, source=Source.MANAGED)


@pytest.mark.parametrize(
    ("pinned", "managed", "expected"),
    [
        (None, None, ENVIRONMENT),
        (None, MANAGED, MANAGED),
        (Source.ENVIRONMENT, None, ENVIRONMENT),
        (Source.ENVIRONMENT, MANAGED, ENVIRONMENT),
        (Source.MANAGED, None, NOBODY_YET),
        (Source.MANAGED, MANAGED, MANAGED),
    ],
)
def test_the_rollout_to_follow(pinned, managed, expected):
    state = effective(environment=ENVIRONMENT, managed=managed, pinned=pinned, killed=False)
    assert state == expected

    killed = effective(environment=ENVIRONMENT, managed=managed, pinned=pinned, killed=True)
    assert (killed.phase, killed.percentage, killed.kill_switch) == (Phase.OFF, 0, True)
    assert (killed.version, killed.source) == (expected.version, expected.source)
